package import Primitives
import Security

// MARK: - What an admin says

extension MembershipCore {
  /// Takes a member's or an admin's place. An admin can only be revoked as one.
  package mutating func revoke(
    _ node: NodeID, signedMembers: Revocation.SignedMembers?, reason: String, at time: WallTime
  ) throws(NetworkError) -> Changes {
    let signer = try revocationSigner(forAdmin: signedMembers != nil, at: time)
    let isRetiring = node == key.id && signedMembers == .keep
    guard node != key.id || isRetiring else {
      throw NetworkError(.denied, "a node does not revoke itself; run `apus leave`")
    }
    if admins[node] != nil, signedMembers == nil, revocations.standing(of: node).isAdmin {
      throw NetworkError(
        .ambiguous,
        "\(node.short) is an admin: say with --members keep or --members revoke what becomes of "
          + "the members it has signed")
    }
    let bound = Revocation.Limits().reasonBytes
    guard reason.utf8.count <= bound, MemberName.isPrintable(reason) else {
      throw NetworkError(.violation, "a reason is printable text of at most \(bound) bytes")
    }
    let issuer = signer.id
    let revocation = Revocation(
      of: node, as: signedMembers.map { .admin($0) } ?? .member, reason: reason,
      number: revocations.nextNumber(of: issuer), at: time, signedBy: signer)
    try revocations.merge(revocation)
    return [.revocation(revocation.encoded)]
  }

  /// The network key's word weighs more where admins are concerned.
  private func revocationSigner(
    forAdmin: Bool, at time: WallTime
  ) throws(NetworkError) -> Revocation.Signer {
    if forAdmin, let networkKey { return .network(networkKey) }
    do throws(NetworkError) {
      return .admin(try signingCertificate(at: time), key)
    } catch {
      if let networkKey { return .network(networkKey) }
      throw error
    }
  }

  mutating func decide(
    _ kind: Decision.Kind, about node: NodeID, at time: WallTime
  ) throws(NetworkError) -> Changes {
    let admin = try signingCertificate(at: time)
    try check(kind)
    let decision = Decision(
      kind, about: node, number: decisions.nextNumber(of: key.id),
      at: decisions.nextTime(about: node, at: time), by: admin, signedBy: key)
    try decisions.merge(decision)
    let dropped = decisions.prune(about: node, revocations, at: time)
    decisions.settle()
    return [.decision(decision.encoded)] + dropped.map { .forgottenDecision($0.encoded) }
  }

  /// What later decisions have made void, and approvals whose time is over.
  mutating func forgetDecisions(at time: WallTime) -> Changes {
    decisions.prune(revocations, at: time).map { .forgottenDecision($0.encoded) }
  }

  private func check(_ kind: Decision.Kind) throws(NetworkError) {
    switch kind {
    case .approved: break
    case .name(let name):
      if let complaint = MemberName.complaint(about: name) {
        throw NetworkError(.violation, complaint)
      }
    case .label(let key, let value):
      let limits = Decision.Limits()
      guard key.utf8.count <= limits.keyBytes, NodeRecord.isName(key) else {
        throw NetworkError(
          .violation, "a label's name is 1 to \(limits.keyBytes) letters, digits, '.', '-' and '_'")
      }
      guard (value ?? "").utf8.count <= limits.valueBytes, MemberName.isPrintable(value ?? "")
      else {
        throw NetworkError(
          .violation, "a label is printable text of at most \(limits.valueBytes) bytes")
      }
    }
  }

  // MARK: - The network key

  func requireNetworkKey() throws(NetworkError) -> NetworkKey {
    guard let networkKey else {
      throw NetworkError(
        .denied,
        "this node does not hold the network key; run this where it is, or take it back from "
          + "its backup with `apus network restore`")
    }
    return networkKey
  }

  package mutating func addAdmin(
    _ node: NodeID, name: String, signedBy networkKey: NetworkKey, at time: WallTime
  ) throws(NetworkError) -> Changes {
    if let complaint = MemberName.complaint(about: name) {
      throw NetworkError(.violation, complaint)
    }
    guard revocations.standing(of: node).isAdmin else {
      throw NetworkError(
        .revoked, "\(node.short) was revoked and cannot be an admin; use a node with a new key")
    }
    let admin = AdminCertificate(
      of: node, name: name, serial: nextSerial, at: time, signedBy: networkKey)
    nextSerial += 1
    _ = try keepAdmin(admin)
    return [.nextSerial(nextSerial), .admin(admin.encoded)]
  }

  mutating func restore(_ restored: NetworkKey) throws -> Changes {
    try checkOwn(restored.id)
    let sealed = try restored.sealed(under: key.deriveSecret(for: Self.sealUse))
    networkKey = restored
    return [.value(.networkKey, sealed)]
  }

  func checkOwn(_ other: NetworkID) throws(NetworkError) {
    guard other == network else {
      throw NetworkError(
        .wrongNetwork,
        "the backup is that of the network \(other.short), and this node belongs to "
          + "\(network.short)")
    }
  }

  mutating func forgetNetworkKey() -> Changes {
    networkKey = nil
    return [.value(.networkKey, nil)]
  }
}

extension Revocation.Signer {
  var id: NodeID {
    switch self {
    case .admin(_, let key): key.id
    case .network(let key): key.id.signer
    }
  }
}
