import IO
import Primitives

/// HTTP/1.1 in clear: the health page of a real node against nginx.
struct SmallAnswerSuite: Suite {
  let name = "http1-small"
  let abstract = "a small HTTP/1.1 answer in clear against nginx"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let load = Bench.LineLoad(seconds: bench.scaled(3, quick: 1))
    var report = SuiteReport(
      suite: name,
      settings: [
        "\(load.arguments.joined(separator: " ")), \(bench.options.pairs) pairs",
        bench.placement("server", "wrk"),
      ], figures: [])
    let samples = try await bench.withNode(Bench.oneLoop, on: bench.serverCore) { node in
      let node = node.serving(path: "/healthz")
      return try await bench.withNGINX { peer in
        for server in [node, peer] {
          let answer = try await answer(of: server, bench)
          report.settings.append(
            "\(server.name) answers with \(answer.bytes) bytes and \(answer.fields) fields")
        }
        return try await bench.alternate([node, peer]) { try await bench.load($0, load) }
      }
    }
    let (ours, theirs) = (samples[0].map(\.sample), samples[1].map(\.sample))
    report.figures =
      ours.figures("apus") + theirs.figures("nginx") + [
        Figure("apus: p99", samples[0].map(\.latency), "us"),
        Figure("nginx: p99", samples[1].map(\.latency), "us"),
        Figure("ratio to nginx", ours.advantage(over: theirs)),
      ]
    return report
  }

  /// Both have to say the same; how much each wraps around it is printed.
  private func answer(
    of server: RunningServer, _ bench: Bench
  ) async throws -> (bytes: Int, fields: Int) {
    let bytes = try await bench.get(server.path, port: server.port)
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix("HTTP/1.1 200"), text.hasSuffix("\r\n\r\nok\n") else {
      throw BenchError("\(server.name) answered:\n\(text)")
    }
    // The status line, the empty line and the body are no fields. By scalars: a carriage return
    // and a newline are one character.
    return (bytes.count, bytes.filter { $0 == 0x0A }.count - 3)
  }
}

extension Bench {
  /// One request on a connection of its own; the answer is a whole one with a body of "ok".
  func get(_ path: String, port: UInt16) async throws -> [UInt8] {
    let deadline = Instant.now().advanced(by: .seconds(10))
    let transport = try await SocketTransport.connect(
      to: .loopback(port: port), on: loop, deadline: deadline)
    defer { transport.close() }
    try await transport.write(Array("GET \(path) HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".utf8))
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\nok\n".utf8)
    while bytes.suffix(end.count) != end[...],
      try await unsafe transport.read({ unsafe bytes.append(contentsOf: $0) })
    {}
    return bytes
  }
}
