package import HTTP
package import IO
import Primitives

/// Makes gRPC calls over one HTTP/2 connection, and fails with it; a `CallChannel` makes new ones.
/// Any task may call; the work is done on the connection's loop.
package final class CallClient: Caller {
  package struct Limits: Sendable {
    /// One message, either way, after decompression.
    package var messageBytes = 16 << 20
    /// What a call may keep of its messages to send them again; one that sent more is not
    /// retried.
    package var replayBytes = 256 << 10
    package init() {}
  }

  let limits: Limits
  let loop: EventLoop
  private let connection: any ClientConnection
  private let authority: String

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
    try await call(CallRequest(method: method, options: options, authority: authority)) {
      try await body($0)
    }
  }

  package func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8] {
    try await call(CallRequest(method: method, options: options, authority: authority)) {
      try await $0.exchange(frame)
    }
  }
}

extension CallClient: StreamSource {
  func open(_ request: CallRequest) async throws -> any ClientStream {
    do {
      return try connection.open(request.head(now: .now()), endsWithHead: false)
    } catch {
      throw Status(.unavailable, "The call could not be sent: \(error)")
    }
  }

  func mayRetry(after attempts: Int) -> Bool { false }
  func callEnded() {}
}
