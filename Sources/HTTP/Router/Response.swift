/// An answer as a value.
package struct Response: Sendable {
  package enum Body: Sendable {
    case bytes([UInt8])
    /// Written piece by piece once the head has gone. Throwing breaks the answer off; what is
    /// returned are its trailers.
    case stream(@Sendable (any Exchange) async throws -> Headers?)
    /// The handler has answered the exchange itself.
    case sent
  }

  package var status: StatusCode
  package var headers: Headers
  package var body: Body

  package init(_ status: StatusCode = .ok, headers: Headers = [:], body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package static func text(_ text: String, status: StatusCode = .ok) -> Response {
    Response(
      status, headers: ["content-type": "text/plain; charset=utf-8"],
      body: .bytes(Array(text.utf8)))
  }

  /// `bytes` is JSON already.
  package static func json(_ bytes: [UInt8], status: StatusCode = .ok) -> Response {
    Response(status, headers: ["content-type": "application/json"], body: .bytes(bytes))
  }

  package static func stream(
    _ status: StatusCode = .ok, headers: Headers = [:],
    _ body: @escaping @Sendable (any Exchange) async throws -> Headers?
  ) -> Response {
    Response(status, headers: headers, body: .stream(body))
  }

  /// `{"error": {"code", "message"}}`; the code is the status as a word unless given.
  package static func error(
    _ status: StatusCode, _ message: String, code: String? = nil, headers: Headers = [:]
  ) -> Response {
    var headers = headers
    headers.append("content-type", ErrorAnswer.type)
    let body = ErrorAnswer.body(code: code ?? ErrorAnswer.code(for: status), message: message)
    return Response(status, headers: headers, body: .bytes(body))
  }

  /// Sends it. To HEAD only the head, with the length that GET would have.
  package func send(on exchange: any Exchange) async throws {
    var head = ResponseHead(status, headers: headers)
    let isHead = exchange.request.method == .head
    switch body {
    case .sent: break
    case .bytes(let bytes):
      if isHead, !status.forbidsBody {
        head.headers.set("content-length", String(bytes.count))
        exchange.respond(head)
      } else {
        exchange.respond(head, body: bytes)
      }
    case .stream(let write):
      if isHead { return exchange.respond(head) }
      exchange.start(head)
      exchange.finish(trailers: try await write(exchange))
    }
  }
}

/// Thrown by a handler to answer with an error of its own code.
package struct ResponseError: Error, Sendable {
  package var status: StatusCode
  package var code: String
  package var message: String

  package init(_ status: StatusCode, code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }
}
