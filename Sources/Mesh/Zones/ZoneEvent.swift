package import Primitives

/// What happens to a zone core.
package enum ZoneEvent: Sendable {
  /// Nodes that are members of the network and alive, and such that are so no longer.
  case membersChanged(joined: [NodeID], left: [NodeID])
  case received(ZoneMessage, from: NodeID)
  /// Keep these wherever they belong; answered with `stored` or `failed`.
  case put(token: UInt64, [ZoneEntry])
  /// All entries with such keys; the keys are of one zone. Answered with `found`.
  case find(token: UInt64, KeyRange, limit: Int)
  /// Give everything to others first; answered with `left`.
  case leave
  case wake
}

/// What a zone core wants done.
package enum ZoneAction: Sendable {
  /// Comes before everything that rests on it: nothing of one event may leave this node, or count
  /// as stored, before this is on disk.
  case save([ZoneWrite])
  case send(ZoneMessage, to: NodeID)
  /// At least three members of each zone keep the entries now (all of them, in a smaller network).
  case stored(token: UInt64)
  case failed(token: UInt64, NetworkError)
  /// `contacts`: how many other nodes were asked. `wentBeyond`: a neighbour zone was, too.
  case found(token: UInt64, [ZoneEntry], contacts: Int, wentBeyond: Bool)
  /// For the node's record.
  case zoneChanged(ZonePrefix)
  /// Nothing is kept here any more that others lack.
  case left
  case violated(by: NodeID, NetworkError)
}

/// A change to what a node keeps on disk.
package enum ZoneWrite: Sendable, Equatable {
  /// In the place of the one with its key.
  case entry(ZoneEntry)
  /// Others have all of these.
  case dropped(KeyRange)
  /// Whatever expires until then.
  case expired(WallTime)
  case decision(ZoneMap.Decision)
}
