import IO
import Primitives

/// One request on an HTTP/1.1 connection. Confined to the connection's loop.
final class LineExchange: Upgradable, @unchecked Sendable {
  /// none -> whole | streaming | upgraded; streaming -> whole; any -> aborted.
  private enum Answer: Equatable {
    case none
    case streaming(Mode)
    case whole
    case upgraded
    case aborted
  }

  private enum Mode: Equatable {
    case chunked
    case length(left: Int)
    case untilClose
    /// The answer to HEAD, and statuses without a body: what is written is dropped.
    case dropped
  }

  let request: RequestHead
  private let isVersion11: Bool
  private let wantsKeepAlive: Bool
  private let expectsContinue: Bool
  private let owner: LineServerConnection
  /// Nil for a request without a body.
  private var body: BodyDecoder?
  private var answer = Answer.none
  private var hasSaidContinue = false
  private var hasFailedBody = false
  /// Whether another request may follow; settled when the answer begins.
  private(set) var keepsAlive = false

  init(_ line: LineRequest, on owner: LineServerConnection) {
    self.owner = owner
    request = line.head
    isVersion11 = line.isVersion11
    wantsKeepAlive = line.keepsAlive
    expectsContinue = line.expectsContinue
    if line.framing != .none {
      body = BodyDecoder(
        line.framing, limits: BodyDecoder.Limits(trailers: HeadLimits(owner.limits)))
    }
  }

  private var wire: LineWire { owner.wire }
  private var limits: ServerLimits { owner.limits }

  var connection: ConnectionInfo { owner.info }
  var hasStarted: Bool { answer != .none }
  var isUpgraded: Bool { answer == .upgraded }
  var hasWholeBody: Bool { body?.isComplete ?? true }
  var requestTrailers: Headers { body?.trailers ?? [:] }

  // MARK: - Request body

  func nextBody() async throws -> [UInt8]? {
    var piece: [UInt8] = []
    do {
      try await sayContinue()
      while piece.isEmpty, !hasWholeBody {
        if wire.hasReceived {
          let before = wire.receivedCount
          try wire.consumeReceived { try self.decode($0, into: &piece) }
          if !piece.isEmpty || hasWholeBody || wire.receivedCount < before { continue }
        }
        try await readBody(into: &piece)
      }
    } catch {
      hasFailedBody = true
      throw error
    }
    return piece.isEmpty ? nil : piece
  }

  func takeCompleteBody() -> [UInt8]? {
    guard hasWholeBody || (body?.remaining ?? .max) <= wire.receivedCount else { return nil }
    var whole: [UInt8] = []
    while !hasWholeBody {
      do {
        try wire.consumeReceived { try self.decode($0, into: &whole) }
      } catch {
        preconditionFailure("a body of known length cannot be malformed")
      }
    }
    return whole
  }

  private func readBody(into piece: inout [UInt8]) async throws {
    wire.setReadDeadline(wire.deadline(after: limits.bodyTimeout))
    wire.farewell = hasStarted ? nil : LineServerConnection.timedOut
    defer {
      wire.setReadDeadline(.distantFuture)
      wire.farewell = nil
    }
    var taken: [UInt8] = []
    do {
      let isOpen = try await wire.read { try self.decode($0, into: &taken) }
      guard isOpen else {
        throw MessageError(.aborted, "the client went away in the middle of the request")
      }
    } catch let error as SystemError {
      guard wire.expired == .reading else { throw error }
      throw MessageError(
        .timedOut, "the body did not arrive in time", status: .requestTimeout)
    }
    piece = taken
  }

  private func decode(
    _ bytes: UnsafeRawBufferPointer, into piece: inout [UInt8]
  ) throws(MessageError) -> Int {
    try body?.decode(bytes, into: &piece) ?? 0
  }

  /// Asking for the body is what tells a waiting client to send it (RFC 9110, 10.1.1).
  private func sayContinue() async throws {
    guard expectsContinue, !hasSaidContinue, !hasStarted else { return }
    hasSaidContinue = true
    guard !wire.hasReceived else { return }
    wire.build { HeadWriter.append("HTTP/1.1 100 Continue\r\n\r\n", to: &$0) }
    try await wire.flush(timeout: limits.bodyTimeout)
  }

  /// Reads past a body nobody wanted. False when that is not worth it, or when the body is broken
  /// or late: the request has its answer, and another one would be taken for that of the next.
  func discardBody() async throws -> Bool {
    var left = limits.drainBytes
    do {
      while !hasWholeBody {
        guard left > 0, let piece = try await nextBody() else { break }
        left -= piece.count
      }
    } catch is MessageError {
      return false
    }
    return hasWholeBody
  }

  // MARK: - Answer

  func respond(_ head: ResponseHead, body: [UInt8], trailers: Headers?) {
    if answer == .aborted { return }
    precondition(answer == .none, "an exchange was answered twice")
    let hasBody = request.method != .head && !head.status.forbidsBody
    let trailers = trailers.flatMap { $0.isEmpty || !hasBody || !isVersion11 ? nil : $0 }
    var length = HeadWriter.Length.exactly(body.count)
    if trailers != nil {
      length = .chunked
    } else if head.status.forbidsBody {
      length = .none
    } else if !hasBody, body.isEmpty {
      length = declaredLength(head).map { .exactly($0) } ?? .none
    }
    guard begin(head, length: length) else {
      return respond(ResponseHead(.internalError), body: [], trailers: nil)
    }
    answer = trailers == nil ? .whole : .streaming(.chunked)
    if let trailers {
      appendChunk(body)
      finish(trailers: trailers)
    } else {
      if hasBody { wire.append(body) }
      leave()
    }
  }

