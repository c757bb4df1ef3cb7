import CSystem
import Glibc

/// Hears from the kernel when interfaces, addresses or routes of this machine change.
/// It says that something changed, not what: look again then.
/// Guard: confinement to `loop`.
package final class RouteSocket: ReadinessHandler, @unchecked Sendable {
  private let loop: EventLoop
  private var descriptor: Int32
  private let changed: () -> Void

  /// `changed` is called on the loop, once for all that the kernel has said so far.
  package init(on loop: EventLoop, changed: @escaping () -> Void) throws(SystemError) {
    loop.checkIsCurrent("RouteSocket.init")
    self.loop = loop
    self.changed = changed
    descriptor = apus_open_route_socket()
    guard descriptor >= 0 else { throw SystemError("listening for changes of the network") }
    do { try loop.register(descriptor, for: .read, self) } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  package func ready(_ events: Readiness) {
    guard descriptor >= 0 else { return }
    let isNews = loop.withScratch { scratch in
      var isNews = false
      while true {
        let count = Glibc.recv(descriptor, scratch.baseAddress, scratch.count, 0)
        if count > 0 {
          isNews = true
        } else if count < 0 && (errno == EINTR || errno == ENOBUFS) {
          // ENOBUFS: more happened than fitted, which is news as well.
          isNews = isNews || errno == ENOBUFS
        } else {
          return isNews
        }
      }
    }
    if isNews { changed() }
  }

  package func close() {
    loop.checkIsCurrent("close")
    guard descriptor >= 0 else { return }
    loop.unregister(descriptor)
    Glibc.close(descriptor)
    descriptor = -1
  }
}
