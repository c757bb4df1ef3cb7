import Calls
import Primitives
import Security

// What the owner is shown.

extension Membership {
  /// The latest ones: an answer is one message.
  private static let shownRevocations = 1000

  func shown(now: WallTime = .now()) -> NetworkV1.ShowReply {
    read { core in
      let certificate = core.certificate
      let standing = core.standing(at: now)
      return NetworkV1.ShowReply {
        $0.network = core.network.description
        $0.node = core.key.id.description
        $0.name = core.name
        $0.roles = certificate.roles.map(\.rawValue).sorted()
        $0.permissions = certificate.permissions.map(\.name).sorted()
        $0.isAdmin =
          core.adminCertificate != nil && core.revocations.standing(of: core.key.id).isAdmin
        $0.holdsNetworkKey = core.networkKey != nil
        $0.issuedNanoseconds = certificate.issuedAt.nanoseconds
        $0.expiresNanoseconds = certificate.expiresAt.nanoseconds
        $0.issuer = certificate.issuer.description
        $0.health = standing.health
        $0.remedy = standing.remedy
        $0.admins = core.admins.values.sorted { $0.admin < $1.admin }.map {
          $0.message(isRevoked: !core.revocations.standing(of: $0.admin).isAdmin)
        }
        $0.revocations = core.revocations.all.sorted { $0.time > $1.time }.prefix(
          Self.shownRevocations
        )
        .map(\.message)
        $0.waiting = core.waiting.sorted { $0.key < $1.key }.map { node, waiting in
          NetworkV1.WaitingInfo {
            $0.node = node.description
            $0.name = waiting.grant.name
            $0.sinceNanoseconds = waiting.since.nanoseconds
          }
        }
      }
    }
  }
}

extension AdminCertificate {
  fileprivate func message(isRevoked: Bool) -> NetworkV1.AdminInfo {
    NetworkV1.AdminInfo {
      $0.id = admin.description
      $0.name = name
      $0.expiresNanoseconds = expiresAt.nanoseconds
      $0.revoked = isRevoked
    }
  }
}

extension Revocation {
  fileprivate var message: NetworkV1.RevocationInfo {
    NetworkV1.RevocationInfo {
      $0.node = node.description
      $0.by = isByNetwork ? "network key" : issuer.description
      $0.timeNanoseconds = time.nanoseconds
      $0.admin = subject != .member
      $0.reason = reason
    }
  }
}

extension InviteBook.Entry {
  var message: NetworkV1.InviteInfo {
    NetworkV1.InviteInfo {
      $0.id = id
      $0.roles = terms.roles.map(\.rawValue).sorted()
      $0.permissions = terms.permissions.map(\.name).sorted()
      $0.createdNanoseconds = createdAt.nanoseconds
      $0.expiresNanoseconds = expiresAt.nanoseconds
      $0.uses = UInt32(clamping: terms.uses)
      $0.usedBy = usedBy.map(\.description)
      $0.withdrawn = isWithdrawn
    }
  }
}
