import Glibc
import Primitives

extension Bench {
  /// What `ScriptPart` measured of a task in Scripts/bench.d/script, or in another folder.
  fileprivate func scripts(
    _ task: String, in folder: String, rounds: Int
  ) async throws -> (times: [Double], processor: [Double], output: String) {
    let finished = try await run([
      program, "part", "script", apus, "\(scratch)/boxes", folder, task, "\(rounds)",
    ])
    let said = try JSON.parse(Array(finished.output.utf8))
    guard let times = said["times"]?.array?.compactMap(\.number),
      let processor = said["processor"]?.array?.compactMap(\.number),
      let output = said["output"]?.string
    else { throw BenchError("a part has not said what it measured: \(finished.output)") }
    return (times, processor, output)
  }
}

/// How soon a small task has its result, when a box is warm.
struct ScriptStartSuite: Suite {
  let name = "script-start"
  let abstract = "a small task in JavaScript through a warm box, against a process of node each"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let rounds = bench.scaled(500, quick: 100)
    let folder = "\(bench.scratch)/small"
    _ = try await bench.run(["mkdir", folder])
    let path = try await bench.write(
      Array("export default () => ({ sum: [1, 2, 3].reduce((a, b) => a + b) })\n".utf8),
      to: "small/task.js")
    var (median, slow, node): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<bench.options.pairs {
      let times = try await bench.scripts("task.js", in: folder, rounds: rounds).times
      median.append(Samples.quantile(0.5, of: times))
      slow.append(Samples.quantile(0.99, of: times))
      var starts: [Double] = []
      for _ in 0..<10 {
        let finished = try await bench.run(["node", bench.source("script/node.mjs"), path])
        starts.append(finished.duration.inSeconds * 1000)
      }
      node.append(Samples.quantile(0.5, of: starts))
    }
    return SuiteReport(
      suite: name,
      settings: [
        "\(rounds) attempts in a box that had one before, their inputs copied each time, a machine "
          + "of the engine for each; \(bench.options.pairs) pairs; load \(Machine.load)"
      ],
      figures: [
        Figure("attempt p50", median, "ms"), Figure("attempt p99", slow, "ms"),
        Figure("node, a process each: p50", node, "ms"),
        Figure("ratio to a process of node each", Samples(node, over: median)),
      ])
  }
}

/// What programs cost that only compute.
struct ScriptProgramsSuite: Suite {
  let name = "script-programs"
  let abstract = "programs in JavaScript that compute, in a box and by node"

  private static let programs = ["mandelbrot", "hash", "bodies", "matrix", "sieve"]

  private struct Sample {
    var seconds: Double
    var processor: Double
    var output: String
  }

  func run(_ bench: Bench) async throws -> SuiteReport {
    var figures: [Figure] = []
    var means = [Double](repeating: 0, count: bench.options.pairs)
    for program in Self.programs {
      let samples = try await bench.alternate([true, false]) { isOurs in
        isOurs ? try await inBox(program, bench) : try await byNode(program, bench)
      }
      let (ours, node) = (samples[0], samples[1])
      guard Set((ours + node).map(\.output)).count == 1 else {
        throw BenchError("\(program) does not give the same in a box and by node")
      }
      let ratios = zip(node, ours).map { $0.processor / $1.processor }
      for (pair, ratio) in ratios.enumerated() { means[pair] += log(ratio) }
      figures += [
        Figure("\(program): processor time", ours.map(\.processor), "CPU s"),
        Figure("\(program): ratio to node", ratios),
        Figure(
          "\(program): ratio to node in time",
          Samples(node.map(\.seconds), over: ours.map(\.seconds))),
      ]
    }
    let count = Double(Self.programs.count)
    figures.append(Figure("ratio to node, geometric mean", means.map { exp($0 / count) }))
    return SuiteReport(
      suite: name,
      settings: [
        "in a warm box, with the making of the engine's machine; of node what it took after its "
          + "start; all cores; \(bench.options.pairs) pairs; load \(Machine.load)"
      ],
      figures: figures)
  }

  private func inBox(_ program: String, _ bench: Bench) async throws -> Sample {
    let measured = try await bench.scripts(
      "\(program).js", in: bench.source("script"), rounds: 1)
    return Sample(
      seconds: measured.times[0] / 1000, processor: measured.processor[0], output: measured.output)
  }

  private func byNode(_ program: String, _ bench: Bench) async throws -> Sample {
    let folder = bench.source("script")
    let finished = try await bench.run(["node", "\(folder)/node.mjs", "\(folder)/\(program).js"])
    let said = try JSON.parse(Array(finished.output.utf8))
    guard let seconds = said["seconds"]?.number, let processor = said["processor"]?.number,
      let output = said["output"]?.string
    else { throw BenchError("node has not said what it took: \(finished.output)") }
    return Sample(seconds: seconds, processor: processor, output: output)
  }
}
