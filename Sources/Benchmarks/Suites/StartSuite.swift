import Primitives

/// From the command to the first answer.
struct StartSuite: Suite {
  let name = "start-up"
  let abstract = "apus up until its first answer"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let rounds = bench.scaled(20, quick: 7)
    let known = "\(bench.scratch)/known"
    _ = try await milliseconds(home: known, bench)
    var first: [Double] = []
    var later: [Double] = []
    for _ in 0..<rounds {
      first.append(try await milliseconds(home: nil, bench))
      later.append(try await milliseconds(home: known, bench))
    }
    return SuiteReport(
      suite: name,
      settings: ["\(rounds) starts of each kind, on all cores; load \(Machine.load)"],
      figures: [
        Figure("first start", first, "ms"), Figure("later start", later, "ms"),
      ])
  }

  private func milliseconds(home: String?, _ bench: Bench) async throws -> Double {
    let start = Instant.now()
    return try await bench.withNode([], home: home) { node in
      _ = try await bench.get("/healthz", port: node.port)
      return start.duration(to: .now()).inSeconds * 1000
    }
  }
}
