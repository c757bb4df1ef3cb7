import CSystem
import Glibc

/// A UDP socket. Sending never waits: a full kernel queue drops, as the network would.
/// Guard: confinement to `loop`.
package final class DatagramSocket: ReadinessHandler, @unchecked Sendable {
  package struct Limits: Sendable {
    /// Received before everybody else on the loop gets a turn.
    package var datagramsPerTurn = 64
    package init() {}
  }

  package let loop: EventLoop
  package let local: SocketAddress
  private var descriptor: Int32
  private var isReadable = true
  private var reader: UnsafeContinuation<Void, Never>?
  private let limits: Limits
  private var turn: UInt64 = 0
  private var takenThisTurn = 0

  package init(
    bind address: SocketAddress, on loop: EventLoop, options: DatagramOptions = DatagramOptions(),
    limits: Limits = Limits()
  ) throws(SystemError) {
    self.limits = limits
    loop.checkIsCurrent("DatagramSocket.init")
    self.loop = loop
    let descriptor = try Socket.open(.datagram, for: address)
    do { try options.prepare(descriptor, for: address) } catch {
      Glibc.close(descriptor)
      throw error
    }
    guard Socket.withAddress(address, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
      let error = SystemError("binding \(address)")
      Glibc.close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    local = Socket.localAddress(descriptor)
    do { try loop.register(descriptor, for: .read, self) } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  package func ready(_ events: Readiness) {
    isReadable = true
    guard let reader else { return }
    self.reader = nil
    reader.resume()
  }

  /// Waits for one datagram and lends it to `body`.
  package func receive(
    _ body: (UnsafeRawBufferPointer, SocketAddress) throws -> Void
  ) async throws {
    loop.checkIsCurrent("receive")
    while true {
      if descriptor < 0 { throw SystemError(.closed, "the socket was closed on this side") }
      if turn == loop.turn && takenThisTurn >= limits.datagramsPerTurn {
        await loop.yieldTurn()
        continue
      }
      if isReadable, try take(body) { return }
      if isReadable { continue }
      precondition(reader == nil, "two tasks read from one socket")
      await withUnsafeContinuation { reader = $0 }
    }
  }

  private func take(_ body: (UnsafeRawBufferPointer, SocketAddress) throws -> Void) throws -> Bool {
    try loop.withScratch { scratch in
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let count = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(descriptor, scratch.baseAddress, scratch.count, 0, $0, &length)
        }
      }
      if count >= 0 {
        spend()
        try body(
          UnsafeRawBufferPointer(rebasing: scratch[0..<count]), Socket.address(from: storage))
        return true
      }
      switch errno {
      case EAGAIN: isReadable = false
      case EINTR, ECONNREFUSED: break  // ECONNREFUSED is news of an earlier datagram.
      default: throw SystemError("receiving on \(local)")
      }
      return false
    }
  }

  private func spend() {
    if turn != loop.turn {
      turn = loop.turn
      takenThisTurn = 0
    }
    takenThisTurn += 1
  }

  /// False when the kernel had no room.
  @discardableResult
  package func send(_ bytes: [UInt8], to address: SocketAddress) throws(SystemError) -> Bool {
    loop.checkIsCurrent("send")
    if descriptor < 0 { throw SystemError(.closed, "the socket was closed on this side") }
    let count = bytes.withUnsafeBytes { buffer in
      Socket.withAddress(address) {
        sendto(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL), $0, $1)
      }
    }
    if count >= 0 { return true }
    switch errno {
    case EAGAIN, ENOBUFS, ECONNREFUSED: return false
    default: throw SystemError("sending to \(address)")
    }
  }

  /// Hears what is sent to a multicast group on one interface from now on.
  package func join(_ group: SocketAddress, interface: UInt32) throws(SystemError) {
    loop.checkIsCurrent("join")
    if descriptor < 0 { throw SystemError(.closed, "the socket was closed on this side") }
    try DatagramOptions.join(descriptor, group, interface: interface)
  }

  package func close() {
    loop.checkIsCurrent("close")
    guard descriptor >= 0 else { return }
    loop.unregister(descriptor)
    Glibc.close(descriptor)
    descriptor = -1
    ready(.read)
  }
}
