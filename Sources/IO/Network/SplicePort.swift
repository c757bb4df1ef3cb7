import CSystem
import Glibc

/// One of the two sockets of a splice, and what the kernel last said of it.
/// Guard: confinement to the splice's loop.
final class SplicePort: ReadinessHandler {
  let peer: SocketAddress
  private(set) var descriptor: Int32
  var isReadable = true
  var isWritable = true
  var isRegistered = false
  var changed: () -> Void = {}

  init(_ socket: DetachedSocket) {
    peer = socket.peer
    descriptor = socket.take()
  }

  func ready(_ events: Readiness) {
    if !events.isDisjoint(with: [.read, .readEnded, .hungUp, .failed]) { isReadable = true }
    if !events.isDisjoint(with: [.write, .hungUp, .failed]) { isWritable = true }
    changed()
  }

  /// How much has to wait before the kernel tells of it.
  func setLowWater(_ count: Int) {
    if descriptor >= 0 { Socket.set(descriptor, SOL_SOCKET, SO_RCVLOWAT, Int32(count)) }
  }

  func close(on loop: EventLoop, breaking: Bool) {
    changed = {}
    guard descriptor >= 0 else { return }
    if isRegistered { loop.unregister(descriptor) }
    if breaking {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger,
        socklen_t(MemoryLayout.size(ofValue: linger)))
    }
    Glibc.close(descriptor)
    descriptor = -1
  }
}
