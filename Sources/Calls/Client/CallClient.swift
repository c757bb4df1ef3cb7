package import HTTP
package import IO
import Primitives

/// Makes gRPC calls over one HTTP/2 connection. Any task may call; the work is done on the
/// connection's loop.
package final class CallClient: Caller {
  package struct Limits: Sendable {
    package var messageBytes = 16 << 20
    package init() {}
  }

  private let connection: any ClientConnection
  private let loop: EventLoop
  private let authority: String
  private let limits: Limits

  package init(
    _ connection: any ClientConnection, on loop: EventLoop, authority: String,
    limits: Limits = Limits()
  ) {
    self.connection = connection
    self.loop = loop
    self.authority = authority
    self.limits = limits
  }

  package func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer {
    try await loop.run {
      let stream = try open(method, options)
      let timer = options.deadline.map { deadline in
        loop.schedule(at: deadline.instant) { stream.expire() }
      }
      defer { if let timer { loop.cancel(timer) } }
      return try await withTaskCancellationHandler {
        do {
          let answer = try await body(stream)
          try await stream.end()
          return answer
        } catch {
          throw stream.fail(error)
        }
      } onCancel: {
        loop.execute { stream.cancel() }
      }
    }
  }

  private func open(
    _ method: MethodDescription, _ options: CallOptions
  ) throws(Status) -> ClientCall {
    if let deadline = options.deadline, deadline.hasPassed(now: .now()) {
      throw Status(.deadlineExceeded, "The deadline passed before the call was sent.")
    }
    var head = RequestHead(
      method: .post, target: method.path, authority: authority,
      headers: [
        "te": "trailers", "content-type": "application/grpc", "user-agent": "apus",
        "grpc-accept-encoding": MessageEncoding.accepted,
      ])
    if let deadline = options.deadline {
      head.headers.append("grpc-timeout", deadline.timeout(now: .now()))
    }
    if let trace = options.trace {
      head.headers.append("traceparent", trace.traceparent)
      if let state = trace.state { head.headers.append("tracestate", state) }
    }
    if options.isCompressed { head.headers.append("grpc-encoding", "gzip") }
    for (name, value) in options.metadata.entries { head.headers.append(name, value) }
    do {
      return ClientCall(
        try connection.open(head, endsWithHead: false), isCompressed: options.isCompressed,
        limits: limits)
    } catch {
      throw Status(.unavailable, "The call could not be sent: \(error)")
    }
  }
}
