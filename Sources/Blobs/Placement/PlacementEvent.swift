package import Primitives

/// What the core knows of another node, from the node table.
package struct PlacementCandidate: Hashable, Sendable {
  package var id: NodeID
  /// How much it may be given compared with others; 0 for a node that stores nothing for others.
  package var weight: Double
  /// Nodes with the same one are likely to fail together: a host, a household, a rack.
  package var address: String
  package var zone: String
  /// When it was started; who was started anew may have lost what it had.
  package var startedAt: WallTime?

  package init(
    id: NodeID, weight: Double = 1, address: String = "", zone: String = "",
    startedAt: WallTime? = nil
  ) {
    self.id = id
    self.weight = weight
    self.address = address
    self.zone = zone
    self.startedAt = startedAt
  }

  /// By powers of two: what comes and goes on a disk does not move copies about.
  package static func weight(ofFreeBytes bytes: Int64) -> Double {
    let gigabytes = max(0, bytes) >> 30
    return gigabytes == 0 ? 0 : Double(1 << (63 - Int64(gigabytes).leadingZeroBitCount))
  }
}

/// What happens to a placement core.
package enum PlacementEvent: Sendable {
  /// Live nodes that are new or have changed, and such that are gone. This node may be among
  /// the former: what it offers itself.
  case members(changed: [PlacementCandidate], left: [NodeID])
  /// This node has the blob whole, as its owner or for its own use.
  case added(SignedShare, isPinned: Bool)
  case pinned(ShareKey, Bool)
  case received(PlacementMessage, from: NodeID)
  /// What `fetch` asked for is here.
  case fetched(ShareKey, version: UInt64)
  case fetchFailed(ShareKey, version: UInt64, isFull: Bool)
  /// This node's copy is damaged or was removed.
  case lost(ShareKey)
  /// The index has the share's lines until then.
  case listed(ShareKey, until: WallTime)
  /// The index has this node's line as a holder until then.
  case marked(ShareKey, until: WallTime)
  /// See to it that others have what is here; answered with `left`.
  case leave
  /// It does not leave after all.
  case stay
  case wake
}

/// What a placement core wants done.
package enum PlacementAction: Sendable {
  /// Comes before everything that rests on it.
  case save([ShelfWrite])
  case send(PlacementMessage, to: NodeID)
  /// Get the blob; answered with `fetched` or `fetchFailed`. More sources may be found in the
  /// index.
  case fetch(SignedShare, sources: [NodeID])
  /// Nobody wants it any more.
  case cancel(ShareKey)
  /// The copy is not needed here for this share.
  case drop(SignedShare)
  /// Put the share's lines into the index, or renew them; answered with `listed`. The version
  /// before may have had other terms, which have to hear of this one.
  case list(SignedShare, replacing: Share?)
  /// The same for this node's line as a holder; answered with `marked`.
  case mark(SignedShare)
  /// Take that line back.
  case unmark(BlobID)
  /// Others have everything that is here.
  case left
  case violated(by: NodeID, BlobError)
}
