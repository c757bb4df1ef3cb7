import Primitives

/// What two linked nodes say to each other about membership.
package struct GossipMessage: Sendable {
  package enum Body: Sendable {
    /// Nothing but the updates.
    case rumours
    case probe(Probe)
    case ack(Probe)
    /// Asks a neighbour that also watches the target to probe it.
    case indirect(number: UInt32, target: PeerNumber)
    case indirectAck(number: UInt32, target: PeerNumber)
    case join
    case forwardJoin(newcomer: PeerNumber, hops: Int)
    case neighbour(isUrgent: Bool)
    case neighbourReply(isAccepted: Bool)
    case disconnect
    case shuffle([PeerNumber])
    case shuffleReply([PeerNumber])
    case changes([Change], isReply: Bool)
    case wanted([PeerNumber])
  }

  package struct Probe: Sendable, Equatable {
    /// 0 is a visit by a node that does not watch us.
    package var number: UInt32
    /// Sum of the fingerprints of all live records.
    package var digest: UInt64
    package var live: UInt32
    package var watchers: UInt8
    package var strain: UInt8
    /// The sequence number of the receiver's record that is suspected; 0 when none is.
    package var accused: UInt64
    package var coordinate: Coordinate

    package init(
      number: UInt32, digest: UInt64, live: UInt32, watchers: UInt8, strain: UInt8,
      accused: UInt64, coordinate: Coordinate
    ) {
      self.number = number
      self.digest = digest
      self.live = live
      self.watchers = watchers
      self.strain = strain
      self.accused = accused
      self.coordinate = coordinate
    }
  }

  /// One line of what changed lately.
  package struct Change: Sendable, Equatable {
    package var peer: PeerNumber
    package var sequence: UInt64
    package var isGone: Bool

    package init(peer: PeerNumber, sequence: UInt64, isGone: Bool) {
      self.peer = peer
      self.sequence = sequence
      self.isGone = isGone
    }
  }

  /// A node's belief about a record of another. It is unsigned: a lie costs its victim one new
  /// record, and a link to the liar.
  package struct Claim: Sendable, Hashable {
    package enum Kind: UInt8, Sendable { case suspect, dead }
    package var peer: PeerNumber
    package var sequence: UInt64
    package var kind: Kind
    package var by: PeerNumber

    package init(peer: PeerNumber, sequence: UInt64, kind: Kind, by: PeerNumber) {
      self.peer = peer
      self.sequence = sequence
      self.kind = kind
      self.by = by
    }
  }

  package enum Update: Sendable {
    case record(PeerNumber, SignedRecord)
    case claim(Claim)
  }

  package var body: Body
  package var updates: [Update]

  package init(_ body: Body, updates: [Update] = []) {
    self.body = body
    self.updates = updates
  }
}
