package import Primitives

/// All that this node knows about another: what that one says of itself, what the network
/// believes, and what was measured from here.
package struct NodeRow: Sendable {
  package let record: NodeRecord
  package internal(set) var state: MemberState
  /// Since when it is in that state.
  package internal(set) var since: WallTime
  package internal(set) var path: PathKind?
  package internal(set) var latency = LatencyWindow()
  package internal(set) var bandwidth: Bandwidth?
  package internal(set) var load: LoadReport?
  package internal(set) var coordinate: Coordinate?
  /// From the coordinates, for nodes that were never measured.
  package internal(set) var estimatedLatency: Duration?
  package internal(set) var isSelf = false

  package var id: NodeID { record.id }
  package var name: String { record.name }

  /// Measured if it was, else estimated, in milliseconds; nil when nothing is known.
  package var latencyMs: Double? {
    if isSelf { return 0 }
    return (latency.average ?? estimatedLatency).map(\.inMilliseconds)
  }
}
