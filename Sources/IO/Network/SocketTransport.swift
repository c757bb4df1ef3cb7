import CSystem
import Glibc

/// A connected TCP or Unix socket, or one end of a pipe pair. Edge-triggered: it remembers what
/// the kernel said and asks again only when a call came up short.
/// Guard: confinement to `loop`.
package final class SocketTransport: Transport, ReadinessHandler, @unchecked Sendable {
  package struct Limits: Sendable {
    /// What one stream may move in one direction before everybody else on its loop gets a turn.
    package var bytesPerTurn = 1 << 20
    package init() {}
  }

  /// Whose process is at the other end of a Unix socket.
  package struct Credentials: Sendable, Equatable {
    package var process: Int32
    package var user: UInt32
  }

  package let loop: EventLoop
  package let peer: SocketAddress
  private let limits: Limits
  private var descriptor: Int32
  private var isReadable = true
  private var isWritable = true
  private var hasEnded = false
  private var reader: UnsafeContinuation<Void, Never>?
  private var writer: UnsafeContinuation<Void, Never>?
  private var turn: UInt64 = 0
  private var movedThisTurn = 0
  private var pushedBack: [UInt8] = []

  /// Takes over a connected, non-blocking descriptor.
  package init(
    adopting descriptor: Int32, peer: SocketAddress, on loop: EventLoop, limits: Limits = Limits()
  ) throws(SystemError) {
    self.loop = loop
    self.peer = peer
    self.limits = limits
    self.descriptor = descriptor
    switch peer.kind {
    case .v4, .v6: Socket.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    case .unix: break
    }
    do {
      try loop.register(descriptor, for: [.read, .write, .readEnded], self)
    } catch {
      Glibc.close(descriptor)
      self.descriptor = -1
      throw error
    }
  }

  /// Nil for anything but a Unix socket.
  package var peerCredentials: Credentials? {
    guard case .unix = peer.kind, descriptor >= 0 else { return nil }
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
    guard apus_peer_credentials(descriptor, &process, &user, &group) == 0 else { return nil }
    return Credentials(process: process, user: user)
  }

  /// The end on this machine.
  package var local: SocketAddress { Socket.localAddress(descriptor) }

  package func ready(_ events: Readiness) {
    if !events.isDisjoint(with: [.readEnded, .hungUp, .failed]) { hasEnded = true }
    if !events.isDisjoint(with: [.read, .readEnded, .hungUp, .failed]) {
      isReadable = true
      resumeReader()
    }
    if !events.isDisjoint(with: [.write, .hungUp, .failed]) {
      isWritable = true
      resumeWriter()
    }
  }

  // MARK: - Reading

  package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) async throws -> Bool {
    loop.checkIsCurrent("read")
    while true {
      if descriptor < 0 { throw Self.closed }
      if !pushedBack.isEmpty {
        let bytes = pushedBack
        pushedBack = []
        try bytes.withUnsafeBytes(body)
        return true
      }
      if isOverBudget {
        await loop.yieldTurn()
        continue
      }
      if isReadable {
        switch try receive(body) {
        case .some(let isOpen): return isOpen
        case .none: continue
        }
      }
      precondition(reader == nil, "two tasks read from one transport")
      await withUnsafeContinuation { reader = $0 }
    }
  }

  /// Puts bytes back, to be lent first by the next `read`: for a server that looks at the first
  /// byte to choose the protocol.
  package func unread(_ bytes: [UInt8]) {
    pushedBack = bytes + pushedBack
  }

  /// Nil when there was nothing after all.
  private func receive(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool? {
    try loop.withScratch { scratch in
      let count = Glibc.recv(descriptor, scratch.baseAddress, scratch.count, 0)
      if count > 0 {
        // A short read empties the socket; the next byte raises a new edge.
        if count < scratch.count && !hasEnded { isReadable = false }
        spend(count)
        try body(UnsafeRawBufferPointer(rebasing: scratch[0..<count]))
        return true
      }
      if count == 0 { return false }
      switch errno {
      case EAGAIN: isReadable = false
      case EINTR: break
      default: throw SystemError("reading from \(peer)")
      }
      return nil
    }
  }

  // MARK: - Writing

  package func offer(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    loop.checkIsCurrent("offer")
    if descriptor < 0 { throw Self.closed }
    guard isWritable, !isOverBudget, bytes.count > 0 else { return 0 }
    while true {
      let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 {
        if count < bytes.count { isWritable = false }
        spend(count)
        return count
      }
      switch errno {
      case EAGAIN:
        isWritable = false
        return 0
      case EINTR: continue
      default: throw SystemError("writing to \(peer)")
      }
    }
  }

  package func writable() async throws(SystemError) {
    loop.checkIsCurrent("writable")
    while true {
      if descriptor < 0 { throw Self.closed }
      if isOverBudget {
        await loop.yieldTurn()
        continue
      }
      if isWritable { return }
      precondition(writer == nil, "two tasks write to one transport")
      await withUnsafeContinuation { writer = $0 }
    }
  }

  package func finish() async throws(SystemError) {
    loop.checkIsCurrent("finish")
    if descriptor < 0 { throw Self.closed }
    // ENOTCONN: the other side is gone already, which ends our direction just as well.
    if shutdown(descriptor, Int32(SHUT_WR)) != 0 && errno != ENOTCONN {
      throw SystemError("ending the stream to \(peer)")
    }
  }

  package func close() {
    loop.checkIsCurrent("close")
    guard descriptor >= 0 else { return }
    loop.unregister(descriptor)
    Glibc.close(descriptor)
    descriptor = -1
    resumeReader()
    resumeWriter()
  }

  /// Leaves the loop and gives up the socket, for somebody who moves its bytes in another way or
  /// on another loop. Nobody may wait to read or write. Nil once closed; this transport is closed
  /// afterwards.
  package func detach() -> DetachedSocket? {
    loop.checkIsCurrent("detach")
    precondition(reader == nil && writer == nil, "a transport in use was detached")
    guard descriptor >= 0 else { return nil }
    loop.unregister(descriptor)
    defer {
      descriptor = -1
      pushedBack = []
    }
    return DetachedSocket(descriptor, peer: peer, unread: pushedBack)
  }

  /// Goes on here with what left another loop; nil when somebody has taken it already.
  package convenience init?(_ detached: DetachedSocket, on loop: EventLoop) throws(SystemError) {
    let descriptor = detached.take()
    if descriptor < 0 { return nil }
    try self.init(adopting: descriptor, peer: detached.peer, on: loop)
    pushedBack = detached.unread
  }

  // MARK: - Connecting

  /// A fresh connection says when it is made.
  func expectWritable() { isWritable = false }

  /// SO_ERROR: how connecting ended.
  func pendingError() -> Int32 {
    var failure: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
    return failure
  }

  // MARK: - Helpers

  private static let closed = SystemError(.closed, "the connection was closed on this side")

  private var isOverBudget: Bool { turn == loop.turn && movedThisTurn >= limits.bytesPerTurn }

  private func spend(_ count: Int) {
    if turn != loop.turn {
      turn = loop.turn
      movedThisTurn = 0
    }
    movedThisTurn += count
  }

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
