import Calls
package import IO
package import Primitives
import Security

// MARK: - What an admin does

extension Membership {
  /// A new invite. Its text is shown this once; the book keeps a digest.
  package func invite(
    _ terms: InviteBook.Terms, addresses: [Endpoint], now: WallTime = .now()
  ) async throws -> Invite {
    let secret = SecureRandom.bytes(Invite.secretBytes)
    return try await change { core throws(NetworkError) in
      _ = try core.signingCertificate(at: now)
      let forgotten = core.invites.forget(at: now)
      let (invite, entry) = try core.invites.create(
        terms, secret: secret, addresses: addresses, at: now)
      return (invite, forgotten.map { .forgottenInvite($0) } + [.invite(entry)])
    }
  }

  package var invites: [InviteBook.Entry] { read { $0.invites.list } }

  package func withdrawInvite(_ id: String) async throws -> InviteBook.Entry {
    try await change { core throws(NetworkError) in
      let entry = try core.invites.withdraw(id)
      return (entry, [.invite(entry)])
    }
  }

  /// Nodes that wait for approval.
  package var waiting: [NodeID: WaitingNode] { read { $0.waiting } }

  package func approve(
    _ node: NodeID, _ isApproved: Bool = true, now: WallTime = .now()
  ) async throws {
    try await decide(.approved(isApproved), about: node, now: now)
  }

  package func label(
    _ node: NodeID, key: String, value: String?, now: WallTime = .now()
  ) async throws {
    try await decide(.label(key: key, value: value), about: node, now: now)
  }

  package func rename(_ node: NodeID, to name: String, now: WallTime = .now()) async throws {
    guard !surroundings.isNameTaken(name, node) else {
      let free = MemberName.free(name) { surroundings.isNameTaken($0, node) }
      throw NetworkError(.exists, "another node is called \(name); \(free) is free")
    }
    try await decide(.name(name), about: node, now: now)
    if node == self.node { try await renewOwnIfAdmin(now: now) }
  }

  private func decide(_ kind: Decision.Kind, about node: NodeID, now: WallTime) async throws {
    try await change { core throws(NetworkError) in
      ((), try core.decide(kind, about: node, at: now))
    }
  }

  /// From time to time: what admins said that can change nothing any more.
  package func forgetDecisions(now: WallTime = .now()) async throws {
    try await change { core throws(NetworkError) in ((), core.forgetDecisions(at: now)) }
  }

  /// Who would be a member no longer, the node itself first. `certificates` are those known of
  /// the network's members.
  package func falling(
    with node: NodeID, signedMembers: Revocation.SignedMembers?, among certificates: [[UInt8]],
    now: WallTime = .now()
  ) throws(NetworkError) -> [NodeID] {
    var after = try state.withLock { state throws(NetworkError) in state.core }
    let before = after.revocations
    _ = try after.revoke(node, signedMembers: signedMembers, reason: "", at: now)
    var falling = after.revocations.revokedNodes.subtracting(before.revokedNodes)
    for bytes in certificates {
      // One that cannot be read holds for nobody anyway.
      guard let certificate = try? MembershipCertificate(decoding: bytes) else { continue }
      if !before.isRevoked(certificate), after.revocations.isRevoked(certificate) {
        falling.insert(certificate.member)
      }
    }
    let others = falling.subtracting([node]).sorted()
    return (falling.contains(node) ? [node] : []) + others
  }

  package func revoke(
    _ node: NodeID, signedMembers: Revocation.SignedMembers? = nil, reason: String = "",
    now: WallTime = .now()
  ) async throws {
    try await change { core throws(NetworkError) in
      ((), try core.revoke(node, signedMembers: signedMembers, reason: reason, at: now))
    }
  }

  /// Makes a member an admin; the network key has to be here.
  package func addAdmin(
    _ node: NodeID, name: String, now: WallTime = .now()
  ) async throws -> AdminCertificate {
    try await change { core throws(NetworkError) in
      let key = try core.requireNetworkKey()
      let changes = try core.addAdmin(node, name: name, signedBy: key, at: now)
      guard let admin = core.admins[node] else { fatalError("the admin was just added") }
      return (admin, changes)
    }
  }

  // MARK: - The network key

  /// The network key under a password, as one line of text.
  package func backup(password: String) async throws -> String {
    guard password.utf8.count >= 8 else {
      throw NetworkError(.violation, "the password of a backup has at least 8 characters")
    }
    let key = try state.withLock { state throws(NetworkError) in
      try state.core.requireNetworkKey()
    }
    return try await key.backup(password: password)
  }

  /// From now on the key is in its backup alone.
  package func forgetNetworkKey() async throws {
    try await change { core throws(NetworkError) in
      _ = try core.requireNetworkKey()
      return ((), core.forgetNetworkKey())
    }
  }

  package func restore(backup: String, password: String) async throws {
    // A foreign one is told before its password is asked for.
    try read { $0 }.checkOwn(try NetworkKey.network(ofBackup: backup))
    let key = try await NetworkKey(backup: backup, password: password)
    try await replace { core in ((), try core.restore(key)) }
  }
}
