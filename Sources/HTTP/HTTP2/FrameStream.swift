import CNGHTTP2
import IO
import Primitives

/// One stream of an HTTP/2 connection: what both roles share. Subclasses give it the face of an
/// `Exchange` or of a `ClientStream`.
///
/// Flow control: bytes that arrived count against the sender's window until somebody takes them
/// (`nextPiece`), so what one connection can make us hold is its connection window.
/// Guard: confinement to the session's loop.
class FrameStream: @unchecked Sendable {
  let session: FrameSession
  /// Set when the stream is submitted or received; 0 before.
  var id: Int32 = 0
  /// Where the session keeps it.
  var place = 0
  var incomingTrailers = Headers()
  private(set) var hasIncomingEnded = false
  private(set) var isClosed = false
  /// RFC 9113, section 7; meaningful once closed.
  private(set) var errorCode: UInt32 = 0
  /// True when the stream ended because its connection did.
  private(set) var isLost = false
  /// Set by `reset`: nobody waits for nghttp2 to get the reset out, which may take long.
  private(set) var isGivenUp = false
  var isOver: Bool { isClosed || isGivenUp }

  private var incoming = ByteQueue()
  private var outgoing = ByteQueue()
  private var outgoingTrailers: Headers?
  private(set) var hasOutgoingEnded = false
  /// Our direction is over on the wire as well.
  private(set) var hasSentEnd = false
  /// The window of what waits in `incoming` was given back when the stream closed.
  private var isSettled = false
  /// Since when the other side takes nothing of what is queued.
  private var blockedSince: Instant?
  private var isDeferred = false
  private var arrival: Wakeup?
  /// Set while somebody waits for bytes that do not come.
  private var waitingSince: Instant?
  /// False for streams that may stay silent for ever, such as a subscription.
  var mustProgress = true
  private var room: Wakeup?

  init(session: FrameSession) { self.session = session }

  // MARK: - What subclasses do with events

  /// A head, informational or not, or the trailers.
  /// Takes out of the assembly what it wants to keep.
  func receivedHeaders(_ assembly: inout HeadAssembly) {}

  /// Whether these bytes are to be thrown away, since nobody will ask for them.
  func isDiscarding(_ count: Int) -> Bool { false }

  func didClose() {}

  func didSendEnd() {}

  // MARK: - Incoming

  func receive(_ bytes: UnsafeBufferPointer<UInt8>) {
    session.arrived(bytes.count)
    if isDiscarding(bytes.count) { return giveBack(bytes.count) }
    incoming.append(Array(bytes))
    arrival?.raise()
  }

  func receiveEnd() {
    hasIncomingEnded = true
    wake()
  }

  /// Without a code the connection was lost.
  func close(errorCode: UInt32?) {
    isClosed = true
    self.errorCode = errorCode ?? 0
    isLost = errorCode == nil
    session.queuedBytes -= outgoing.count
    outgoing.removeAll()
    blockedSince = nil
    wake()
    didClose()
  }

  /// Wakes whoever waits, to look at the state again.
  func wake() {
    arrival?.raise()
    room?.raise()
  }

  /// Made when somebody first waits: most streams never do.
  private func arrivalWakeup() -> Wakeup {
    if let arrival { return arrival }
    let wakeup = Wakeup()
    arrival = wakeup
    return wakeup
  }

  /// Waits until `condition` holds, the stream is over or the task is cancelled.
  func waitForArrival(until condition: () -> Bool) async {
    while !condition() && !isOver && !Task.isCancelled {
      await arrivalWakeup().wait(on: session.loop)
    }
  }

  /// The next piece of the body, nil at its end. Gives the bytes back to the sender's window.
  func nextPiece() async throws -> [UInt8]? {
    session.loop.checkIsCurrent("nextBody")
    while true {
      if isGivenUp { throw aborted() }
      if let piece = incoming.popPiece() {
        giveBack(piece.count)
        return piece
      }
      if hasIncomingEnded { return nil }
      if isClosed { throw aborted() }
      try Task.checkCancellation()
      waitingSince = session.loop.now
      await arrivalWakeup().wait(on: session.loop)
      waitingSince = nil
    }
  }

  /// True when a body that must come has not moved for that long.
  func isStalled(since limit: Duration) -> Bool {
    guard mustProgress else { return false }
    let now = session.loop.now
    return [waitingSince, blockedSince].contains { since in
      since.map { $0.duration(to: now) >= limit } ?? false
    }
  }

