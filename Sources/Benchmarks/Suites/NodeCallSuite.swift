import IO
import Primitives

/// Unary gRPC between two nodes over mutual TLS, one process each.
struct NodeCallSuite: Suite {
  let name = "node-calls"
  let abstract = "unary gRPC between two nodes over mutual TLS"

  private static let concurrency = 64

  func run(_ bench: Bench) async throws -> SuiteReport {
    let milliseconds = bench.scaled(2000, quick: 600)
    // One core has one cache; on two cores both work at the same time.
    let placements = [bench.serverCore, bench.loadCore]
    let samples = try await bench.alternate(placements) {
      try await measure(serverOn: bench.serverCore, clientOn: $0, milliseconds, bench)
    }
    let (oneCore, twoCores) = (samples[0], samples[1])
    return SuiteReport(
      suite: name,
      settings: [
        "Echo of 32 bytes over apus/1, one connection, one loop on each side, "
          + "\(bench.options.pairs) rounds of \(milliseconds) ms",
        "p50 of calls one after another; calls/s with \(Self.concurrency) at a time; "
          + "load \(Machine.load)",
      ],
      figures: [
        Figure("one core: p50", oneCore.map(\.p50), "us"),
        Figure("one core: p99", oneCore.map(\.p99), "us"),
        Figure("two cores: p50", twoCores.map(\.p50), "us"),
        Figure("two cores: p99", twoCores.map(\.p99), "us"),
        Figure("one core: calls", oneCore.map(\.perSecond), "/s"),
        Figure("two cores: calls", twoCores.map(\.perSecond), "/s"),
        Figure("processor time", twoCores.map(\.cost), "us/call"),
      ])
  }

  private struct Sample: Sendable {
    var p50: Double
    var p99: Double
    var perSecond: Double
    /// Both sides, in microseconds per call, over the whole run.
    var cost: Double
  }

  private func measure(
    serverOn serverCore: Int, clientOn clientCore: Int, _ milliseconds: Int, _ bench: Bench
  ) async throws -> Sample {
    try await bench.serving([bench.program, "part", "call-server"], on: serverCore) { server in
      let announcement = try await bench.announcement(of: server)
      guard let port = announcement["port"]?.integer, let id = announcement["id"]?.string else {
        throw BenchError("the server did not say where it listens")
      }
      let before = Machine.processorTime(ofTree: server.process)
      let finished = try await bench.run(
        [
          bench.program, "part", "call-client", String(port), id, String(milliseconds),
          String(Self.concurrency),
        ], on: clientCore)
      let used = Machine.processorTime(ofTree: server.process) - before + finished.processorTime
      let result = try JSON.parse(finished.output.filter { $0 != "\n" })
      guard let p50 = result["p50"]?.number, let p99 = result["p99"]?.number,
        let perSecond = result["perSecond"]?.number, let many = result["calls"]?.number,
        let single = result["sequentialCalls"]?.number
      else { throw BenchError("the client said \(finished.output)") }
      return Sample(
        p50: p50, p99: p99, perSecond: perSecond,
        cost: used.inSeconds / (many + single) * 1e6)
    }
  }
}
