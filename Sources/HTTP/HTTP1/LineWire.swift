import IO
import Primitives

/// A transport with what HTTP/1.1 needs around it at both ends: bytes received and not yet used,
/// bytes on their way out, and time-outs. Idle, it holds no buffer.
///
/// Time-outs cost no timer per message: one timer is armed for the nearest deadline and, when it
/// fires early because the deadline has moved on, armed again.
/// Guard of everything mutable: confinement to the transport's loop.
final class LineWire: @unchecked Sendable {
  /// What a time-out was about.
  enum Expired: Sendable { case reading, writing }

  let transport: any Transport
  let loop: EventLoop
  private(set) var expired: Expired?
  private(set) var isClosed = false
  /// Sent, when there is room at once, before a reading time-out closes the transport.
  var farewell: StaticString?

  private var received: [UInt8] = []
  private var start = 0
  private var output = OutputQueue()
  private var readDeadline = Instant.distantFuture
  private var writeDeadline = Instant.distantFuture
  private var timer: TimerToken?
  private var timerDeadline = Instant.distantFuture
  private var isOfferScheduled = false

  init(_ transport: any Transport) {
    self.transport = transport
    loop = transport.loop
  }

  /// True while received bytes wait to be used.
  var hasReceived: Bool { start < received.count }
  var receivedCount: Int { received.count - start }
  var hasOutput: Bool { !output.isEmpty }
  var outputCount: Int { output.count }

  /// Shows what has been received to `consume`, which says how much it used.
  func consumeReceived(_ consume: (UnsafeRawBufferPointer) throws -> Int) throws {
    guard hasReceived else { return }
    start += try received.withUnsafeBytes { try consume($0.cut(start, $0.count)) }
    if start == received.count { dropReceived() }
  }

  /// Reads once and shows everything received to `consume`. False at the other side's end.
  func read(_ consume: (UnsafeRawBufferPointer) throws -> Int) async throws -> Bool {
    try await transport.read { bytes in
      if self.hasReceived {
        self.received.removeFirst(self.start)
        self.start = 0
        self.received.append(contentsOf: bytes)
        try self.consumeReceived(consume)
      } else {
        let used = try consume(bytes)
        if used < bytes.count { self.received = Array(bytes.cut(used, bytes.count)) }
      }
    }
  }

  /// Puts back what somebody else has read, before anything is read here.
  func unread(_ bytes: [UInt8]) {
    precondition(!hasReceived, "bytes were put back behind others")
    received = bytes
    start = 0
  }

  /// Takes what was received and not used, for whoever speaks on this transport next.
  func takeReceived() -> [UInt8] {
    defer { dropReceived() }
    return Array(received[start...])
  }

  private func dropReceived() {
    received = []
    start = 0
  }

  // MARK: - Writing

  func append(_ bytes: [UInt8]) { output.append(bytes) }
  func build(_ build: (inout [UInt8]) -> Void) { output.build(build) }
  func dropOutput() { output.removeAll() }

  /// Hands over what the transport takes at once.
  func offer() throws(SystemError) {
    guard hasOutput else { return }
    let transport = transport
    try output.drain { bytes throws(SystemError) in try transport.offer(bytes) }
  }

  /// Offers at the end of this turn, so that what follows soon leaves together.
  func offerSoon() {
    guard !isOfferScheduled, !isClosed else { return }
    isOfferScheduled = true
    loop.onTurnEnd { [self] in
      isOfferScheduled = false
      guard !isClosed else { return }
      // A failure shows again at the next call of whoever writes or reads.
      try? offer()
    }
  }

  /// Waits until everything has been taken; `timeout` is between two advances.
  func flush(timeout: Duration) async throws(SystemError) {
    try offer()
    guard hasOutput else { return }
    defer { setWriteDeadline(.distantFuture) }
    while hasOutput {
      setWriteDeadline(deadline(after: timeout))
      try await transport.writable()
      try offer()
    }
  }

  // MARK: - Time-outs

  func deadline(after timeout: Duration) -> Instant { loop.now.advanced(by: timeout) }

  /// The same for a time-out in nanoseconds, computed beforehand: dividing a Duration costs more
  /// than the rest of a request's bookkeeping.
  func deadline(afterNanoseconds timeout: Int64) -> Instant {
    let (sum, overflow) = loop.now.nanoseconds.addingReportingOverflow(timeout)
    return overflow ? .distantFuture : Instant(nanoseconds: sum)
  }

  func setReadDeadline(_ deadline: Instant) {
    readDeadline = deadline
    if deadline < timerDeadline { arm() }
  }

  func setWriteDeadline(_ deadline: Instant) {
    writeDeadline = deadline
    if deadline < timerDeadline { arm() }
  }

  private func arm() {
    if let timer { loop.cancel(timer) }
    timerDeadline = min(readDeadline, writeDeadline)
    timer = nil
    guard timerDeadline < .distantFuture, !isClosed else {
      timerDeadline = .distantFuture
      return
    }
    timer = loop.schedule(at: timerDeadline) { [self] in fire() }
  }

  private func fire() {
    timer = nil
    timerDeadline = .distantFuture
    guard min(readDeadline, writeDeadline) <= loop.now else { return arm() }
    expired = readDeadline <= loop.now ? .reading : .writing
    if expired == .reading, let farewell, !hasOutput {
      let bytes = UnsafeRawBufferPointer(
        start: farewell.utf8Start, count: farewell.utf8CodeUnitCount)
      // The client that is told to go need not hear it.
      _ = try? transport.offer(bytes)
    }
    close()
  }

  // MARK: - The end

  /// Ends the transport at once. Harmless when repeated.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    if let timer { loop.cancel(timer) }
    timer = nil
    dropReceived()
    output.removeAll()
    transport.close()
  }

  /// Leaves the transport to somebody else: no time-out any more.
  func release() {
    isClosed = true
    if let timer { loop.cancel(timer) }
    timer = nil
  }
}
