package import HTTP
import Primitives

/// What a handler knows of the call it answers, and where it leaves headers and trailers.
package final class CallContext: Sendable {
  package let method: MethodDescription
  package let principal: Principal
  package let deadline: Deadline?
  private let origin: Origin

  /// Most handlers never look at metadata, so it is read from the request when one does.
  private enum Origin: Sendable {
    case values(Metadata, TraceContext)
    case head(RequestHead)
  }

  private struct Answer {
    var headers = Metadata()
    var trailers = Metadata()
    var hasSentHeaders = false
    /// Made when first asked for, where the caller brought none.
    var trace: TraceContext?
  }

  /// Nil until the handler leaves something, or the headers are sent.
  private let answer = Locked<Answer?>(nil)

  package init(
    method: MethodDescription, principal: Principal, metadata: Metadata,
    deadline: Deadline?, trace: TraceContext
  ) {
    self.method = method
    self.principal = principal
    self.deadline = deadline
    origin = .values(metadata, trace)
  }

  package init(
    method: MethodDescription, principal: Principal, head: RequestHead, deadline: Deadline?
  ) {
    self.method = method
    self.principal = principal
    self.deadline = deadline
    origin = .head(head)
  }

  /// What the caller sent along. Fields of HTTP and gRPC themselves are not among it.
  package var metadata: Metadata {
    switch origin {
    case .values(let metadata, _): return metadata
    case .head(let head): return Metadata(received: head.headers)
    }
  }

  /// The trace this call belongs to; a new one when the caller named none.
  package var trace: TraceContext {
    switch origin {
    case .values(_, let trace): return trace
    case .head(let head):
      return answer.withLock { answer in
        if let trace = answer?.trace { return trace }
        let trace = Self.trace(from: head.headers)
        answer = answer ?? Answer()
        answer?.trace = trace
        return trace
      }
    }
  }

  private static func trace(from headers: Headers) -> TraceContext {
    let given = headers["traceparent"].flatMap {
      TraceContext(traceparent: $0, tracestate: headers["tracestate"])
    }
    return given ?? .random()
  }

  /// Adds a response header; refused once the first message is on its way.
  package func addHeader(_ name: String, _ value: String) throws(Status) {
    try answer.withLock { answer throws(Status) in
      guard answer?.hasSentHeaders != true else {
        throw Status(
          .failedPrecondition, "The headers are sent already; use a trailer for \(name).")
      }
      try Self.change(&answer) { made throws(Status) in try made.headers.add(name, value) }
    }
  }

  /// Adds a response trailer; they travel behind the last message.
  package func addTrailer(_ name: String, _ value: String) throws(Status) {
    try answer.withLock { answer throws(Status) in
      try Self.change(&answer) { made throws(Status) in try made.trailers.add(name, value) }
    }
  }

  package func addTrailer(_ name: String, bytes: [UInt8]) throws(Status) {
    try answer.withLock { answer throws(Status) in
      try Self.change(&answer) { made throws(Status) in
        try made.trailers.add(name, bytes: bytes)
      }
    }
  }

  private static func change(
    _ answer: inout Answer?, _ body: (inout Answer) throws(Status) -> Void
  ) throws(Status) {
    var made = answer ?? Answer()
    try body(&made)
    answer = made
  }

  /// For the server: the headers, which are closed by this.
  package func takeHeaders() -> Metadata {
    answer.withLock { answer in
      var made = answer ?? Answer()
      made.hasSentHeaders = true
      answer = made
      return made.headers
    }
  }

  /// For the server, when all is said at once: nil where the handler left neither.
  package func takeBoth() -> (headers: Metadata, trailers: Metadata)? {
    answer.withLock { answer in
      guard var made = answer else { return nil }
      made.hasSentHeaders = true
      answer = made
      return made.headers.isEmpty && made.trailers.isEmpty ? nil : (made.headers, made.trailers)
    }
  }

  /// For the server: the trailers.
  package func takeTrailers() -> Metadata {
    answer.withLock { $0?.trailers } ?? Metadata()
  }
}
