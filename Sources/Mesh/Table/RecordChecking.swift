package import Primitives
import Security

/// What became of a record that came in.
package enum RecordVerdict: Hashable, Sendable, CaseIterable {
  /// Believed, and news.
  case accepted
  /// The very record we hold.
  case known
  /// Older than what we hold: a replay or an attempt to roll a node back.
  case rolledBack
  /// The signature is not the node's.
  case forged
  /// Another record with the number of one that we hold, both signed by the node; of the two
  /// everybody keeps the same.
  case conflicting
  /// The certificate does not make the node a member, or no longer does.
  case notAMember
  /// Its lease is over.
  case expired
  /// Issued in the future.
  case early
  /// The table is full.
  case full

  /// Whether sending it counts against the peer: an honest one checks before it passes on.
  package var isViolation: Bool {
    switch self {
    case .forged: true
    case .accepted, .known, .rolledBack, .conflicting, .notAMember, .expired, .early, .full: false
    }
  }
}

/// Says whether a record is what it claims to be. The simulator has a cheap one.
package protocol RecordChecking: Sendable {
  /// Nil when the record is genuine at this time. Called once for each new record.
  func refusal(of record: SignedRecord, at time: WallTime) -> RecordVerdict?
}

/// Checks signature, time and certificate.
package struct SignedRecordChecker: RecordChecking {
  private let limits: NodeRecord.Limits
  private let isMember: @Sendable (NodeID, _ certificate: [UInt8], WallTime) -> Bool

  /// `isMember` verifies the certificate and looks into the revocations.
  package init(
    limits: NodeRecord.Limits = NodeRecord.Limits(),
    isMember: @escaping @Sendable (NodeID, _ certificate: [UInt8], WallTime) -> Bool
  ) {
    self.limits = limits
    self.isMember = isMember
  }

  package func refusal(of signed: SignedRecord, at time: WallTime) -> RecordVerdict? {
    if let refusal = signed.record.refusal(at: time, limits) { return refusal }
    guard let signature = Signature(signed.signature),
      signed.id.isValid(signature, of: signed.payload, for: SignedRecord.purpose)
    else { return .forged }
    return isMember(signed.id, signed.record.certificate, time) ? nil : .notAMember
  }
}

extension NodeRecord {
  /// What the clock says: the part of the check that every checker shares.
  package func refusal(
    at time: WallTime, _ limits: Limits = Limits()
  ) -> RecordVerdict? {
    if issuedAt > time.advanced(by: limits.clockSkew) { return .early }
    return expiresAt <= time ? .expired : nil
  }
}
