import Glibc
import IO
import Primitives

extension Bench {
  /// What `BoxPart` measured.
  fileprivate func box(
    _ kind: String, _ runtime: String, _ task: String, rounds: Int, _ more: [String] = []
  ) async throws -> JSON {
    let folder = "\(scratch)/box"
    _ = try await run(["mkdir", folder])
    let finished = try await run(
      [program, "part", "box", kind, apus, folder, runtime, task, "\(rounds)"] + more)
    _ = try await run(["rm", "-rf", folder])
    return try JSON.parse(Array(finished.output.utf8))
  }

  fileprivate func times(
    _ kind: String, _ runtime: String, _ task: String, rounds: Int, _ more: [String] = []
  ) async throws -> [Double] {
    let said = try await box(kind, runtime, task, rounds: rounds, more)
    guard let times = said["times"]?.array?.compactMap(\.number), !times.isEmpty else {
      throw BenchError("a part has not said what it measured: \(said.text)")
    }
    return times
  }

  fileprivate func rate(
    _ runtime: String, _ task: String, callers: Int, rounds: Int
  ) async throws -> Throughput {
    let said = try await box("rate", runtime, task, rounds: rounds, ["\(callers)"])
    guard let rate = said["rate"]?.number, let cost = said["cost"]?.number else {
      throw BenchError("a part has not said what it measured: \(said.text)")
    }
    return Throughput(rate: rate, cost: cost)
  }

  /// Two processes at once, until so many have been.
  fileprivate func xargs(rounds: Int) async throws -> Throughput {
    let finished = try await run(["bash", "-c", "seq \(rounds) | xargs -P2 -n1 /bin/true"])
    let count = Double(rounds)
    return Throughput(
      rate: count / finished.duration.inSeconds,
      cost: finished.processorTime.inSeconds * 1e6 / count)
  }

  /// One of Scripts/bench.d/wasm, for boxes with vectors and for this machine; the same compiler
  /// and level.
  fileprivate func compiled(_ name: String) async throws -> (module: String, program: String) {
    let (source, program) = (source("wasm/\(name).c"), "\(scratch)/\(name)")
    _ = try await run(["clang-19", "-O2", source, "-o", program, "-lm"])
    _ = try await run([
      "clang-19", "--target=wasm32-wasi", "-O2", "-msimd128", "-Wl,--strip-all", source, "-o",
      "\(program).wasm",
    ])
    return ("\(program).wasm", program)
  }
}

/// Many at once.
private struct Throughput: Sendable {
  /// In a second.
  var rate: Double
  /// Microseconds of processor time for each.
  var cost: Double
}

/// How soon a small module has its result, and how many do.
struct WasmStartSuite: Suite {
  let name = "wasm-start"
  let abstract = "a small module in WebAssembly through a warm box, against processes of xargs"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let rounds = bench.scaled(5_000, quick: 1_000)
    let module = try await bench.compiled("tiny").module
    let variants = try await variants(of: module, bench.scaled(20, quick: 5), bench)
    var (median, slow, first): ([Double], [Double], [Double]) = ([], [], [])
    var (resident, memory): ([Double], [Double]) = ([], [])
    for _ in 0..<bench.options.pairs {
      let said = try await bench.box("warm", "wasm", module, rounds: rounds)
      guard let times = said["times"]?.array?.compactMap(\.number), !times.isEmpty,
        let held = said["memory"]?.number, let own = said["resident"]?.number
      else { throw BenchError("a part has not said what it measured: \(said.text)") }
      median.append(Samples.quantile(0.5, of: times) * 1000)
      slow.append(Samples.quantile(0.99, of: times) * 1000)
      memory.append(held / 1_048_576)
      resident.append(own / 1_048_576)
      first.append(
        Samples.quantile(
          0.5, of: try await bench.times("first", "wasm", module, rounds: 1, variants)))
    }
    let samples = try await bench.alternate([true, false]) { isOurs in
      isOurs
        ? try await bench.rate("wasm", module, callers: 4, rounds: rounds * 4)
        : try await bench.xargs(rounds: rounds)
    }
    let (ours, peer) = (samples[0], samples[1])
    return SuiteReport(
      suite: name,
      settings: [
        "puts(\"ok\") in C by clang, \(rounds) attempts one after the other and four times as many "
          + "by four callers at once; output taken, usage measured, the box emptied between; first "
          + "start: in a warm box, of a module whose compiled form is on the disk",
        "\(bench.options.pairs) pairs; both cores; load \(Machine.load)",
      ],
      figures: [
        Figure("attempt p50", median, "us"), Figure("attempt p99", slow, "us"),
        Figure("first start of a cached module p50", first, "ms"),
        Figure("idle box: resident", resident, "MiB"),
        Figure("idle box: by its group", memory, "MiB"),
        Figure("four at once: attempts", ours.map(\.rate), "/s"),
        Figure("four at once: processor time", ours.map(\.cost), "us"),
        Figure("xargs -P2 true: processes", peer.map(\.rate), "/s"),
        Figure("xargs -P2 true: processor time", peer.map(\.cost), "us"),
        Figure("rate over xargs", Samples(ours.map(\.rate), over: peer.map(\.rate))),
        Figure("ratio to xargs", Samples(peer.map(\.cost), over: ours.map(\.cost))),
      ])
  }

  /// The same module with a section that only names it: each compiles to a form of its own.
  private func variants(
    of module: String, _ count: Int, _ bench: Bench
  ) async throws -> [String] {
    let bytes = try await RealDisk().read(module, limit: 1 << 20)
    var paths: [String] = []
    for number in 0..<count {
      let section: [UInt8] = [0, 3, 1, UInt8(ascii: "n"), UInt8(number)]
      paths.append(try await bench.write(bytes + section, to: "tiny-\(number).wasm"))
    }
    return paths
  }
}

