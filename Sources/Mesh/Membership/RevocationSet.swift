package import Primitives

// # Which revocations count
//
// A genuine revocation counts for ever, whatever order revocations arrive in, with one exception:
// what an admin revoked does not count when the *network key* has revoked that admin with
// `revoke`, or with `keep` and an earlier time. So whoever holds the network key undoes what a
// thief of an admin's key has done. Admins cannot void each other's revocations: two that revoke
// each other are both revoked, everywhere alike.

/// What is known of revoked members and admins of one network.
package struct RevocationSet: Sendable {
  package let network: NetworkID
  private var log: StatementLog<Revocation>
  /// By the node that is revoked.
  private var byNode: [NodeID: [Revocation]] = [:]

  package init(network: NetworkID) { self.init(network: network, limits: .init()) }

  init(network: NetworkID, limits: StatementLog<Revocation>.Limits) {
    self.network = network
    log = StatementLog(limits: limits)
  }

  package var count: Int { log.count }
  package var all: [Revocation] { log.all }
  package var digest: Digest { log.summary.digest }
  package var summary: StatementSummary { log.summary }

  package func contains(_ revocation: Revocation) -> Bool { log.contains(revocation.encoded) }
  package func contains(encoded: [UInt8]) -> Bool { log.contains(encoded) }

  /// What the next one of this issuer is numbered.
  package func nextNumber(of issuer: NodeID) -> UInt64 { log.lastNumber(of: issuer) + 1 }

  package func lacking(in summary: StatementSummary) -> [Revocation] {
    log.lacking(in: summary)
  }

  /// After many merges: what follows is cheap again.
  mutating func settle() { log.settle() }

  /// Adds one after checking it. True when it was not known.
  @discardableResult
  package mutating func merge(_ revocation: Revocation) throws(NetworkError) -> Bool {
    if log.contains(revocation.encoded) { return false }
    try revocation.verify(network: network)
    return insert(revocation)
  }

  /// The union.
  package mutating func merge(_ other: RevocationSet) {
    precondition(other.network == network, "revocations of two networks have nothing in common")
    for revocation in other.log.all { insert(revocation) }
    settle()
  }

  /// Adds one that was checked, now or before it was stored.
  @discardableResult
  mutating func insert(_ revocation: Revocation) -> Bool {
    switch log.insert(revocation) {
    case .known: return false
    case .added:
      byNode[revocation.node, default: []].append(revocation)
      return true
    case .full(let dropped):
      if dropped == revocation { return false }
      byNode[revocation.node, default: []].append(revocation)
      byNode[dropped.node]?.removeAll { $0 == dropped }
      return true
    }
  }

  // MARK: - What follows from them

  package struct Standing: Hashable, Sendable {
    package var isMember = true
    /// What it signed later than this does not hold.
    package var wasAdminUntil: WallTime?
    /// Nothing it ever signed holds.
    package var isDistrusted = false

    package var isAdmin: Bool { wasAdminUntil == nil }
  }

  package func standing(of node: NodeID) -> Standing {
    var standing = Standing()
    for revocation in byNode[node] ?? [] where counts(revocation) {
      standing.wasAdminUntil = min(standing.wasAdminUntil ?? revocation.time, revocation.time)
      switch revocation.subject {
      case .member: standing.isMember = false
      case .admin(.keep): break
      case .admin(.revoke):
        standing.isMember = false
        standing.isDistrusted = true
      }
    }
    return standing
  }

  package func isRevoked(_ certificate: MembershipCertificate) -> Bool {
    if byNode.isEmpty { return false }
    if !standing(of: certificate.member).isMember { return true }
    return !isBelieved(certificate.issuer, at: certificate.issuedAt)
  }

  /// Those by which a certificate does not hold; what the network key says first, since nothing
  /// outweighs it. Empty while the certificate holds.
  package func proof(against certificate: MembershipCertificate) -> [Revocation] {
    let found =
      isMembershipRevoked(of: certificate.member)
      ? proof(against: certificate.member)
      : (byNode[certificate.issuer] ?? []).filter { revocation in
        counts(revocation)
          && (revocation.subject == .admin(.revoke) || revocation.time < certificate.issuedAt)
      }
    return Self.mostTelling(found)
  }

  /// The same for all certificates of a node.
  package func proof(against node: NodeID) -> [Revocation] {
    let found = (byNode[node] ?? []).filter { counts($0) && $0.subject != .admin(.keep) }
    return Self.mostTelling(found)
  }

  private static func mostTelling(_ revocations: [Revocation]) -> [Revocation] {
    revocations.sorted { ($0.isByNetwork ? 0 : 1, $0.time) < ($1.isByNetwork ? 0 : 1, $1.time) }
  }

  private func isMembershipRevoked(of node: NodeID) -> Bool { !standing(of: node).isMember }

  /// What an admin said at this time.
  func isBelieved(_ admin: NodeID, at time: WallTime) -> Bool {
    let standing = standing(of: admin)
    if standing.isDistrusted { return false }
    return standing.wasAdminUntil.map { time <= $0 } ?? true
  }

  /// Nodes that are members no longer by what is said of themselves; those that fall with the
  /// admin who signed them come on top.
  package var revokedNodes: Set<NodeID> {
    Set(byNode.keys.filter { !standing(of: $0).isMember })
  }

  private func counts(_ revocation: Revocation) -> Bool {
    if revocation.isByNetwork { return true }
    return (byNode[revocation.issuer] ?? []).allSatisfy { other in
      guard other.isByNetwork else { return true }
      switch other.subject {
      case .admin(.revoke): return false
      case .admin(.keep), .member: return revocation.time <= other.time
      }
    }
  }
}
