package import IO

/// An address a node tells others, and how it came to know it.
package struct AdvertisedAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Provenance: String, Hashable, Sendable, CaseIterable {
    /// Of one of its interfaces, in a private network.
    case lan
    /// Of one of its interfaces, reachable from everywhere as far as addresses go.
    case `public`
    /// A router forwards it.
    case mapped
    /// Other nodes see it so.
    case observed
    /// A relay's, which hands connections on.
    case relay
  }

  package var address: SocketAddress
  package var provenance: Provenance

  package init(_ address: SocketAddress, _ provenance: Provenance) {
    self.address = address
    self.provenance = provenance
  }

  package var description: String { "\(address) (\(provenance))" }

  /// What is worth telling at most.
  package static let limit = 16

  /// The addresses of a node that listens on `listening` and has these interfaces. Loopback is
  /// among them only when asked for or when there is nothing else: 0.0.0.0 and :: never are.
  package static func own(
    listening: [SocketAddress], interfaces: [NetworkInterface], includesLoopback: Bool = false
  ) -> [AdvertisedAddress] {
    var found: [AdvertisedAddress] = []
    var loopback: [AdvertisedAddress] = []
    func add(_ address: SocketAddress) {
      switch AddressScope(of: address) {
      case .unspecified, .multicast: break
      // Its scope number means nothing elsewhere: LAN discovery finds those.
      case .linkLocal: break
      case .loopback: loopback.append(AdvertisedAddress(address, .lan))
      case .privateUse, .shared: found.append(AdvertisedAddress(address, .lan))
      case .global: found.append(AdvertisedAddress(address, .public))
      }
    }
    for socket in listening {
      guard let port = socket.port, port != 0 else { continue }
      guard socket.isUnspecified else {
        add(socket.unmapped)
        continue
      }
      for interface in interfaces where interface.isUp && hears(socket, interface.address) {
        add(interface.address.with(port: port))
      }
    }
    var seen: Set<SocketAddress> = []
    let all = includesLoopback || found.isEmpty ? found + loopback : found
    return Array(all.filter { seen.insert($0.address).inserted }.prefix(limit))
  }

  /// A socket on :: hears IPv4 too, as our listeners are made.
  private static func hears(_ socket: SocketAddress, _ address: SocketAddress) -> Bool {
    if case .v6 = socket.kind { return true }
    if case .v4 = address.kind { return true }
    return false
  }
}
