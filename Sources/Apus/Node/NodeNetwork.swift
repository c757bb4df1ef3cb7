import IO
import Mesh
import Primitives
import Security
import Store

/// The network's part of the assembly.
enum NodeNetwork {
  static let schemas = [MembershipSchema.schema] + NetworkStore.schemas

  static func make(
    key: SigningKey, settings: Settings, folder: StateFolder, database: any Driver,
    loops: LoopGroup, tls: ServerTLS
  ) async throws -> Network {
    // Membership asks for what the network knows, which is made from it.
    let network = Locked<Weak<Network>>(Weak())
    var surroundings = Membership.Surroundings()
    surroundings.isNameTaken = { name, node in
      network.withLock { $0.object }?.isTaken(name: name, byOtherThan: node) ?? false
    }
    surroundings.whenRevoked = { nodes in network.withLock { $0.object }?.expel(nodes) }
    surroundings.whenOut = { network.withLock { $0.object }?.tellIfOut() }
    var policy = Membership.Policy()
    policy.needsApproval = settings.networkApproval
    policy.life = settings.networkMembershipLife
    var limits = Membership.Limits()
    limits.certificates = settings.httpMaxConnections
    let membership = try await Membership.open(
      key: key, name: MemberName.suitable(settings.nodeName), store: MembershipStore(database),
      policy: policy, surroundings: surroundings, limits: limits)
    let store = NetworkStore(database)
    // What there may be is of a network that a former key was in.
    if membership.isFresh { try await store.clear() }
    let made = try Network(
      Network.Ground(
        key: key, membership: membership, store: store, loops: loops, tls: tls,
        specs: SpecsDetection(folder: folder.path)),
      options: options(settings))
    network.withLock { $0.object = made }
    return made
  }

  private static func options(_ settings: Settings) -> Network.Options {
    var options = Network.Options()
    options.version = Version.current
    options.relays = settings.networkRelay
    options.discovers = settings.networkDiscovery
    options.mapsPorts = settings.networkPortMapping
    options.includesLoopback = settings.networkLoopback
    options.takesFaults = settings.faultsEnabled
    options.linkIdle = settings.networkIdleTimeout
    return options
  }
}

extension NodeMembership {
  /// As the node's network sees it now.
  init(of network: Network) {
    let membership = network.membership
    let standing = membership.standing()
    let row = network.row(of: network.own)
    self.init(
      network: membership.network.description,
      roles: membership.certificate.roles.map(\.rawValue).sorted(), zone: row?.record.zone ?? "",
      isAdmin: membership.isAdmin, peers: network.livePeers,
      expiresAt: membership.certificate.expiresAt,
      health: standing.health, remedy: standing.remedy)
    joining = membership.pendingJoin.map {
      Joining(network: $0.invite.network.description, name: $0.name, since: $0.since)
    }
  }
}
