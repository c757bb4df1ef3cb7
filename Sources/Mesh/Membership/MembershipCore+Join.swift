package import Calls
package import Primitives
import Security

// MARK: - Going into another network

extension MembershipCore {
  /// What to ask the invite's admin, and nobody else.
  package func joinRequest(
    for invite: Invite, name: String, at time: WallTime
  ) throws(NetworkError) -> NetworkV1.JoinRequest {
    guard invite.admin != key.id else {
      throw NetworkError(
        .exists, "this node made the invite itself; use it on the node that is to join")
    }
    try checkFree(for: invite.network)
    guard time < invite.expiresAt.advanced(by: Validity.clockSkew) else {
      throw NetworkError(
        .expired, "the invite expired at \(invite.expiresAt); ask for a new one")
    }
    if let complaint = MemberName.complaint(about: name) {
      throw NetworkError(.violation, "\(complaint); join with --name NAME")
    }
    return NetworkV1.JoinRequest {
      $0.network = invite.network.bytes
      $0.secret = invite.secret
      $0.name = name
      if network == invite.network { $0.certificate = certificate.encoded }
    }
  }

  private func checkFree(for other: NetworkID) throws(NetworkError) {
    guard other == network || isAlone else {
      throw NetworkError(
        .wrongNetwork,
        "this node belongs to the network \(network.short) already; run `apus leave` before it "
          + "joins \(other.short)")
    }
  }

  /// Takes the certificate that the admin has signed. Nil changes mean: wait, and ask again.
  package mutating func accept(
    _ reply: NetworkV1.JoinReply, to invite: Invite, at time: WallTime
  ) throws(NetworkError) -> Changes? {
    if reply.pending { return nil }
    try checkFree(for: invite.network)
    let received = try MembershipCertificate(decoding: reply.certificate)
    guard received.member == key.id else {
      throw NetworkError(.forged, "the admin has signed another node than this one")
    }
    var next = self
    if invite.network != network { next.enter(invite.network, with: received) }
    let outcome = next.merge(reply.knowledge ?? .init(), at: time)
    if let failure = outcome.failure { throw failure }
    try received.verify(network: invite.network, at: time, revocations: next.revocations)
    next.certificate = received
    _ = try next.keepAdmin(received.adminCertificate)
    let isNew = invite.network != network
    self = next
    return (isNew ? [.cleared] : forgetPendingJoin()) + ownValues + outcome.changes
  }

  /// Leaves everything of the old network behind.
  private mutating func enter(_ other: NetworkID, with certificate: MembershipCertificate) {
    network = other
    networkKey = nil
    adminCertificate = nil
    self.certificate = certificate
    admins = [:]
    revocations = RevocationSet(network: other)
    decisions = DecisionSet(network: other)
    invites = InviteBook(network: other, admin: key.id)
    waiting = [:]
    nextSerial = 1
    hasMembers = false
    givenNames = [:]
    pendingJoin = nil
  }

  /// An admin has to approve first.
  mutating func expect(_ invite: Invite, name: String, at time: WallTime) -> Changes {
    let since = pendingJoin?.invite == invite ? pendingJoin?.since : nil
    let pending = PendingJoin(invite: invite, name: name, since: since ?? time)
    pendingJoin = pending
    return [.value(.pendingJoin, pending.encoded)]
  }

  mutating func forgetPendingJoin() -> Changes {
    guard pendingJoin != nil else { return [] }
    pendingJoin = nil
    return [.value(.pendingJoin, nil)]
  }

  /// Takes a renewed certificate of this node.
  mutating func accept(
    renewed bytes: [UInt8], at time: WallTime
  ) throws(NetworkError) -> Changes {
    let received = try MembershipCertificate(decoding: bytes)
    guard received.member == key.id else {
      throw NetworkError(.forged, "the admin has signed another node than this one")
    }
    try received.verify(network: network, at: time, revocations: revocations)
    guard received.issuedAt >= certificate.issuedAt else {
      throw NetworkError(.expired, "the renewed certificate is older than the one held")
    }
    certificate = received
    _ = try keepAdmin(received.adminCertificate)
    return [
      .value(.certificate, bytes), .admin(received.adminCertificate.encoded),
      .value(.adminCertificate, adminCertificate?.encoded),
    ]
  }
}
