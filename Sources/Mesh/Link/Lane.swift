package import IO

/// One of the two byte streams of a link. It does not notice that carriers come and go; while
/// there is none it takes what it may keep, and waits.
/// Guard: confinement to `loop`.
package final class Lane: Transport, @unchecked Sendable {
  package let loop: EventLoop
  /// The other end of the carrier at the time of asking.
  package var peer: SocketAddress { link?.peerAddress ?? lastPeer }
  private let lastPeer: SocketAddress
  private let index: Int
  /// Nil once the lane is over.
  private var link: Link?
  /// Came and was not read yet, at most `LinkLimits.laneBytes`.
  private var incoming: [UInt8] = []
  private var hasEnded = false
  private var failure = SystemError(.closed, "the connection was closed on this side")
  private let readable = Wakeup()
  private let room = Wakeup()

  init(_ index: Int, of link: Link) {
    self.index = index
    self.link = link
    loop = link.loop
    lastPeer = link.peerAddress
  }

  var hasUnread: Bool { !incoming.isEmpty }

  // MARK: - Transport

  package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    loop.checkIsCurrent("read")
    while incoming.isEmpty {
      guard let link else { throw failure }
      if hasEnded {
        // The end is read now, and is acknowledged as bytes are.
        link.consumed(0, of: index)
        return false
      }
      await readable.wait()
    }
    guard let link else { throw failure }
    var lent = incoming
    incoming = []
    link.consumed(lent.count, of: index)
    try lent.withUnsafeBytes(body)
    // The same memory again, which the processor still has at hand; nothing comes meanwhile.
    lent.removeAll(keepingCapacity: true)
    if incoming.isEmpty && self.link != nil { incoming = lent }
    return true
  }

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    loop.checkIsCurrent("offer")
    guard let link else { throw failure }
    return link.offer(bytes, on: index)
  }

  package func writable() async throws(SystemError) {
    loop.checkIsCurrent("writable")
    while true {
      guard let link else { throw failure }
      if link.hasRoom(index) { return }
      await room.wait()
    }
  }

  package func finish() async throws(SystemError) {
    loop.checkIsCurrent("finish")
    guard let link else { throw failure }
    link.finish(index)
  }

  /// A link with one lane is of no use: it ends as a whole.
  package func close() {
    loop.checkIsCurrent("close")
    guard let link else { return }
    fail(failure)
    link.end(LinkFrame.Farewell(.laneEnded))
  }

  // MARK: - Called by the link

  /// Nil says that nothing more comes.
  func deliver(_ bytes: UnsafeRawBufferPointer?) {
    if let bytes { incoming.append(contentsOf: bytes) } else { hasEnded = true }
    readable.raise()
  }

  func mayHaveRoom() {
    if link?.hasRoom(index) == true { room.raise() }
  }

  func fail(_ error: SystemError) {
    guard link != nil else { return }
    link = nil
    failure = error
    incoming = []
    readable.raise()
    room.raise()
  }

  /// Idle, it keeps no buffer.
  func dropSpare() {
    if incoming.isEmpty { incoming = [] }
  }
}
