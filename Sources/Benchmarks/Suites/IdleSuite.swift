import Primitives

/// What a node costs that nobody asks anything.
struct IdleSuite: Suite {
  let name = "idle"
  let abstract = "processor time and memory of a node with nothing to do"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let seconds = 10
    return try await bench.withNode([]) { node in
      _ = try await bench.get("/healthz", port: node.port)
      try await bench.pause(.seconds(2))
      let before = node.processorTime
      try await bench.pause(.seconds(seconds))
      let used = node.processorTime - before
      let resident = Double(try Machine.residentBytes(of: node.process))
      return SuiteReport(
        suite: name,
        settings: ["over \(seconds) s, from 2 s after its first answer; load \(Machine.load)"],
        figures: [
          Figure("processor", [used.inSeconds / Double(seconds) * 100], "%"),
          Figure("resident", [resident / 1_048_576], "MiB"),
        ])
    }
  }
}
