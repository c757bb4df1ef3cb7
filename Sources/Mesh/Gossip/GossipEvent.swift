import Primitives

/// What happens to a node's membership core.
package enum GossipEvent: Sendable {
  /// First of all. `known` is the table kept from the last run; contacts may be without record.
  case start(own: SignedRecord, contacts: [PeerNumber], known: [(PeerNumber, SignedRecord)])
  case wake
  /// Answers `.open`, or a peer opened one; revocations are merged by then.
  case linkUp(PeerNumber)
  /// A link is gone for good; a carrier that is being replaced is not that.
  case linkDown(PeerNumber)
  case openFailed(PeerNumber)
  case received(GossipMessage, from: PeerNumber)
  /// Answers `.renew`, or the node's own record has changed.
  case own(SignedRecord)
  /// What a full exchange brought; empty when it failed or found nothing.
  case reconciled([(PeerNumber, SignedRecord)], with: PeerNumber)
  /// The certificate was revoked: the node is out, whatever it says.
  case expel(PeerNumber)
  /// Say goodbye; `.departed` follows.
  case leave
}

package enum GossipAction: Sendable {
  case open(PeerNumber)
  /// The membership protocol no longer needs the link.
  case close(PeerNumber)
  case send(GossipMessage, to: PeerNumber)
  /// Sign a record with a sequence number above `after`.
  case renew(after: UInt64, lease: Duration, isLeaving: Bool)
  /// Compare all live records with the peer's, both ways.
  case reconcile(PeerNumber)
  /// A record was accepted.
  case record(PeerNumber, SignedRecord)
  case state(PeerNumber, MemberState)
  /// Nothing of it is held any more; the number may be given to another.
  case forget(PeerNumber)
  case measured(PeerNumber, roundTrip: Duration, Coordinate)
  /// A probe went unanswered.
  case missed(PeerNumber)
  case refused(RecordVerdict, from: PeerNumber)
  case departed
}
