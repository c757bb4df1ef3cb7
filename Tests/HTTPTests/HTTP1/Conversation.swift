import HTTP
import IO
import Primitives
import Testing

/// Runs `body` on a loop of its own.
func onLoop<Result: Sendable>(
  _ body: @Sendable @escaping (EventLoop) async throws -> Result
) async throws -> Result {
  let loop = try EventLoop(name: "test")
  defer { loop.stop() }
  return try await loop.run { try await body(loop) }
}

final class ClosureHandler: Handler {
  let body: @Sendable (any Exchange) async throws -> Void
  init(_ body: @escaping @Sendable (any Exchange) async throws -> Void) { self.body = body }
  func handle(_ exchange: any Exchange) async throws { try await body(exchange) }
}

/// Says what it understood: method, target, authority, body, trailers.
let describing = ClosureHandler { exchange in
  let body = try await exchange.collectBody(limit: 1 << 20)
  let trailers = exchange.requestTrailers
  let text =
    "\(exchange.request.method) \(exchange.request.target) @\(exchange.request.authority) "
    + "[\(String(decoding: body, as: UTF8.self))]"
    + trailers.indices.map { " \(trailers.name(at: $0))=\(trailers.value(at: $0))" }.joined()
  exchange.respond(ResponseHead(.ok), body: Array(text.utf8))
}

/// Sends bytes to a connection as a client would and hears it out to the end.
func converse(
  _ pieces: [String], with handler: any Handler = describing,
  limits: ServerLimits = ServerLimits(), readLimit: Int = .max, capacity: Int = 64 * 1024
) async throws -> String {
  try await onLoop { loop in
    let (client, server) = MemoryTransport.pair(on: loop, capacity: capacity)
    server.readLimit = readLimit
    let info = ConnectionInfo(version: .http1, peer: server.peer, isSecure: false)
    let connection = LineServerConnection(
      transport: server, info: info, handler: handler, limits: limits)
    async let serving: Void = connection.serve(received: [])
    async let answer = readAll(client)
    do {
      for piece in pieces { try await client.write(Array(piece.utf8)) }
      try await client.finish()
    } catch {
      // A server may close before it has heard everything.
    }
    let text = try await answer
    await serving
    client.close()
    return text
  }
}

func converse(_ text: String, with handler: any Handler = describing) async throws -> String {
  try await converse([text], with: handler)
}

func readAll(_ transport: MemoryTransport) async throws -> String {
  var bytes: [UInt8] = []
  while try await transport.read({ bytes.append(contentsOf: $0) }) {}
  return String(decoding: bytes, as: UTF8.self)
}

/// Every status line of an answer.
func statuses(_ answer: String) -> [Int] {
  answer.components(behind: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) }
}

/// The answer without the line that changes with time.
func undated(_ answer: String) -> String {
  answer.split(separator: "\r\n", omittingEmptySubsequences: false)
    .filter { !$0.hasPrefix("date: ") }.joined(separator: "\r\n")
}

extension String {
  /// What follows each occurrence of `mark`.
  func components(behind mark: String) -> [Substring] {
    ranges(of: mark).map { self[$0.upperBound...] }
  }
}
