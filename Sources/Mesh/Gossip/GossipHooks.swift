package import Primitives

/// What the membership protocol needs from the rest of the node.
package struct GossipHooks: Sendable {
  /// Gets a link to the peer, opens the stream on it and runs the body.
  package var dial:
    @Sendable (NodeID, _ body: @Sendable (GossipStream) async throws -> Void) async throws -> Void
  /// The protocol needs the link no longer; others may.
  package var release: @Sendable (NodeID) -> Void
  package var sign:
    @Sendable (_ after: UInt64, _ lease: Duration, _ isLeaving: Bool) async throws -> SignedRecord
  /// Of the revocations this node holds, and of what else all members are told.
  package var revocations: @Sendable () -> Digest
  /// The peer's set is another: make both the same. Nothing it says is heard before that.
  package var mergeRevocations: @Sendable (NodeID, Digest) async throws -> Void
  /// Compares all live records with the peer's and returns those that are missing here.
  package var reconcile: @Sendable (NodeID) async throws -> [SignedRecord]
  package var changed: @Sendable (GossipChange) -> Void

  package init(
    dial:
      @escaping @Sendable (
        NodeID, _ body: @Sendable (GossipStream) async throws -> Void
      ) async throws -> Void,
    release: @escaping @Sendable (NodeID) -> Void,
    sign:
      @escaping @Sendable (
        _ after: UInt64, _ lease: Duration, _ isLeaving: Bool
      ) async throws -> SignedRecord,
    revocations: @escaping @Sendable () -> Digest,
    mergeRevocations: @escaping @Sendable (NodeID, Digest) async throws -> Void,
    reconcile: @escaping @Sendable (NodeID) async throws -> [SignedRecord],
    changed: @escaping @Sendable (GossipChange) -> Void
  ) {
    self.dial = dial
    self.release = release
    self.sign = sign
    self.revocations = revocations
    self.mergeRevocations = mergeRevocations
    self.reconcile = reconcile
    self.changed = changed
  }
}

/// News for the node table.
package enum GossipChange: Sendable {
  case record(SignedRecord)
  case state(NodeID, MemberState)
  case forgotten(NodeID)
  case measured(NodeID, roundTrip: Duration, its: Coordinate, own: Coordinate)
  case missed(NodeID)
  /// A record of somebody was not believed; where that is a violation the stream has ended.
  case refused(RecordVerdict, from: NodeID)
}

extension NodeTable {
  /// Does to the table what the membership protocol says.
  package mutating func take(_ change: GossipChange, now: Instant, wall: WallTime) {
    switch change {
    case .record(let signed): take(signed.record, at: wall)
    case .state(let id, let state): setState(state, of: id, at: wall)
    case .forgotten(let id): forget(id)
    case .measured(let id, let roundTrip, let its, let own):
      coordinate = own
      measured(roundTrip, to: id, at: now, coordinate: its)
    case .missed(let id): missed(id)
    case .refused: break
    }
  }
}
