import HTTP
import IO
import Primitives

/// Where calls get their HTTP/2 streams: one connection, or a channel that replaces its own.
/// Used on `loop` alone.
protocol StreamSource: Sendable {
  var loop: EventLoop { get }
  var limits: CallClient.Limits { get }

  /// Throws `Status`, or a `MessageError` that is `.refused` where another attempt may help.
  func open(_ request: CallRequest) async throws -> any ClientStream

  /// Asked when the server provably did nothing for an attempt; counts against a budget.
  func mayRetry(after attempts: Int) -> Bool

  func callEnded()
}

extension StreamSource {
  func call<Answer: Sendable>(
    _ request: CallRequest, _ body: (ClientCall) async throws -> Answer
  ) async throws -> Answer {
    try await loop.run {
      if let deadline = request.options.deadline, deadline.hasPassed(now: .now()) {
        throw Status(.deadlineExceeded, "The deadline passed before the call was sent.")
      }
      let call = ClientCall(request, from: self)
      let timer = request.options.deadline.map { deadline in
        loop.schedule(at: deadline.instant) { call.expire() }
      }
      defer {
        if let timer { loop.cancel(timer) }
        callEnded()
      }
      return try await withTaskCancellationHandler {
        do {
          try await call.open()
          let answer = try await body(call)
          try await call.end()
          return answer
        } catch {
          throw call.fail(error)
        }
      } onCancel: {
        loop.execute { call.cancel() }
      }
    }
  }
}
