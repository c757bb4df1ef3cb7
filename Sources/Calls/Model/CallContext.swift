import Primitives

/// What a handler knows of the call it answers, and where it leaves headers and trailers.
package final class CallContext: Sendable {
  package let method: MethodDescription
  package let principal: Principal
  package let metadata: Metadata
  package let deadline: Deadline?
  package let trace: TraceContext

  private struct Answer {
    var headers = Metadata()
    var trailers = Metadata()
    var hasSentHeaders = false
  }

  private let answer = Locked(Answer())

  package init(
    method: MethodDescription, principal: Principal, metadata: Metadata,
    deadline: Deadline?, trace: TraceContext
  ) {
    self.method = method
    self.principal = principal
    self.metadata = metadata
    self.deadline = deadline
    self.trace = trace
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

  /// For the server: the trailers.
  package func takeTrailers() -> Metadata {
    answer.withLock { $0.trailers }
  }
}
