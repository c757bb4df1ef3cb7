import CSystem
import Glibc
import Primitives

/// A connected socket that left its loop: closed with its last reference unless somebody took it.
package final class DetachedSocket: Sendable {
  package let peer: SocketAddress
  /// Read already, and next in the stream.
  package let unread: [UInt8]
  private let descriptor: Locked<Int32>

  init(_ descriptor: Int32, peer: SocketAddress, unread: [UInt8]) {
    self.descriptor = Locked(descriptor)
    self.peer = peer
    self.unread = unread
  }

  deinit {
    let left = take()
    if left >= 0 { Glibc.close(left) }
  }

  /// Once; -1 afterwards.
  func take() -> Int32 {
    descriptor.withLock { descriptor in
      defer { descriptor = -1 }
      return descriptor
    }
  }
}
