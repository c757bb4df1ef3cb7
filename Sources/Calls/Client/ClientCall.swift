import HTTP
import IO

/// The client's side of one call.
/// Guard: confinement to the connection's loop.
final class ClientCall: MessageStream, @unchecked Sendable {
  private let stream: any ClientStream
  private let isCompressed: Bool
  private let limits: CallClient.Limits
  private var parser: FrameParser
  private var head: ResponseHead?
  private var encoding = MessageEncoding.identity
  private var hasFinished = false
  private var isAtEnd = false
  /// What ended the call on this side, if anything did.
  private var verdict: Status?

  init(_ stream: any ClientStream, isCompressed: Bool, limits: CallClient.Limits) {
    self.stream = stream
    self.isCompressed = isCompressed
    self.limits = limits
    parser = FrameParser(maximumMessageSize: limits.messageBytes)
  }

  // MARK: - MessageStream

  func send(_ frame: [UInt8]) async throws {
    do {
      try await stream.write(isCompressed ? try compressed(frame) : frame)
    } catch let status as Status {
      throw status
    } catch {
      // The server may have ended the call already: its status says more than our failure.
      throw await remoteStatus() ?? broken(error)
    }
  }

  func finish() async throws {
    guard !hasFinished else { return }
    hasFinished = true
    try stream.finish(trailers: nil)
  }

  func next() async throws -> [UInt8]? {
    do {
      try await readHead()
      while true {
        if let frame = try parser.next() {
          return try encoding.decode(frame, limit: limits.messageBytes)
        }
        guard let bytes = try await stream.nextBody() else { break }
        parser.feed(bytes)
      }
      isAtEnd = true
      try parser.finish()
      return nil
    } catch let status as Status {
      throw status
    } catch {
      throw broken(error)
    }
  }

  // MARK: - The end

  /// Reads what is left and throws the status unless it is `ok`.
  func end() async throws {
    try await finish()
    while try await next() != nil {}
    if let status = status(), status.code != .ok { throw status }
  }

  /// After the body threw: ends the stream and says what the caller is to be told.
  func fail(_ error: any Error) -> any Error {
    defer { stream.abort() }
    if let verdict { return verdict }
    // A message that is missing is usually the shadow of a status that came instead.
    if isAtEnd, let status = status(), status.code != .ok { return status }
    return error is CancellationError ? Status(.cancelled, "The call was cancelled.") : error
  }

  func expire() {
    guard verdict == nil else { return }
    verdict = Status(.deadlineExceeded, "The deadline passed before the answer came.")
    stream.abort()
  }

  func cancel() {
    guard verdict == nil else { return }
    verdict = Status(.cancelled, "The call was cancelled.")
    stream.abort()
  }

  // MARK: - Helpers

  private func readHead() async throws {
    guard head == nil else { return }
    let head = try await stream.head()
    self.head = head
    encoding = MessageEncoding(head.headers["grpc-encoding"])
    guard head.status == .ok else {
      throw Status(
        Status.Code(httpStatus: head.status.number),
        "The server answered with HTTP \(head.status) instead of a gRPC status.")
    }
  }

  /// The status, once the trailers are in: behind the body, or in the head when there is none.
  private func status() -> Status? {
    guard let head else { return nil }
    for fields in [stream.responseTrailers, head.headers] {
      if let code = fields["grpc-status"] {
        return Status(
          trailerCode: code, message: fields["grpc-message"],
          details: fields["grpc-status-details-bin"].flatMap(Base64.decode))
      }
    }
    return Status(.unknown, "The server ended the call without a status.")
  }

  /// What the server said before it closed the stream, when it said anything. Does not wait long:
  /// what will ever come has come.
  private func remoteStatus() async -> Status? {
    if verdict != nil { return nil }
    do {
      try await readHead()
      while try await stream.nextBody() != nil {}
      return status()
    } catch {
      return error as? Status
    }
  }

  private func broken(_ error: any Error) -> Status {
    if let verdict { return verdict }
    if error is CancellationError { return Status(.cancelled, "The call was cancelled.") }
    return Status(.unavailable, "The connection broke: \(error)")
  }

  private func compressed(_ frame: [UInt8]) throws -> [UInt8] {
    let payload = Array(frame[FrameParser.prefixSize...])
    return FrameWriter.frame(payload: try Gzip.compress(payload), isCompressed: true)
  }
}
