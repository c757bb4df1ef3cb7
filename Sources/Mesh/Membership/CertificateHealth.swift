package import Primitives

/// How long a node's membership still holds, and what is to be done about it.
package enum CertificateHealth: Hashable, Sendable, CustomStringConvertible {
  /// Renewal is not due.
  case ok
  /// An admin should renew it soon; the node asks by itself.
  case renew
  /// It ends in so many days, begun ones counted, and no admin was reached for days.
  case warn(days: Int)
  case expired

  /// Before the end of what lasts so long; less where it is a matter of hours.
  package static func renewalWindow(of life: Duration) -> Duration {
    life < Validity.days(1) ? life / 3 : Validity.days(10)
  }

  private static func warningWindow(of life: Duration) -> Duration {
    life < Validity.days(1) ? life / 4 : Validity.days(7)
  }

  package init(
    until expiry: WallTime, of life: Duration = MembershipCertificate.life, at time: WallTime
  ) {
    let rest = time.duration(to: expiry)
    if rest <= .zero {
      self = .expired
    } else if rest <= Self.warningWindow(of: life) {
      let day = Validity.days(1).nanoseconds
      self = .warn(days: Int((rest.nanoseconds + day - 1) / day))
    } else {
      self = rest <= Self.renewalWindow(of: life) ? .renew : .ok
    }
  }

  package init(of certificate: MembershipCertificate, at time: WallTime) {
    self.init(until: certificate.expiresAt, of: certificate.validity.life, at: time)
  }

  package var isRenewalDue: Bool { self != .ok }

  package var description: String {
    switch self {
    case .ok: "ok"
    case .renew: "renew"
    case .warn: "warn"
    case .expired: "expired"
    }
  }

  /// What the owner should do; nil when that is nothing.
  package var remedy: String? {
    switch self {
    case .ok, .renew: nil
    case .warn(let days):
      "the membership ends \(days == 1 ? "within a day" : "in \(days) days") and no admin was "
        + "reached: "
        + "start an admin's node, or see with `apus network` who is one"
    case .expired:
      "the membership has ended: ask an admin for an invite and run `apus join <invite>`"
    }
  }
}
