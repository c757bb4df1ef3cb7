import Primitives
import Security

/// What a client's connection costs that nobody uses; that of a node is measured with its link.
struct IdleConnectionSuite: Suite {
  let name = "idle-connections"
  let abstract = "memory of a node for each of 10,000 TLS connections that are idle"

  /// Before the count starts: what the first connections bring once for all.
  private static let warmUp = 64

  func run(_ bench: Bench) async throws -> SuiteReport {
    let count = bench.scaled(10_000, quick: 2_000)
    var figures: [Figure] = []
    for (label, name) in [
      ("HTTP/1.1", ApplicationProtocol.http1), ("HTTP/2", ApplicationProtocol.http2),
    ] {
      let cost = try await kibibytes(name, count, bench)
      figures.append(Figure("\(label) connection", [cost], "KiB"))
    }
    return SuiteReport(
      suite: name,
      settings: [
        "\(count) connections, each after a handshake and one request; growth of the node's "
          + "resident memory; load \(Machine.load)"
      ], figures: figures)
  }

  private func kibibytes(_ name: String, _ count: Int, _ bench: Bench) async throws -> Double {
    try await bench.withNode([]) { node in
      try await bench.withConnections(Self.warmUp, name, to: node) {}
      let before = try Machine.residentBytes(of: node.process)
      return try await bench.withConnections(count, name, to: node) {
        try await bench.pause(.seconds(1))
        let after = try Machine.residentBytes(of: node.process)
        return Double(after - before) / 1024 / Double(count)
      }
    }
  }
}

extension Bench {
  /// Keeps so many connections open, from another process, for as long as `body`.
  fileprivate func withConnections<Result: Sendable>(
    _ count: Int, _ name: String, to node: RunningServer, _ body: () async throws -> Result
  ) async throws -> Result {
    let command = [
      program, "part", "hold-connections", String(node.port), "\(node.home)/web.pem", name,
      String(count),
    ]
    return try await serving(command) { holder in
      let announcement = try await announcement(of: holder)
      guard announcement["open"]?.integer == Int64(count) else {
        throw BenchError("only some connections came about: \(announcement.text)")
      }
      return try await body()
    }
  }
}
