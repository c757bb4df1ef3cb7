package import Primitives

/// Stands between the router and its handlers.
package protocol Middleware: Sendable {
  func handle(
    _ request: Request, next: (Request) async throws -> Response
  ) async throws -> Response
}

/// Headers that keep a browser from doing more with an answer than it should.
package struct SecurityHeaders: Middleware {
  private let fields: [(String, String)]

  package init(
    policy: String = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
  ) {
    fields = [
      ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
      ("x-frame-options", "DENY"), ("cross-origin-opener-policy", "same-origin"),
      ("cross-origin-resource-policy", "same-origin"), ("content-security-policy", policy),
    ]
  }

  package func handle(
    _ request: Request, next: (Request) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request)
    for (name, value) in fields where !response.headers.contains(name) {
      response.headers.append(name, value)
    }
    return response
  }
}

/// One line in the log per request. Never the query, which may hold secrets.
package struct RequestLog: Middleware {
  private let log: Logger

  package init(_ log: Logger = Logger("HTTP")) { self.log = log }

  package func handle(
    _ request: Request, next: (Request) async throws -> Response
  ) async throws -> Response {
    let begin = Instant.now()
    do {
      let response = try await next(request)
      write(request, since: begin, outcome: String(response.status.number))
      return response
    } catch {
      write(request, since: begin, outcome: "failed")
      throw error
    }
  }

  private func write(_ request: Request, since begin: Instant, outcome: String) {
    log.debug(
      "a request was answered", LogField("method", request.method),
      LogField("path", request.head.path), LogField("status", outcome),
      LogField("peer", request.connection.peer),
      LogField("milliseconds", begin.duration(to: .now()).nanoseconds / 1_000_000))
  }
}
