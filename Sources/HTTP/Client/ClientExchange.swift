import IO
import Primitives

/// One request on an open stream: the body goes up, the answer comes down, a deadline and the
/// task's cancellation watch over both.
/// Guard: confinement to the client's loop.
final class ClientExchange: @unchecked Sendable {
  private let request: ClientRequest
  private let stream: any ClientStream
  private let limits: ClientLimits
  private let loop: EventLoop
  private var hasExpired = false
  /// True once the head of the answer is there.
  private(set) var hasAnswer = false
  private var uploadFailure: (any Error)?

  init(
    _ request: ClientRequest, _ stream: any ClientStream, _ limits: ClientLimits,
    _ loop: EventLoop
  ) {
    self.request = request
    self.stream = stream
    self.limits = limits
    self.loop = loop
  }

  func run<Result>(
    until deadline: Instant, _ body: (ClientResponse) async throws -> Result
  ) async throws -> Result {
    let timer =
      deadline == .distantFuture ? nil : loop.schedule(at: deadline) { [self] in expire() }
    defer {
      if let timer { loop.cancel(timer) }
      // What the caller left unread; harmless after the end.
      stream.abort()
    }
    return try await withTaskCancellationHandler {
      do {
        return try await transfer(body)
      } catch {
        throw reason(error)
      }
    } onCancel: {
      loop.execute { [stream] in stream.abort() }
    }
  }

  private func expire() {
    hasExpired = true
    stream.abort()
  }

  /// Why it failed, in the order of what the caller can do about it.
  private func reason(_ error: any Error) -> any Error {
    if hasExpired {
      return MessageError(.timedOut, "\(request.origin) did not answer in time")
    }
    if Task.isCancelled { return CancellationError() }
    return uploadFailure ?? error
  }

  // MARK: - Both directions

  private func transfer<Result>(
    _ body: (ClientResponse) async throws -> Result
  ) async throws -> Result {
    switch request.body {
    case .none: return try await receive(body)
    case .bytes(let bytes) where bytes.count <= limits.inlineBytes:
      try await upload(bytes)
      return try await receive(body)
    case .bytes, .stream:
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { [self] in await upload() }
        defer {
          // An answer that came early, or none, leaves an upload that nobody will take.
          stream.abort()
          group.cancelAll()
        }
        return try await receive(body)
      }
    }
  }

  private func receive<Result>(
    _ body: (ClientResponse) async throws -> Result
  ) async throws -> Result {
    let head = try await stream.head()
    hasAnswer = true
    return try await body(ClientResponse(head, stream, expandsUpTo: request.expandsUpTo))
  }

  private func upload() async {
    do {
      switch request.body {
      case .none: break
      case .bytes(let bytes): try await upload(bytes)
      case .stream(let write): try stream.finish(trailers: try await write(stream))
      }
    } catch {
      // A stream that broke shows in the answer; a body that could not be made does not.
      if !(error is MessageError) && !(error is CancellationError) {
        uploadFailure = error
        stream.abort()
      }
    }
  }

  private func upload(_ bytes: [UInt8]) async throws {
    do {
      try await stream.write(bytes)
      try stream.finish(trailers: nil)
    } catch let error as MessageError where error.code == .aborted {
      // The server takes no more; it may have said why.
    }
  }
}
