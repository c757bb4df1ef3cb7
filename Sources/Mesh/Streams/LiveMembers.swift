package import Primitives

/// Who is there besides this node, as topics and zones want to know it: what the membership
/// protocol reports, as nodes that joined and nodes that left.
package struct LiveMembers: Sendable {
  package private(set) var nodes: Set<NodeID> = []
  private let own: NodeID

  package init(own: NodeID) { self.own = own }

  /// Nil when nobody came or went. A suspect is still there.
  package mutating func take(_ change: GossipChange) -> (joined: [NodeID], left: [NodeID])? {
    switch change {
    case .record(let signed): set(signed.id, isLive: !signed.record.isLeaving)
    case .state(let id, let state): set(id, isLive: state.isLive)
    case .forgotten(let id): set(id, isLive: false)
    case .measured, .missed, .refused: nil
    }
  }

  private mutating func set(
    _ id: NodeID, isLive: Bool
  ) -> (joined: [NodeID], left: [NodeID])? {
    if id == own { return nil }
    if isLive { return nodes.insert(id).inserted ? ([id], []) : nil }
    return nodes.remove(id) == nil ? nil : ([], [id])
  }
}
