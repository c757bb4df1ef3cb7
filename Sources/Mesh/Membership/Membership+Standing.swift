import Calls
package import Primitives
import Security

// # Out of the network
//
// A node learns that it was revoked as all others do, by exchanging what they know; but those who
// heard of it first speak with it no more. So whoever refuses a revoked node, or ends its link,
// says why and adds the revocation. The word alone changes nothing: what was signed for this
// network is believed, and nothing else.

extension Membership {
  /// How this node's membership stands, for its owner.
  package struct Standing: Sendable {
    /// `ok`, `renew`, `warn`, `expired` or `revoked`.
    package var health: String
    /// What to do; empty when that is nothing.
    package var remedy = ""
  }

  package func standing(now: WallTime = .now()) -> Standing { read { $0.standing(at: now) } }

  /// Why nobody in the network speaks with this node; nil while it is a member.
  package func whyOut(now: WallTime = .now()) -> NetworkError? {
    read { core in
      if core.isOwnRevoked() { return NetworkError(.revoked, core.standing(at: now).remedy) }
      if core.certificate.validity.isOver(at: now) {
        return NetworkError(.expired, core.standing(at: now).remedy)
      }
      return nil
    }
  }

  /// What a node is told whose certificate was not accepted. It has proven to be `peer`.
  package func farewell(
    to peer: NodeID, showing bytes: [UInt8], because error: any Error
  ) -> LinkFrame.Farewell {
    let refused = LinkFrame.Farewell(.refused)
    guard let error = error as? NetworkError,
      // What cannot be read was refused for that.
      let certificate = try? MembershipCertificate(decoding: bytes), certificate.member == peer
    else { return refused }
    switch error.code {
    case .expired: return LinkFrame.Farewell(.expired)
    case .revoked:
      // Only who was a member is told what members know.
      guard (try? certificate.verifySignatures()) != nil else { return refused }
      let proof = read { $0.revocations.proof(against: certificate) }
      return proof.isEmpty ? refused : LinkFrame.Farewell(revokedBy: proof)
    default: return refused
    }
  }

  /// Somebody says that this node was revoked. Believed is what the proof shows; true when by
  /// what is known now this node is revoked.
  package func hear(_ farewell: LinkFrame.Farewell) async throws -> Bool {
    let message: NetworkV1.Knowledge
    do {
      message = try NetworkV1.Knowledge(decoding: farewell.proof)
    } catch {
      throw NetworkError(.violation, "the proof of a revocation cannot be read", cause: error)
    }
    let about: Set<NodeID> = [node, certificate.issuer]
    var relevant: [[UInt8]] = []
    for bytes in message.revocations.prefix(LinkFrame.Farewell.revocations) {
      if about.contains(try Revocation(decoding: bytes).node) { relevant.append(bytes) }
    }
    let knowledge = relevant
    try await merge(NetworkV1.Knowledge { $0.revocations = knowledge })
    return isRevoked
  }
}

extension LinkFrame.Farewell {
  static let revocations = 2

  /// The most telling come first.
  init(revokedBy proof: [Revocation]) {
    let message = NetworkV1.Knowledge {
      $0.revocations = proof.prefix(Self.revocations).map(\.encoded)
    }
    self.init(.revoked, proof: message.encoded())
  }
}

extension MembershipCore {
  func standing(at time: WallTime) -> Membership.Standing {
    guard isOwnRevoked() else {
      let health = CertificateHealth(of: certificate, at: time)
      return Membership.Standing(health: health.description, remedy: health.remedy ?? "")
    }
    var text = "this node was revoked"
    var remedy = "ask an admin for a new invite and run `apus join <invite>`"
    if let cause = revocations.proof(against: certificate).first {
      let issuer = admins[cause.issuer]?.name
      let signer = cause.isByNetwork ? "the network key" : issuer ?? cause.issuer.short
      let reason = cause.reason.isEmpty ? "" : " (\(cause.reason))"
      if cause.node == key.id {
        text += " by \(signer) at \(cause.time)\(reason)"
        remedy =
          "its key is good for nothing any more; to come back, stop the node, move its "
          + "node.key away, start it, " + remedy
      } else {
        text += " with the admin who signed its membership, by \(signer) at \(cause.time)\(reason)"
      }
    }
    return Membership.Standing(health: "revoked", remedy: "\(text): \(remedy)")
  }
}
