import IO
package import Primitives
package import Security

/// Who belongs to this node's network, and this node's own place in it. See `MembershipCore` for
/// the rules. Every change is on disk before a call returns.
package final class Membership: Sendable {
  package struct Policy: Sendable {
    /// Joining leaves a node waiting until an admin approves.
    package var needsApproval = false
    /// Of the memberships that this node signs.
    package var life = MembershipCertificate.life
    package init() {}
  }

  package struct Limits: Sendable {
    /// Certificates whose signatures need no second look.
    package var certificates = 2048
    /// Calls that one exchange with a peer may take.
    package var rounds = 64
    /// Answers kept back for nodes that wait for approval, and for how long.
    package var holds = 16
    package var holdTime = Duration.seconds(20)
    package init() {}
  }

  /// What the node table and the links add. Names are asked for under the membership's own lock:
  /// do not call back from there.
  package struct Surroundings: Sendable {
    /// True when a node other than this one is called so.
    package var isNameTaken: @Sendable (String, NodeID) -> Bool = { _, _ in false }
    /// These are members no longer: end their links with these words, drop their records.
    /// Called once for each.
    package var whenRevoked: @Sendable ([NodeID: LinkFrame.Farewell]) -> Void = { _ in }
    /// This node itself is a member no longer.
    package var whenOut: @Sendable () -> Void = {}
    package init() {}
  }

  struct State: Sendable {
    var core: MembershipCore
    var cache: CertificateCache

    /// Those who are members no longer, with what proves it to them.
    mutating func fall(since before: RevocationSet) -> Fallen {
      let after = core.revocations
      var fallen: Fallen = [:]
      for certificate in cache.removeRevoked(by: after) {
        fallen[certificate.member] = .init(revokedBy: after.proof(against: certificate))
      }
      for node in after.revokedNodes.subtracting(before.revokedNodes) where node != core.key.id {
        fallen[node] = .init(revokedBy: after.proof(against: node))
      }
      return fallen
    }
  }

  /// Answers that are kept back.
  struct Held: Sendable {
    var count = 0
    /// The node stops: nothing is kept back any more.
    var isOver = false
  }

  typealias Fallen = [NodeID: LinkFrame.Farewell]

  package let node: NodeID
  let key: SigningKey
  let limits: Limits
  let policy: Policy
  let store: MembershipStore
  let surroundings: Surroundings
  /// A network of one was made for it.
  package let isFresh: Bool
  let state: Locked<State>
  /// Announced when an admin has decided something.
  let decided = Broadcast()
  let held = Locked(Held())
  private let log = Logger("Mesh")

  private init(
    _ core: MembershipCore, key: SigningKey, store: MembershipStore, policy: Policy,
    surroundings: Surroundings, limits: Limits, isFresh: Bool
  ) {
    node = key.id
    self.isFresh = isFresh
    self.key = key
    self.store = store
    self.policy = policy
    self.surroundings = surroundings
    self.limits = limits
    state = Locked(State(core: core, cache: CertificateCache(limit: limits.certificates)))
  }

  /// What is stored; at the first start a network of one.
  package static func open(
    key: SigningKey, name: String, store: MembershipStore, policy: Policy = Policy(),
    surroundings: Surroundings = Surroundings(), limits: Limits = Limits(),
    now: WallTime = .now()
  ) async throws -> Membership {
    let content = try await store.load()
    let core: MembershipCore
    var isFresh = false
    if let stored = try MembershipCore(content, key: key, needsApproval: policy.needsApproval) {
      core = stored.signing(for: policy.life)
    } else {
      let (new, changes) = try MembershipCore.alone(
        key: key, name: name, needsApproval: policy.needsApproval, at: now)
      try await store.apply(changes)
      core = new.signing(for: policy.life)
      isFresh = true
    }
    let membership = Membership(
      core, key: key, store: store, policy: policy, surroundings: surroundings, limits: limits,
      isFresh: isFresh)
    try await membership.forgetDecisions(now: now)
    try await membership.renewOwnIfAdmin(now: now)
    return membership
  }

  // MARK: - What is asked all the time

  package var network: NetworkID { read { $0.network } }
  package var certificate: MembershipCertificate { read { $0.certificate } }
  package var name: String { read { $0.name } }
  package var isAdmin: Bool {
    read { $0.adminCertificate != nil && $0.revocations.standing(of: node).isAdmin }
  }
  package var holdsNetworkKey: Bool { read { $0.networkKey != nil } }
  package var revocations: RevocationSet { read { $0.revocations } }
  package var admins: [AdminCertificate] {
    read { $0.admins.values.sorted { $0.admin < $1.admin } }
  }
  /// Of all that members tell each other: equal where nothing is to be told.
  package var knowledgeDigest: Digest {
    read { core in
      let admins = core.admins.values.sorted { $0.admin < $1.admin }.flatMap(\.encoded)
      return Digest.sha256(
        of: core.revocations.digest.bytes + core.decisions.summary.digest.bytes
          + Digest.sha256(of: admins).bytes)
    }
  }
  /// This node was revoked: nobody speaks with it any more.
  package var isRevoked: Bool { read { $0.isOwnRevoked() } }

  package func health(now: WallTime = .now()) -> CertificateHealth {
    CertificateHealth(of: certificate, at: now)
  }

  package func renewalDue(now: WallTime = .now()) -> Bool { health(now: now).isRenewalDue }

  /// Believes a certificate that a peer shows, or says why not. Signatures are looked at once.
  package func verify(
    _ bytes: [UInt8], for node: NodeID, now: WallTime = .now()
  ) throws(NetworkError) -> MembershipCertificate {
    let held = try state.withLock { state throws(NetworkError) -> MembershipCertificate? in
      guard let held = state.cache.certificate(of: node), held.encoded == bytes else { return nil }
      try held.check(network: state.core.network, at: now, revocations: state.core.revocations)
      return held
    }
    if let held { return held }
    let certificate = try MembershipCertificate(decoding: bytes)
    guard certificate.member == node else {
      throw NetworkError(
        .forged,
        "\(node.short) shows the certificate of \(certificate.name) (\(certificate.member.short)), "
          + "which is not its own")
    }
    try certificate.verifySignatures()
    try state.withLock { state throws(NetworkError) in
      try certificate.check(
        network: state.core.network, at: now, revocations: state.core.revocations)
      // An older one shown later must not bring back what a newer one has taken away.
      let known = state.cache.certificate(of: node)
      if (known?.issuedAt ?? certificate.issuedAt) <= certificate.issuedAt {
        state.cache.keep(certificate)
      }
    }
    return certificate
  }

  /// What a member that was verified lately was granted; nil for all others. Links hold the
  /// certificates of their peers themselves.
  package func rolesAndPermissions(
    of node: NodeID, now: WallTime = .now()
  ) -> MembershipCertificate.Grant? {
    state.withLock { state in
      let held = node == self.node ? state.core.certificate : state.cache.certificate(of: node)
      guard let held, !state.core.revocations.isRevoked(held),
        CertificateHealth(of: held, at: now) != .expired
      else { return nil }
      return held.grant
    }
  }

  package func labels(of node: NodeID) -> [String: String] {
    read { $0.decisions.labels(of: node, $0.revocations) }
  }

  /// The name an admin has given the node lately, before its certificate says so.
  package func decidedName(of node: NodeID) -> String? {
    read { $0.decisions.name(of: node, $0.revocations) }
  }

  // MARK: - What ends

  /// Those whose certificates nobody takes any more; each is told once.
  package func takeLapsed(now: WallTime = .now()) -> [NodeID] {
    state.withLock { $0.cache.removeLapsed(at: now) }
  }

  /// When the next certificate ends, this node's or one of a peer.
  package func nextLapse(now: WallTime = .now()) -> WallTime? {
    state.withLock { state in
      ([state.core.certificate.validity.over] + state.cache.ends).filter { $0 > now }.min()
    }
  }

  // MARK: - Changing

  func read<Result: Sendable>(_ body: (MembershipCore) -> Result) -> Result {
    state.withLock { body($0.core) }
  }

  /// Decides under the lock, then stores, then tells who was revoked by it.
  func change<Result: Sendable>(
    _ body: (inout MembershipCore) throws(NetworkError) -> (Result, MembershipCore.Changes)
  ) async throws -> Result {
    let (result, changes, fallen, isOut) = try state.withLock {
      state throws(NetworkError) -> (Result, MembershipCore.Changes, Fallen, Bool) in
      let before = state.core.revocations
      let wasOut = state.core.isOwnRevoked()
      let (result, changes) = try body(&state.core)
      let after = state.core.revocations
      if before.network != after.network { state.cache.removeAll() }
      guard before.network == after.network, before.count != after.count else {
        return (result, changes, [:], false)
      }
      let isOut = !wasOut && state.core.isOwnRevoked()
      return (result, changes, state.fall(since: before), isOut)
    }
    if !fallen.isEmpty {
      log.notice(
        "members were revoked",
        LogField("nodes", fallen.keys.map(\.short).sorted().joined(separator: " ")))
      surroundings.whenRevoked(fallen)
    }
    if isOut { surroundings.whenOut() }
    if changes.contains(where: \.isDecision) { decided.announce() }
    try await store.apply(changes)
    return result
  }

  /// The same for what replaces the whole network: what could not be stored did not happen.
  func replace<Result: Sendable>(
    _ body: (inout MembershipCore) throws -> (Result, MembershipCore.Changes)
  ) async throws -> Result {
    let (before, result, changes) = try state.withLock { state in
      let before = state.core
      let (result, changes) = try body(&state.core)
      // Who joins a second time stays linked with those it has proven.
      if before.network != state.core.network { state.cache.removeAll() }
      return (before, result, changes)
    }
    do {
      try await store.apply(changes)
      return result
    } catch {
      state.withLock { $0.core = before }
      throw error
    }
  }
}
