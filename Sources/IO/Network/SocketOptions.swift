import CSystem
import Glibc
import Primitives

/// What is set on a TCP socket beyond the system's defaults.
package struct SocketOptions: Sendable, Equatable {
  package struct KeepAlive: Sendable, Equatable {
    package var idle: Duration
    package var interval: Duration
    package var probes: Int32

    package init(idle: Duration, interval: Duration, probes: Int32) {
      self.idle = idle
      self.interval = interval
      self.probes = probes
    }
  }

  /// Bound before connecting; nil lets the system choose.
  package var local: SocketAddress?
  /// Several sockets may be bound to `local`: one that listens and some that connect, as
  /// punching through NAT needs.
  package var sharesLocal = false
  /// How long sent bytes may stay unacknowledged before the connection counts as broken
  /// (TCP_USER_TIMEOUT).
  package var userTimeout: Duration?
  /// Bytes that wait unsent in the kernel: few, so that what is urgent is not late.
  package var unsentLowWater: Int32?
  /// The first that this kernel has is used.
  package var congestion: [String] = []
  package var keepAlive: KeepAlive?

  package init() {}

  /// For connections between nodes. BBR keeps its speed where packets are lost; a peer that
  /// went away without a word is noticed by the link, the rest is for what the link cannot see.
  package static var node: SocketOptions {
    var options = SocketOptions()
    options.userTimeout = .seconds(30)
    options.unsentLowWater = 128 * 1024
    options.congestion = ["bbr"]
    options.keepAlive = KeepAlive(idle: .seconds(30), interval: .seconds(10), probes: 3)
    return options
  }

  /// Before connecting or listening.
  func prepare(_ descriptor: Int32) throws(SystemError) {
    if sharesLocal {
      Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
      Socket.set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
    }
    // Options that a kernel does not have leave its defaults, which work as well, only slower.
    for name in congestion where setCongestion(descriptor, name) { break }
    let level = Int32(IPPROTO_TCP)
    if let userTimeout {
      Socket.set(descriptor, level, TCP_USER_TIMEOUT, userTimeout.wholeMilliseconds)
    }
    if let unsentLowWater { Socket.set(descriptor, level, TCP_NOTSENT_LOWAT, unsentLowWater) }
    if let keepAlive {
      Socket.set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
      Socket.set(descriptor, level, TCP_KEEPIDLE, keepAlive.idle.wholeSeconds)
      Socket.set(descriptor, level, TCP_KEEPINTVL, keepAlive.interval.wholeSeconds)
      Socket.set(descriptor, level, TCP_KEEPCNT, keepAlive.probes)
    }
    guard let local else { return }
    guard Socket.withAddress(local, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
      throw SystemError("binding \(local)")
    }
  }

  private func setCongestion(_ descriptor: Int32, _ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, bytes, socklen_t(bytes.count)) == 0
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int32 {
    Int32(clamping: max(1, nanoseconds / 1_000_000))
  }
  fileprivate var wholeSeconds: Int32 { Int32(clamping: max(1, components.seconds)) }
}
