package import Mesh
import Primitives

extension PlacementCore {
  mutating func setLeaving(_ leaves: Bool, _ now: Instant) {
    (isLeaving, hasLeft, straggler) = (leaves, false, nil)
    for key in shares.keys.sorted() {
      change(key) { _, held in
        held.isHandedOver = false
        held.wake(at: now)
      }
    }
  }

  mutating func endLeaving(_ actions: inout [PlacementAction]) {
    guard isLeaving, !hasLeft else { return }
    // Most looks end here: not every event looks at every share.
    if let straggler, let held = shares[straggler], Self.isLeft(held) { return }
    straggler = shares.first { Self.isLeft($0.value) }?.key
    guard straggler == nil else { return }
    hasLeft = true
    actions.append(.left)
  }

  private static func isLeft(_ held: HeldShare) -> Bool {
    held.own == .whole && !held.isHandedOver
  }

  /// How far leaving is.
  package var handingOver: HandingOver {
    var state = HandingOver()
    for held in shares.values where held.own == .whole {
      state.total += 1
      if !held.isHandedOver {
        state.left += 1
      } else if !held.wholeOthers.contains(where: { isLive($0) }) {
        state.refused += 1
      }
    }
    return state
  }
}
