import CSystem
import Glibc

/// Options of a datagram socket that hears or sends to everybody on a local network.
package struct DatagramOptions: Sendable {
  /// Other sockets of this machine may be bound to the same address, and all hear.
  package var sharesAddress = false
  /// Bound to the unspecified address of IPv6, it hears IPv4 as well.
  package var takesIPv4 = false
  /// Multicast leaves by this interface; nil leaves it to the routes.
  package var multicastInterface: UInt32?
  /// Routers that multicast may cross and one.
  package var multicastHops: Int32 = 1
  /// What is sent to a group is heard on this machine as well.
  package var hearsItself = true

  package init() {}

  func prepare(_ descriptor: Int32, for address: SocketAddress) throws(SystemError) {
    // Not SO_REUSEPORT, which other users' sockets would have no part in.
    if sharesAddress { Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) }
    switch address.kind {
    case .v4:
      let level = Int32(IPPROTO_IP)
      Socket.set(descriptor, level, IP_MULTICAST_TTL, multicastHops)
      Socket.set(descriptor, level, IP_MULTICAST_LOOP, hearsItself ? 1 : 0)
      guard let multicastInterface else { return }
      var request = ip_mreqn()
      request.imr_ifindex = Int32(bitPattern: multicastInterface)
      let size = socklen_t(MemoryLayout<ip_mreqn>.size)
      guard setsockopt(descriptor, level, IP_MULTICAST_IF, &request, size) == 0 else {
        throw SystemError("choosing interface \(multicastInterface) for multicast")
      }
    case .v6:
      let level = Int32(IPPROTO_IPV6)
      Socket.set(descriptor, level, IPV6_V6ONLY, takesIPv4 ? 0 : 1)
      Socket.set(descriptor, level, IPV6_MULTICAST_HOPS, multicastHops)
      Socket.set(descriptor, level, IPV6_MULTICAST_LOOP, hearsItself ? 1 : 0)
      guard let multicastInterface else { return }
      Socket.set(descriptor, level, IPV6_MULTICAST_IF, Int32(bitPattern: multicastInterface))
    case .unix: return
    }
  }

  /// Becomes a member of `group` on one interface. True when it already is.
  static func join(
    _ descriptor: Int32, _ group: SocketAddress, interface: UInt32
  ) throws(SystemError) {
    let status: Int32
    switch group.kind {
    case .v4(let bytes, _):
      var request = ip_mreqn()
      withUnsafeMutableBytes(of: &request.imr_multiaddr) { $0.copyBytes(from: bytes) }
      request.imr_ifindex = Int32(bitPattern: interface)
      status = setsockopt(
        descriptor, Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP, &request,
        socklen_t(MemoryLayout<ip_mreqn>.size))
    case .v6(let bytes, _, _):
      var request = ipv6_mreq()
      withUnsafeMutableBytes(of: &request.ipv6mr_multiaddr) { $0.copyBytes(from: bytes) }
      request.ipv6mr_interface = interface
      status = setsockopt(
        descriptor, Int32(IPPROTO_IPV6), IPV6_ADD_MEMBERSHIP, &request,
        socklen_t(MemoryLayout<ipv6_mreq>.size))
    case .unix: throw SystemError(.invalidInput, "\(group) is no multicast group")
    }
    // EADDRINUSE: a member already.
    guard status == 0 || errno == EADDRINUSE else { throw SystemError("joining \(group)") }
  }
}
