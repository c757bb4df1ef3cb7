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

  private let answer = Locked(Answer())

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
        if let trace = answer.trace { return trace }
        let trace = Self.trace(from: head.headers)
        answer.trace = trace
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
      guard !answer.hasSentHeaders else {
        throw Status(
          .failedPrecondition, "The headers are sent already; use a trailer for \(name).")
      }
      try answer.headers.add(name, value)
    }
  }

  /// Adds a response trailer; they travel behind the last message.
  package func addTrailer(_ name: String, _ value: String) throws(Status) {
    try answer.withLock { answer throws(Status) in try answer.trailers.add(name, value) }
  }

  package func addTrailer(_ name: String, bytes: [UInt8]) throws(Status) {
    try answer.withLock { answer throws(Status) in try answer.trailers.add(name, bytes: bytes) }
  }

  /// For the server: the headers, which are closed by this.
  package func takeHeaders() -> Metadata {
    answer.withLock { answer in
      answer.hasSentHeaders = true
      return answer.headers
    }
  }

  /// For the server, when all is said at once: nil where the handler left neither.
  package func takeBoth() -> (headers: Metadata, trailers: Metadata)? {
    answer.withLock { answer in
      answer.hasSentHeaders = true
      if answer.headers.isEmpty && answer.trailers.isEmpty { return nil }
      return (answer.headers, answer.trailers)
    }
  }

  /// For the server: the trailers.
  package func takeTrailers() -> Metadata {
    answer.withLock { $0.trailers }
  }
}