  func start(_ head: ResponseHead) {
    if answer == .aborted { return }
    precondition(answer == .none, "an exchange was answered twice")
    let declared = declaredLength(head)
    let mode: Mode
    var length = HeadWriter.Length.none
    if let declared {
      mode = .length(left: declared)
      length = .exactly(declared)
    } else {
      mode = isVersion11 ? .chunked : .untilClose
      length = isVersion11 ? .chunked : .none
    }
    let hasBody = request.method != .head && !head.status.forbidsBody
    if head.status.forbidsBody { length = .none }
    guard begin(head, length: length, endsWithClose: hasBody && mode == .untilClose) else {
      abort()
      return
    }
    answer = .streaming(hasBody ? mode : .dropped)
    wire.offerSoon()
  }

  func write(_ bytes: [UInt8]) async throws {
    guard answer != .aborted, !wire.isClosed else { throw gone }
    guard case .streaming(let mode) = answer else {
      throw MessageError(.misuse, "a body was written outside start and finish")
    }
    guard !bytes.isEmpty, mode != .dropped else { return }
    switch mode {
    case .chunked: appendChunk(bytes)
    case .length(let left):
      guard bytes.count <= left else {
        throw MessageError(.misuse, "the body is longer than its content-length")
      }
      answer = .streaming(.length(left: left - bytes.count))
      wire.append(bytes)
    case .untilClose: wire.append(bytes)
    case .dropped: break
    }
    do {
      try await wire.flush(timeout: limits.bodyTimeout)
    } catch {
      throw wire.expired == nil ? error as any Error : gone
    }
  }

  func finish(trailers: Headers?) {
    if answer == .aborted { return }
    guard case .streaming(let mode) = answer else {
      preconditionFailure("an answer was finished that had not been started, or twice")
    }
    switch mode {
    case .chunked:
      wire.build { out in
        HeadWriter.append("0\r\n", to: &out)
        if !HeadWriter.write(trailers: trailers ?? [:], to: &out) {
          HeadWriter.append("\r\n", to: &out)
        }
      }
    case .length(let left):
      guard left == 0 else { return abort() }
    case .untilClose, .dropped: break
    }
    answer = .whole
    leave()
  }

  func abort() {
    answer = .aborted
    keepsAlive = false
    wire.close()
  }

  func upgrade(
    _ head: ResponseHead
  ) async throws -> (transport: any Transport, received: [UInt8]) {
    guard answer == .none, hasWholeBody else {
      throw MessageError(.misuse, "only an unanswered exchange whose body is read can be upgraded")
    }
    let isSwitch = head.status == .switchingProtocols
    let isWritten = write(head, length: .none, persistence: isSwitch ? .upgrade : .implied)
    guard isWritten else {
      throw MessageError(.misuse, "a header of the answer holds a control byte")
    }
    answer = .upgraded
    try await wire.flush(timeout: limits.bodyTimeout)
    let received = wire.takeReceived()
    wire.release()
    return (wire.transport, received)
  }

  // MARK: - When the handler has returned

  /// Answers for a handler that failed (`Handler`).
  func settle(_ error: any Error) {
    guard answer == .none else {
      if case .streaming = answer { abort() }
      return
    }
    ErrorAnswer.send(error, on: self)
  }

  /// Answers for a handler that said nothing, and breaks off an answer without an end.
  func settleSilence() {
    switch answer {
    case .none: respond(ResponseHead(.internalError))
    case .streaming: abort()
    case .whole, .upgraded, .aborted: break
    }
  }

  // MARK: - Helpers

  private var gone: MessageError {
    wire.expired == nil
      ? MessageError(.aborted, "the client is gone")
      : MessageError(.timedOut, "the client did not take the answer in time")
  }

  private func declaredLength(_ head: ResponseHead) -> Int? {
    guard let text = head.headers["content-length"], let length = Int(text), length >= 0 else {
      return nil
    }
    return length
  }

  /// Settles whether the connection goes on, and writes the head. False when it is invalid.
  private func begin(
    _ head: ResponseHead, length: HeadWriter.Length, endsWithClose: Bool = false
  ) -> Bool {
    keepsAlive =
      wantsKeepAlive && owner.acceptsMore && !endsWithClose && mayDiscardBody
      && !(head.headers.contains("connection")
        && head.headers.contains("connection", token: "close"))
    return write(
      head, length: length,
      persistence: !keepsAlive ? .close : isVersion11 ? .implied : .keepAlive)
  }

  /// A client that still waits for 100 (Continue) may send the body or not: unless asked, the
  /// connection cannot go on. Neither can it behind a long rest.
  private var mayDiscardBody: Bool {
    if hasWholeBody { return true }
    if hasFailedBody || expectsContinue && !hasSaidContinue { return false }
    return (body?.remaining ?? 0) <= limits.drainBytes
  }

  private func write(
    _ head: ResponseHead, length: HeadWriter.Length, persistence: HeadWriter.Persistence
  ) -> Bool {
    let date = DateLine.bytes(at: wire.loop.now)
    var isWritten = false
    wire.build { out in
      isWritten = HeadWriter.write(
        head, length: length, persistence: persistence, date: date, to: &out)
    }
    return isWritten
  }

  private func appendChunk(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    wire.build { out in
      out.reserveCapacity(out.count + bytes.count + 20)
      HeadWriter.writeChunkSize(bytes.count, to: &out)
      out.append(contentsOf: bytes)
      HeadWriter.append("\r\n", to: &out)
    }
  }

  /// Sends at once, unless more requests wait whose answers can leave together with this one.
  private func leave() {
    if wire.hasReceived {
      wire.offerSoon()
    } else {
      // A failure shows again when the connection flushes or reads.
      try? wire.offer()
    }
  }
}
