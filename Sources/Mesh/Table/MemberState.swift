/// What a node believes of another.
package enum MemberState: UInt8, Sendable, CaseIterable, CustomStringConvertible {
  /// Nothing is known.
  case unknown
  case alive
  /// Somebody's probes went unanswered; it becomes dead or alive within seconds.
  case suspect
  /// Lives, say others, but this node cannot reach it.
  case unreachable
  case dead
  /// Said goodbye.
  case left

  package var description: String {
    switch self {
    case .unknown: "unknown"
    case .alive: "alive"
    case .suspect: "suspect"
    case .unreachable: "unreachable"
    case .dead: "dead"
    case .left: "left"
    }
  }

  /// Part of the network, as far as is known.
  package var isLive: Bool {
    switch self {
    case .alive, .suspect, .unreachable: true
    case .unknown, .dead, .left: false
    }
  }
}
