import IO
import Primitives

/// Two ends of a wire in memory on one loop. What is lent at once and taken at once is chosen by
/// the test, so that any split can be brought about.
final class TestWire: Transport, @unchecked Sendable {  // guard: the loop's thread
  let loop: EventLoop
  let peer = SocketAddress.loopback(port: 1)
  /// The most that the next read lends.
  var lendLimit: () -> Int = { .max }
  /// The most that waits for the other side; the reason for back-pressure.
  var capacity = 64 * 1024
  /// Sees and may change what leaves.
  var tamper: ((inout [UInt8]) -> Void)?
  /// Everything that was sent, in order.
  private(set) var sent: [UInt8] = []
  var recordsSent = false

  private var inbound: [UInt8] = []
  private var inboundStart = 0
  private var isInboundEnded = false
  private(set) var isClosed = false
  private(set) var isFinished = false
  private var reader: Gate?
  private var writer: Gate?
  private weak var other: TestWire?

  private init(_ loop: EventLoop) { self.loop = loop }

  static func pair(_ loop: EventLoop) -> (TestWire, TestWire) {
    let (left, right) = (TestWire(loop), TestWire(loop))
    left.other = right
    right.other = left
    return (left, right)
  }

  func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    loop.checkIsCurrent("read")
    while inboundStart == inbound.count {
      if isClosed { throw SystemError(.closed, "closed") }
      if isInboundEnded { return false }
      precondition(reader == nil, "one reader at a time")
      let gate = Gate()
      reader = gate
      await gate.wait()
      reader = nil
    }
    if isClosed { throw SystemError(.closed, "closed") }
    let limit = min(lendLimit(), 128 * 1024)
    let count = min(inbound.count - inboundStart, max(1, limit))
    let lent = Array(inbound[inboundStart..<inboundStart + count])
    inboundStart += count
    if inboundStart == inbound.count {
      inbound.removeAll(keepingCapacity: true)
      inboundStart = 0
    }
    other?.writer?.open()
    try lent.withUnsafeBytes(body)
    return true
  }

  func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    loop.checkIsCurrent("offer")
    if isClosed || isFinished { throw SystemError(.closed, "closed") }
    guard let other, !other.isClosed else { throw SystemError(.reset, "the other end is gone") }
    let count = min(bytes.count, room)
    var part = Array(bytes.prefix(count))
    if recordsSent { sent += part }
    tamper?(&part)
    other.inbound += part
    if count > 0 { other.reader?.open() }
    return count
  }

  private var room: Int {
    guard let other else { return 0 }
    return max(0, capacity - (other.inbound.count - other.inboundStart))
  }

  func writable() async throws(SystemError) {
    while true {
      if isClosed { throw SystemError(.closed, "closed") }
      guard let other, !other.isClosed else { throw SystemError(.reset, "the other end is gone") }
      if room > 0 { return }
      precondition(writer == nil, "one writer at a time")
      let gate = Gate()
      writer = gate
      await gate.wait()
      writer = nil
    }
  }

  func finish() async throws(SystemError) {
    isFinished = true
    other?.isInboundEnded = true
    other?.reader?.open()
  }

  func close() {
    if isClosed { return }
    isClosed = true
    other?.isInboundEnded = true
    for end in [self, other] {
      end?.reader?.open()
      end?.writer?.open()
    }
  }

  /// Puts bytes on the wire past any filter.
  func inject(_ bytes: [UInt8]) throws { _ = try bytes.withUnsafeBytes { try offer($0) } }
}