/// What programs cost that only compute.
struct WasmProgramsSuite: Suite {
  let name = "wasm-programs"
  let abstract = "programs in C that compute, as WebAssembly in a box and as they are"

  private static let programs = ["mandelbrot", "hash", "bodies", "matrix", "sieve"]

  func run(_ bench: Bench) async throws -> SuiteReport {
    var figures: [Figure] = []
    var means = [Double](repeating: 0, count: bench.options.pairs)
    for name in Self.programs {
      let (module, program) = try await bench.compiled(name)
      let samples = try await bench.alternate([true, false]) { isOurs in
        isOurs ? try await inBox(module, bench) : try await bare(program, bench)
      }
      let (ours, native) = (samples[0], samples[1])
      guard Set((ours + native).map(\.output)).count == 1 else {
        throw BenchError("\(name) does not give the same in a box and as it is")
      }
      let ratios = zip(ours, native).map { $0.processor / $1.processor }
      for (pair, ratio) in ratios.enumerated() { means[pair] += log(ratio) }
      figures += [
        Figure("\(name): processor time", ours.map(\.processor), "CPU s"),
        Figure("\(name): over native", ratios),
      ]
    }
    let count = Double(Self.programs.count)
    figures.append(Figure("over native, geometric mean", means.map { exp($0 / count) }))
    return SuiteReport(
      suite: name,
      settings: [
        "clang-19 -O2 both, with -msimd128 for the box; processor time of the attempt and of the "
          + "process; \(bench.options.pairs) pairs; load \(Machine.load)"
      ],
      figures: figures)
  }

  private struct Sample: Sendable {
    var processor: Double
    var output: String
  }

  private func inBox(_ module: String, _ bench: Bench) async throws -> Sample {
    let said = try await bench.box("once", "wasm", module, rounds: 1)
    guard let processor = said["processor"]?.number, let output = said["output"]?.string else {
      throw BenchError("a part has not said what it measured: \(said.text)")
    }
    return Sample(processor: processor, output: output)
  }

  private func bare(_ program: String, _ bench: Bench) async throws -> Sample {
    let finished = try await bench.run([program])
    return Sample(processor: finished.processorTime.inSeconds, output: finished.output)
  }
}

/// How many small programs a warm box starts.
struct ProcessStartSuite: Suite {
  let name = "process-start"
  let abstract = "a small program in warm boxes, a clean folder each, against xargs without any"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let rounds = bench.scaled(4_000, quick: 1_000)
    var (median, slow): ([Double], [Double]) = ([], [])
    for _ in 0..<bench.options.pairs {
      let times = try await bench.times("warm", "process", "true", rounds: rounds / 2)
      median.append(Samples.quantile(0.5, of: times) * 1000)
      slow.append(Samples.quantile(0.99, of: times) * 1000)
    }
    let samples = try await bench.alternate([true, false]) { isOurs in
      isOurs
        ? try await bench.rate("process", "true", callers: 2, rounds: rounds)
        : try await bench.xargs(rounds: rounds)
    }
    let (ours, peer) = (samples[0], samples[1])
    return SuiteReport(
      suite: name,
      settings: [
        "/usr/bin/true, \(rounds) times by two callers at once, half as many one after the other; "
          + "\(bench.options.pairs) pairs; both cores; load \(Machine.load)"
      ],
      figures: [
        Figure("attempt p50", median, "us"), Figure("attempt p99", slow, "us"),
        Figure("two at once: attempts", ours.map(\.rate), "/s"),
        Figure("two at once: processor time", ours.map(\.cost), "us"),
        Figure("xargs -P2 true: processes", peer.map(\.rate), "/s"),
        Figure("xargs -P2 true: processor time", peer.map(\.cost), "us"),
        Figure("rate over xargs", Samples(ours.map(\.rate), over: peer.map(\.rate))),
        Figure("ratio to xargs", Samples(peer.map(\.cost), over: ours.map(\.cost))),
      ])
  }
}

/// What it takes to make a box and to have something done in it.
struct BoxColdSuite: Suite {
  let name = "box-cold"
  let abstract = "a box with all its walls, made for one small attempt"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let rounds = bench.scaled(100, quick: 20)
    let module = try await bench.compiled("tiny").module
    let kinds = [("process", "true"), ("wasm", module)]
    let samples = try await bench.alternate(kinds) { kind in
      Samples.quantile(0.5, of: try await bench.times("cold", kind.0, kind.1, rounds: rounds))
    }
    return SuiteReport(
      suite: name,
      settings: [
        "from asking for an attempt to its result, \(rounds) boxes one after the other; the module "
          + "is compiled before; \(bench.options.pairs) rounds; load \(Machine.load)"
      ],
      figures: [
        Figure("program p50", samples[0], "ms"), Figure("module p50", samples[1], "ms"),
      ])
  }
}