  /// Without waiting: the whole body when it is here already, as it is for a small request.
  func takeWholeBody() -> [UInt8]? {
    guard hasIncomingEnded, let piece = incoming.popPiece() else {
      return hasIncomingEnded ? [] : nil
    }
    var body = piece
    while let more = incoming.popPiece() { body.append(contentsOf: more) }
    giveBack(body.count)
    return body
  }

  /// Whether a whole body is here in one piece and is as wanted.
  func wholeBody(satisfies condition: ([UInt8]) -> Bool) -> Bool {
    hasIncomingEnded && incoming.onlyPiece.map(condition) == true
  }

  /// Bytes nobody took yet still count against the connection's window: gives them back when the
  /// stream closes. A whole body stays to be read; one that was broken off is of no use.
  func settleIncoming() {
    guard !isSettled else { return }
    let count = incoming.count
    if !hasIncomingEnded || errorCode != 0 || isLost {
      incoming.removeAll()
      hasIncomingEnded = false
    }
    if count > 0 { session.consume(count, of: self) }
    isSettled = true
  }

  /// Nobody will ask for more.
  func discardIncoming() {
    let count = incoming.count
    incoming.removeAll()
    if count > 0 { giveBack(count) }
  }

  private func giveBack(_ count: Int) {
    if !isSettled { session.consume(count, of: self) }
  }

  func aborted() -> MessageError {
    if isLost { return MessageError(.aborted, "the connection ended before the stream did") }
    if !isClosed { return MessageError(.aborted, "the stream was given up on this side") }
    var error =
      errorCode == NGHTTP2_REFUSED_STREAM.rawValue
      ? MessageError(.refused, "the other side refused the stream; it can be tried again")
      : MessageError(.aborted, "the other side ended the stream (HTTP/2 error \(errorCode))")
    error.resetCode = errorCode
    return error
  }

  // MARK: - Outgoing

  var queuedBytes: Int { outgoing.count }

  func queue(_ bytes: [UInt8]) {
    outgoing.append(bytes)
    session.queuedBytes += bytes.count
    if blockedSince == nil && !outgoing.isEmpty { blockedSince = session.loop.now }
  }

  /// Our END_STREAM left.
  func sentEnd() {
    hasSentEnd = true
    didSendEnd()
  }

  func queueEnd(trailers: Headers?) {
    outgoingTrailers = trailers
    hasOutgoingEnded = true
  }

  /// Tells nghttp2 that a stream it found empty has something again.
  func resumeOutgoing() {
    if isDeferred {
      isDeferred = false
      session.resumeData(self)
    }
    session.flushSoon()
  }

  /// Queues and waits while too much is queued.
  func writePiece(_ bytes: [UInt8]) async throws {
    session.loop.checkIsCurrent("write")
    guard !hasOutgoingEnded else { throw MessageError(.misuse, "the body has already ended") }
    if isOver { throw aborted() }
    queue(bytes)
    resumeOutgoing()
    while outgoing.count > session.pendingAllowance {
      let room = self.room ?? Wakeup()
      self.room = room
      await room.wait(on: session.loop)
      if isOver { throw aborted() }
      try Task.checkCancellation()
    }
  }

  /// nghttp2 asks how much of the body the next DATA frame may carry. The bytes themselves leave
  /// in `moveOutgoing`, without a copy in between.
  func offerData(_ limit: Int, flags: UnsafeMutablePointer<UInt32>) -> Int {
    let count = min(limit, outgoing.count)
    if count == outgoing.count && hasOutgoingEnded {
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      if let outgoingTrailers {
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        session.submitTrailers(outgoingTrailers, of: self)
      }
    } else if count == 0 {
      isDeferred = true
      return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
    flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
    return count
  }

  func moveOutgoing(_ count: Int, to destination: UnsafeMutableRawPointer) {
    outgoing.move(count, to: destination)
    session.sentBody(count)
    blockedSince = outgoing.isEmpty ? nil : session.loop.now
    if outgoing.count <= session.pendingAllowance / 2 { room?.raise() }
  }

  func reset(_ code: nghttp2_error_code) {
    guard !isOver, id != 0 else { return }
    isGivenUp = true
    session.submitReset(self, code)
    session.flushSoon()
    wake()
  }
}
