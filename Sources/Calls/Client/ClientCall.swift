import HTTP
import IO
import Primitives

// # The client's side of one call
//
// A call has one HTTP/2 stream at a time. It gets another, with everything sent again, only while
// the server provably did nothing with the first: it refused the stream (REFUSED_STREAM, or a
// GOAWAY that names an earlier one), or the request never left. Once an answer has begun the call
// is bound to its stream (gRFC A6, transparent retries).
//
// What ended the call on this side, a deadline or a cancellation, is its `verdict`; it goes before
// whatever the broken stream then says.

/// Guard: confinement to the loop of the source.
final class ClientCall: MessageStream, @unchecked Sendable {
  private let request: CallRequest
  private let source: any StreamSource
  private var stream: (any ClientStream)?
  private var parser: FrameParser
  private var head: ResponseHead?
  private var encoding = MessageEncoding.identity
  private var hasFinished = false
  private var isAtEnd = false
  private var verdict: Status?
  /// What was sent, for as long as it may have to be sent again; nil after that.
  private var replay: [[UInt8]]? = []
  private var replayBytes = 0
  private var attempts = 1
  /// Open once another stream is there, or none will be.
  private var reopened: Gate?

  init(_ request: CallRequest, from source: any StreamSource) {
    self.request = request
    self.source = source
    parser = FrameParser(maximumMessageSize: source.limits.messageBytes)
  }

  func open() async throws {
    do {
      try await adopt(source.open(request))
    } catch let error as MessageError {
      try await recover(from: error, 1)
    }
  }

  // MARK: - MessageStream

  func send(_ frame: [UInt8]) async throws {
    try await waitUntilReopened()
    guard !hasFinished else {
      throw Status(.failedPrecondition, "A message was sent after the last one.")
    }
    let size = frame.count - FrameParser.prefixSize
    guard size <= source.limits.messageBytes else {
      throw Status(
        .resourceExhausted,
        "The message is \(size) bytes; at most \(source.limits.messageBytes) are sent. Send it in "
          + "parts.")
    }
    let frame = request.options.isCompressed ? try MessageEncoding.compress(frame) : frame
    keep(frame)
    let attempt = attempts
    do {
      try await stream?.write(frame)
    } catch {
      if mayRecover(from: error, attempt) {
        try await recover(from: error, attempt)
      } else {
        throw await reason(ofFailedSend: error)
      }
    }
  }

  func finish() async throws {
    guard !hasFinished else { return }
    hasFinished = true
    // Whoever opens another stream finishes that one.
    if reopened == nil { try stream?.finish(trailers: nil) }
  }

  func next() async throws -> [UInt8]? {
    while true {
      try await waitUntilReopened()
      if isAtEnd { return nil }
      let attempt = attempts
      do {
        return try await nextMessage()
      } catch let status as Status {
        throw verdict ?? status
      } catch {
        try await recover(from: error, attempt)
      }
    }
  }

  /// One message each way.
  func exchange(_ frame: [UInt8]) async throws -> [UInt8] {
    try await send(frame)
    try await finish()
    guard let reply = try await next(), try await next() == nil else {
      throw Status(.internal, "Expected one reply from \(request.method), found none or several.")
    }
    return reply
  }

  // MARK: - The end

  /// After the body returned: throws the status unless it is `ok`.
  func end() async throws {
    if !isAtEnd {
      guard request.method.kind == .bidirectional else {
        stream?.abort()
        return
      }
      try await finish()
      while try await next() != nil {}
    }
    let status = status()
    if status.code != .ok { throw status }
  }

  /// After the body threw: ends the stream and says what the caller is to be told.
  func fail(_ error: any Error) -> any Error {
    defer { stream?.abort() }
    if let verdict { return verdict }
    // A message that is missing is usually the shadow of a status that came instead.
    if isAtEnd || error is ServerHasFinished, let status = givenStatus(), status.code != .ok {
      return status
    }
    switch error {
    case is CancellationError: return Status(.cancelled, "The call was cancelled.")
    case is ServerHasFinished:
      return Status(.cancelled, "The server ended the call, well, before all was sent.")
    case let failure as DecodingFailure:
      return Status(.internal, "A reply cannot be read: \(failure)")
    case let error as MessageError: return broken(error)
    default: return error
    }
  }

  func expire() {
    giveUp(Status(.deadlineExceeded, "The deadline passed before the answer came."))
  }

  func cancel() { giveUp(Status(.cancelled, "The call was cancelled.")) }

  private func giveUp(_ status: Status) {
    guard verdict == nil else { return }
    verdict = status
    stream?.abort()
    reopened?.open()
  }
}

// MARK: - Reading

