import Calls
import IO
package import Primitives
package import Security

// # Membership
//
// A node always belongs to a network. At its first start it makes one of its own: it holds the
// network key, is the first admin, and has signed itself. It leaves that behind when it joins
// another, unless others have joined it by then.
//
// The *network key* signs admin certificates; an *admin* signs members, revocations and
// decisions, and gives out invites. Both halves are kept small enough to reason about: what is
// believed follows from signatures and from the revocations known, whoever brought them.

/// Everything a node knows and decides of who belongs to its network. It never reads a clock:
/// `time` is the wall's. Each verb returns what must be stored before its outcome is told.
package struct MembershipCore: Sendable {
  package struct Limits: Sendable {
    /// Nodes that wait for approval.
    var waiting = 1024
    /// Names given lately, remembered until the node table knows them.
    var names = 4096
    /// Revocations and decisions in one message.
    var statements = 1024
    /// Waiting nodes that were not let in are forgotten after this when others need the room.
    var waitingMemory = Validity.days(30)
    package init() {}
  }

  package typealias Changes = [MembershipChange]

  let key: SigningKey
  var limits: Limits
  /// Joining leaves a node waiting until an admin approves.
  let needsApproval: Bool
  /// Of the memberships that this node signs.
  private(set) var life = MembershipCertificate.life
  package internal(set) var network: NetworkID
  var networkKey: NetworkKey?
  package var certificate: MembershipCertificate
  package internal(set) var adminCertificate: AdminCertificate?
  var admins: [NodeID: AdminCertificate] = [:]
  package internal(set) var revocations: RevocationSet
  package internal(set) var decisions: DecisionSet
  package var invites: InviteBook
  var waiting: [NodeID: WaitingNode] = [:]
  /// The invite of this node's own that an admin has not let it in with yet.
  var pendingJoin: PendingJoin?
  var nextSerial: UInt64 = 1
  /// It has signed somebody else.
  var hasMembers = false
  var givenNames: [String: NodeID] = [:]

  static let sealUse = "membership network key"

  /// A network of one.
  private init(
    key: SigningKey, name: String, networkKey: NetworkKey, needsApproval: Bool, limits: Limits,
    at time: WallTime
  ) {
    self.key = key
    self.limits = limits
    self.needsApproval = needsApproval
    self.networkKey = networkKey
    network = networkKey.id
    let admin = AdminCertificate(
      of: key.id, name: name, serial: 1, at: time, signedBy: networkKey)
    adminCertificate = admin
    admins = [key.id: admin]
    let grant = MembershipCertificate.Grant(name: name, roles: Set(Role.allCases), permissions: [])
    certificate = MembershipCertificate(
      of: key.id, grant, serial: 2, at: time, by: admin, signedBy: key)
    nextSerial = 3
    revocations = RevocationSet(network: network)
    decisions = DecisionSet(network: network)
    invites = InviteBook(network: network, admin: key.id)
  }

  /// Starts a network of one. The changes replace whatever was stored.
  package static func alone(
    key: SigningKey, name: String, networkKey: NetworkKey = NetworkKey(), needsApproval: Bool,
    limits: Limits = Limits(), at time: WallTime
  ) throws -> (core: MembershipCore, changes: Changes) {
    let core = MembershipCore(
      key: key, name: name, networkKey: networkKey, needsApproval: needsApproval, limits: limits,
      at: time)
    let sealed = try networkKey.sealed(under: key.deriveSecret(for: sealUse))
    return (core, [.cleared, .value(.networkKey, sealed)] + core.ownValues)
  }

  var ownValues: Changes {
    var changes: Changes = [
      .value(.network, network.bytes), .value(.certificate, certificate.encoded),
      .value(.adminCertificate, adminCertificate?.encoded), .nextSerial(nextSerial),
    ]
    changes += admins.values.map { .admin($0.encoded) }
    return changes
  }

  /// As it was stored; nil when nothing was.
  init?(
    _ content: MembershipStore.Content, key: SigningKey, needsApproval: Bool,
    limits: Limits = Limits()
  ) throws {
    guard let bytes = content.values[.network] else { return nil }
    guard let network = NetworkID(bytes), let certificate = content.values[.certificate] else {
      throw NetworkError(
        .violation, "the stored membership is damaged; restore a backup of the state folder")
    }
    self.key = key
    self.limits = limits
    self.needsApproval = needsApproval
    self.network = network
    self.certificate = try MembershipCertificate(decoding: certificate)
    guard self.certificate.member == key.id else {
      // A new key after the old one was revoked: nothing is lost by beginning anew.
      if content.values[.networkKey] == nil, try content.revokes(self.certificate) { return nil }
      throw NetworkError(
        .forged,
        "the stored membership is that of another node: the node key was replaced; put the old "
          + "node.key back, or move the state folder away to start as a new node")
    }
    adminCertificate = try content.values[.adminCertificate].map {
      try AdminCertificate(decoding: $0)
    }
    networkKey = try content.values[.networkKey].map {
      try NetworkKey(opening: $0, of: network, under: key.deriveSecret(for: Self.sealUse))
    }
    revocations = RevocationSet(network: network)
    decisions = DecisionSet(network: network)
    invites = InviteBook(network: network, admin: key.id)
    nextSerial = content.nextSerial
    hasMembers = content.values[.hasMembers] != nil
    waiting = content.waiting
    pendingJoin = try content.values[.pendingJoin].map { try PendingJoin(decoding: $0) }
    // What is stored was verified before it was.
    for bytes in content.revocations { revocations.insert(try Revocation(decoding: bytes)) }
    for bytes in content.decisions { decisions.insert(try Decision(decoding: bytes)) }
    for bytes in content.admins { _ = try keepAdmin(AdminCertificate(decoding: bytes)) }
    revocations.settle()
    decisions.settle()
    for entry in content.invites { invites.restore(entry) }
  }

  /// Nobody else depends on this node's network.
  var isAlone: Bool { networkKey != nil && !hasMembers && admins.count <= 1 }

  var name: String { decisions.name(of: key.id, revocations) ?? certificate.name }

  package func isOwnRevoked() -> Bool { revocations.isRevoked(certificate) }

  // MARK: - Signing

  func signing(for life: Duration) -> MembershipCore {
    var core = self
    core.life = life
    return core
  }

  /// This node's right to sign, or what to do about having none.
  func signingCertificate(at time: WallTime) throws(NetworkError) -> AdminCertificate {
    guard let adminCertificate else {
      let known = admins.values.map(\.name).sorted().joined(separator: ", ")
      throw NetworkError(
        .denied, "this node is no admin of its network; ask one of its admins (\(known))")
    }
    guard revocations.standing(of: key.id).isAdmin else {
      throw NetworkError(.revoked, "this node is no admin any more; ask another one")
    }
    try adminCertificate.check(at: time)
    return adminCertificate
  }

  mutating func issue(
    to node: NodeID, _ grant: MembershipCertificate.Grant, at time: WallTime
  ) throws(NetworkError) -> (certificate: MembershipCertificate, changes: Changes) {
    let admin = try signingCertificate(at: time)
    let issued = MembershipCertificate(
      of: node, grant, serial: nextSerial, at: time, by: admin, signedBy: key, life: life)
    nextSerial += 1
    var changes: Changes = [.nextSerial(nextSerial)]
    if node != key.id {
      if givenNames.count >= limits.names { givenNames.removeAll() }
      givenNames[grant.name] = node
      if !hasMembers {
        hasMembers = true
        changes.append(.value(.hasMembers, [1]))
      }
    }
    return (issued, changes)
  }

  /// Remembers an admin certificate that was verified. True when it was news.
  mutating func keepAdmin(_ admin: AdminCertificate) throws(NetworkError) -> Bool {
    guard admin.network == network else {
      throw NetworkError(
        .wrongNetwork,
        "\(admin.admin.short) is an admin of the network \(admin.network.short), not of "
          + "\(network.short)")
    }
    if let known = admins[admin.admin] {
      let isNewer = (admin.expiresAt, admin.serial) > (known.expiresAt, known.serial)
      if !isNewer { return false }
    }
    admins[admin.admin] = admin
    if admin.admin == key.id { adminCertificate = admin }
    return true
  }
}

extension MembershipStore.Content {
  fileprivate func revokes(_ certificate: MembershipCertificate) throws -> Bool {
    var known = RevocationSet(network: certificate.network)
    for bytes in revocations { known.insert(try Revocation(decoding: bytes)) }
    return known.isRevoked(certificate)
  }
}
