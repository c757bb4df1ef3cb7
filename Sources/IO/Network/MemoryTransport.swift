import Primitives

/// Two ends joined in memory, on one loop: for what runs in the same process, and for tests of
/// everything that speaks over a `Transport`.
/// Guard: confinement to `loop`.
package final class MemoryTransport: Transport, @unchecked Sendable {
  package let loop: EventLoop
  package let peer: SocketAddress
  private let capacity: Int
  /// At most this much is lent at once, so that tests can split bytes anywhere.
  package var readLimit = Int.max
  private var incoming: [UInt8] = []
  /// Read from the front of `incoming` already.
  private var offset = 0
  private var waiting: Int { incoming.count - offset }
  private var hasEnded = false
  private var isFinished = false
  private var isClosed = false
  private weak var other: MemoryTransport?
  private var reader: UnsafeContinuation<Void, Never>?
  private var writer: UnsafeContinuation<Void, Never>?

  private init(on loop: EventLoop, peer: SocketAddress, capacity: Int) {
    self.loop = loop
    self.peer = peer
    self.capacity = capacity
  }

  /// Keep both ends: one whose other end is gone reads the end of the stream.
  package static func pair(
    on loop: EventLoop, capacity: Int = 64 * 1024,
    peer: SocketAddress = .loopback(port: 1)
  ) -> (MemoryTransport, MemoryTransport) {
    let left = MemoryTransport(on: loop, peer: peer, capacity: capacity)
    let right = MemoryTransport(on: loop, peer: peer, capacity: capacity)
    left.other = right
    right.other = left
    return (left, right)
  }

  package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    loop.checkIsCurrent("read")
    while waiting == 0 {
      if isClosed { throw Self.closed }
      if hasEnded || other == nil { return false }
      precondition(reader == nil, "two tasks read from one transport")
      await withUnsafeContinuation { reader = $0 }
    }
    if isClosed { throw Self.closed }
    let count = min(waiting, readLimit)
    let lent = Array(incoming[offset..<offset + count])
    offset += count
    if offset * 2 >= incoming.count {
      incoming.removeFirst(offset)
      offset = 0
    }
    other?.resumeWriter()
    try lent.withUnsafeBytes(body)
    return true
  }

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    loop.checkIsCurrent("offer")
    if isClosed { throw Self.closed }
    precondition(!isFinished, "bytes offered after finish")
    guard let other, !other.isClosed else {
      throw SystemError(.reset, "the other end of the memory transport is closed")
    }
    let count = min(bytes.count, capacity - other.waiting)
    guard count > 0 else { return 0 }
    other.incoming.append(contentsOf: bytes[0..<count])
    other.resumeReader()
    return count
  }

  package func writable() async throws(SystemError) {
    while true {
      if isClosed { throw Self.closed }
      guard let other, !other.isClosed, other.waiting >= capacity else { return }
      precondition(writer == nil, "two tasks write to one transport")
      await withUnsafeContinuation { writer = $0 }
    }
  }

  package func finish() async throws(SystemError) {
    loop.checkIsCurrent("finish")
    if isClosed { throw Self.closed }
    isFinished = true
    other?.hasEnded = true
    other?.resumeReader()
  }

  package func close() {
    loop.checkIsCurrent("close")
    isClosed = true
    resumeReader()
    resumeWriter()
    other?.hasEnded = true
    other?.resumeReader()
    other?.resumeWriter()
  }

  private static let closed = SystemError(.closed, "the connection was closed on this side")

  private func resumeReader() {
    guard let reader else { return }
    self.reader = nil
    reader.resume()
  }

  private func resumeWriter() {
    guard let writer else { return }
    self.writer = nil
    writer.resume()
  }
}