extension ClientCall {
  private func nextMessage() async throws -> [UInt8]? {
    guard let stream else { return nil }
    try await readHead()
    while true {
      if let verdict { throw verdict }
      if let frame = try parser.next() {
        return try encoding.decode(
          frame, limit: source.limits.messageBytes, unknownIs: .internal)
      }
      guard let bytes = try await stream.nextBody() else { break }
      parser.feed(bytes)
    }
    isAtEnd = true
    request.options.received?.receive(trailers: trailingMetadata())
    try parser.finish()
    return nil
  }

  private func readHead() async throws {
    guard head == nil, let stream else { return }
    let head = try await stream.head()
    self.head = head
    replay = nil
    // Trailers alone: there are no headers then (gRPC over HTTP/2, Responses).
    if head.headers.contains("grpc-status") { return }
    guard head.status == .ok else {
      throw Status(
        Status.Code(httpStatus: head.status.number),
        "The server answered with HTTP \(head.status) instead of a gRPC status.")
    }
    guard let type = head.headers.firstIndex(of: "content-type"),
      head.headers.valueBytes(at: type).starts(with: Self.contentType)
    else {
      throw Status(
        .unknown,
        "The server does not speak gRPC here: it answered with the content type "
          + "\((head.headers["content-type"] ?? "").prefix(100).debugDescription).")
    }
    encoding = MessageEncoding(head.headers["grpc-encoding"])
    request.options.received?.receive(headers: Metadata(received: head.headers))
  }

  private static let contentType = Array("application/grpc".utf8)

  private func trailingMetadata() -> Metadata {
    guard let head, let stream else { return Metadata() }
    return Metadata(
      received: head.headers.contains("grpc-status") ? head.headers : stream.responseTrailers)
  }

  /// The status, once the trailers are in.
  private func status() -> Status {
    givenStatus() ?? Status(.unknown, "The server ended the call without a status.")
  }

  /// From behind the body, or from the head when there is none.
  private func givenStatus() -> Status? {
    guard let head, let stream else { return nil }
    return Self.status(in: stream.responseTrailers) ?? Self.status(in: head.headers)
  }

  private static func status(in fields: Headers) -> Status? {
    guard let code = fields["grpc-status"] else { return nil }
    if code == "0" { return Status(.ok) }
    return Status(
      trailerCode: code, message: fields["grpc-message"],
      details: fields["grpc-status-details-bin"].flatMap(Base64.decode))
  }

  /// Why a message could not be sent. A server that has answered already says more than our
  /// failure does; whatever it said is here, so that nothing waits.
  private func reason(ofFailedSend error: any Error) async -> any Error {
    guard verdict == nil, error is MessageError else { return broken(error) }
    do {
      try await readHead()
    } catch let status as Status {
      return status
    } catch {
      return broken(error)
    }
    guard let status = givenStatus() else { return broken(error) }
    return status.code == .ok ? ServerHasFinished() : status
  }

  private func broken(_ error: any Error) -> Status {
    if let verdict { return verdict }
    switch error {
    case let status as Status: return status
    case is CancellationError: return Status(.cancelled, "The call was cancelled.")
    case let error as MessageError:
      if let code = error.resetCode { return Status(Status.Code(resetCode: code), "\(error).") }
      return Status(.unavailable, "The connection broke: \(error)")
    default: return Status(.unavailable, "The connection broke: \(error)")
    }
  }
}

// MARK: - Another attempt

extension ClientCall {
  private func adopt(_ stream: any ClientStream) throws {
    if let verdict {
      stream.abort()
      throw verdict
    }
    self.stream = stream
  }

  private func keep(_ frame: [UInt8]) {
    guard replay != nil else { return }
    replayBytes += frame.count
    if replayBytes <= source.limits.replayBytes { replay?.append(frame) } else { replay = nil }
  }

  private func waitUntilReopened() async throws {
    while verdict == nil, let reopened, !reopened.isOpen {
      await reopened.wait()
      try Task.checkCancellation()
    }
    if let verdict { throw verdict }
  }

  private func mayRecover(from error: any Error, _ attempt: Int) -> Bool {
    if attempt < attempts { return true }
    guard let error = error as? MessageError else { return false }
    return error.code == .refused && head == nil && replay != nil && verdict == nil
  }

  /// Returns once another stream has taken the place of the one of that attempt. A sender and a
  /// reader may both come here.
  private func recover(from error: any Error, _ attempt: Int) async throws {
    guard mayRecover(from: error, attempt) else { throw broken(error) }
    if attempt < attempts { return try await waitUntilReopened() }
    let gate = Gate()
    reopened = gate
    defer {
      gate.open()
      reopened = nil
    }
    var error = error
    while mayRecover(from: error, attempts), source.mayRetry(after: attempts) {
      attempts += 1
      do {
        try await adopt(source.open(request))
        for frame in replay ?? [] { try await stream?.write(frame) }
        if hasFinished { try stream?.finish(trailers: nil) }
        return
      } catch let failure {
        error = failure
      }
    }
    let status = broken(error)
    verdict = status
    throw status
  }
}
