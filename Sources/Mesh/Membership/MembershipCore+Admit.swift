package import Calls
package import Primitives
import Security

// MARK: - Letting others in

/// What an admin answers a node that wants to join.
package struct JoinAnswer: Sendable {
  /// Nil while the node waits for approval.
  var certificate: MembershipCertificate?
  var wasMember = false
}

/// What a node asks that wants to join, once read.
package struct JoinPlea: Sendable {
  var node: NodeID
  var network: NetworkID
  var invite: Digest
  var name: String
  /// What it has, unverified.
  var certificate: MembershipCertificate?
  /// Where it asks from, for counting wrong tries.
  var source: String

  package init(
    _ request: NetworkV1.JoinRequest, from node: NodeID, source: String
  ) throws(NetworkError) {
    self.node = node
    self.source = source
    guard let network = NetworkID(request.network) else {
      throw NetworkError(.violation, "a join request names no network")
    }
    guard request.secret.count == Invite.secretBytes else {
      throw NetworkError(.violation, "a join request has no secret of \(Invite.secretBytes) bytes")
    }
    if let complaint = MemberName.complaint(about: request.name) {
      throw NetworkError(.violation, "\(complaint); join with --name NAME")
    }
    self.network = network
    invite = Invite.digest(ofSecret: request.secret)
    name = request.name
    certificate =
      request.certificate.isEmpty ? nil : try MembershipCertificate(decoding: request.certificate)
  }
}

extension MembershipCore {
  package mutating func join(
    _ plea: JoinPlea, at time: WallTime, isNameTaken: (String, NodeID) -> Bool
  ) throws(NetworkError) -> (answer: JoinAnswer, changes: Changes) {
    if let known = try existing(plea, at: time) { return known }
    guard revocations.standing(of: plea.node).isMember else {
      throw NetworkError(
        .revoked,
        "this node was revoked from the network \(network.short) and its key is good for nothing "
          + "there: stop it, move its node.key away, start it and ask for another invite")
    }
    _ = try signingCertificate(at: time)
    if let waiting = waiting[plea.node], plea.network == network {
      return try admit(plea.node, waiting.grant, at: time, isNameTaken)
    }
    if needsApproval { try makeRoomToWait(at: time) }
    let entry = try invites.redeem(
      plea.invite, for: plea.node, network: plea.network, source: plea.source, at: time)
    let grant = MembershipCertificate.Grant(
      name: plea.name, roles: entry.terms.roles, permissions: entry.terms.permissions)
    do throws(NetworkError) {
      var (answer, changes) = try admit(plea.node, grant, at: time, isNameTaken)
      changes.append(.redeemed(plea.invite, plea.node))
      return (answer, changes)
    } catch {
      invites.giveBack(plea.invite, by: plea.node)
      throw error
    }
  }

  /// A member that asks again is told so and uses nothing up.
  private mutating func existing(
    _ plea: JoinPlea, at time: WallTime
  ) throws(NetworkError) -> (answer: JoinAnswer, changes: Changes)? {
    guard let held = plea.certificate, held.member == plea.node, held.network == network,
      plea.network == network
    else { return nil }
    do throws(NetworkError) {
      try held.verify(network: network, at: time, revocations: revocations)
    } catch {
      // One that has expired is no membership any more, nor one that fell with the admin who
      // signed it: nothing is said against the node. The rest is to be heard.
      let isItself = !revocations.standing(of: plea.node).isMember
      if error.code == .expired || error.code == .revoked && !isItself { return nil }
      throw error
    }
    guard CertificateHealth(of: held, at: time).isRenewalDue else {
      return (JoinAnswer(certificate: held, wasMember: true), [])
    }
    let (renewed, changes) = try renew(held, from: plea.node, at: time)
    return (JoinAnswer(certificate: renewed, wasMember: true), changes)
  }

  private mutating func admit(
    _ node: NodeID, _ grant: MembershipCertificate.Grant, at time: WallTime,
    _ isNameTaken: (String, NodeID) -> Bool
  ) throws(NetworkError) -> (answer: JoinAnswer, changes: Changes) {
    var grant = grant
    guard !needsApproval || decisions.isApproved(node, revocations, at: time) else {
      let entry = waiting[node] ?? WaitingNode(grant: grant, since: time)
      waiting[node] = entry
      return (JoinAnswer(), [.waiting(node, entry)])
    }
    grant.name = MemberName.free(decisions.name(of: node, revocations) ?? grant.name) { name in
      isGiven(name, toOtherThan: node) || isNameTaken(name, node)
    }
    var (certificate, changes) = try issue(to: node, grant, at: time)
    if waiting.removeValue(forKey: node) != nil { changes.append(.noLongerWaiting(node)) }
    return (JoinAnswer(certificate: certificate), changes)
  }

  private func isGiven(_ name: String, toOtherThan node: NodeID) -> Bool {
    if name == self.name { return node != key.id }
    return givenNames[name].map { $0 != node } ?? false
  }

  private mutating func makeRoomToWait(at time: WallTime) throws(NetworkError) {
    if waiting.count < limits.waiting { return }
    let old = waiting.filter { $0.value.since.advanced(by: limits.waitingMemory) < time }
    for node in old.keys { waiting[node] = nil }
    if waiting.count >= limits.waiting {
      throw NetworkError(
        .busy,
        "\(waiting.count) nodes wait for approval already; ask an admin to look at them "
          + "with `apus network`")
    }
  }

  /// A new certificate for a member, by any admin.
  mutating func renew(
    _ held: MembershipCertificate, from node: NodeID, at time: WallTime
  ) throws(NetworkError) -> (certificate: MembershipCertificate, changes: Changes) {
    try held.verify(network: network, at: time, revocations: revocations)
    guard held.member == node else {
      throw NetworkError(.denied, "a node renews its own membership alone")
    }
    var grant = held.grant
    grant.name = decisions.name(of: node, revocations) ?? held.name
    guard CertificateHealth(of: held, at: time).isRenewalDue || grant.name != held.name else {
      let window = CertificateHealth.renewalWindow(of: held.validity.life)
      let from = held.expiresAt.advanced(by: .zero - window)
      throw NetworkError(
        .denied, "the membership of \(held.name) can be renewed from \(from), not before")
    }
    return try issue(to: node, grant, at: time)
  }

  /// An admin renews itself; whoever holds the network key its admin certificate too.
  mutating func renewOwn(at time: WallTime) throws(NetworkError) -> Changes {
    var changes: Changes = []
    if let networkKey, let admin = adminCertificate, revocations.standing(of: key.id).isAdmin,
      CertificateHealth(until: admin.expiresAt, at: time).isRenewalDue
    {
      changes += try addAdmin(key.id, name: name, signedBy: networkKey, at: time)
    }
    var grant = certificate.grant
    grant.name = name
    if revocations.isRevoked(certificate) {
      throw NetworkError(
        .revoked,
        "this node was revoked and cannot renew itself; start it with a new key and "
          + "ask for an invite")
    }
    let (renewed, more) = try issue(to: key.id, grant, at: time)
    certificate = renewed
    return changes + more + [.value(.certificate, renewed.encoded)]
      + (adminCertificate.map { [.value(.adminCertificate, $0.encoded)] } ?? [])
  }
}
