package import IO
package import Primitives

/// One way to a peer that may or may not work.
package struct DialRoute: Hashable, Sendable, CustomStringConvertible {
  /// In the order in which they are tried.
  package enum Kind: UInt8, Hashable, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// A private address in a network that this node is in as well.
    case lan
    case ipv6
    case ipv4
    /// A port that the peer's router forwards to it.
    case mapped
    /// A private address of another network: works from networks inside that one.
    case enclosing
    case punched
    case relayed

    package static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

    package var path: PathKind {
      switch self {
      case .lan, .ipv6, .ipv4, .mapped, .enclosing: .direct
      case .punched: .punched
      case .relayed: .relayed
      }
    }

    package var description: String {
      switch self {
      case .lan: "LAN"
      case .ipv6: "IPv6"
      case .ipv4: "IPv4"
      case .mapped: "mapped port"
      case .enclosing: "other LAN"
      case .punched: "hole punching"
      case .relayed: "relay"
      }
    }
  }

  package enum Target: Hashable, Sendable {
    case address(SocketAddress)
    /// Both sides connect at once, arranged over the relay.
    case punch
    case relay(NodeID)
  }

  package var kind: Kind
  package var target: Target

  package init(_ kind: Kind, _ target: Target) {
    self.kind = kind
    self.target = target
  }

  package var path: PathKind { kind.path }

  package var description: String {
    switch target {
    case .address(let address): "\(kind) \(address)"
    case .punch: "\(kind)"
    case .relay(let node): "\(kind) \(node.short)"
    }
  }

  /// The ways to a peer with these addresses, seen from a node on these interfaces, best first.
  /// `last` is what worked last time and comes before everything else.
  package static func routes(
    to addresses: [AdvertisedAddress], relays: [NodeID], from interfaces: [NetworkInterface],
    mayPunch: Bool = true, last: DialRoute? = nil
  ) -> [DialRoute] {
    var routes: [DialRoute] = []
    for advertised in addresses {
      guard let kind = kind(of: advertised, from: interfaces) else { continue }
      routes.append(DialRoute(kind, .address(advertised.address)))
    }
    routes.append(contentsOf: relays.map { DialRoute(.relayed, .relay($0)) })
    if mayPunch && !relays.isEmpty { routes.append(DialRoute(.punched, .punch)) }
    var seen: Set<Target> = []
    // The sort is stable: within a kind the peer's own order holds.
    var sorted = routes.sorted { $0.kind < $1.kind }.filter { seen.insert($0.target).inserted }
    if let last, let index = sorted.firstIndex(where: { $0.target == last.target }) {
      sorted.insert(sorted.remove(at: index), at: 0)
    }
    return sorted
  }

  /// Nil for what cannot be dialled from here.
  private static func kind(
    of advertised: AdvertisedAddress, from interfaces: [NetworkInterface]
  ) -> Kind? {
    let address = advertised.address
    guard let port = address.port, port != 0 else { return nil }
    let isNear = interfaces.contains { $0.isUp && $0.network(contains: address) }
    switch AddressScope(of: address) {
    case .unspecified, .multicast: return nil
    case .loopback: return .lan
    case .linkLocal: return isNear ? .lan : nil
    case .privateUse, .shared: return isNear ? .lan : .enclosing
    case .global:
      if advertised.provenance == .mapped { return .mapped }
      if isNear { return .lan }
      if case .v6 = address.kind { return .ipv6 }
      return .ipv4
    }
  }
}
