package import Primitives

/// Which number stands for which node in this process. Numbers of forgotten nodes are used again.
package struct PeerDirectory: Sendable {
  private var numbers: [NodeID: PeerNumber] = [:]
  private var ids: [NodeID?] = []
  private var free: [PeerNumber] = []
  /// Given out since the last `settle`.
  private var fresh: [PeerNumber] = []

  package init() {}

  package var count: Int { numbers.count }

  /// The node's number, a new one when it has none.
  package mutating func number(of id: NodeID) -> PeerNumber {
    if let number = numbers[id] { return number }
    let number = free.popLast() ?? PeerNumber(ids.count)
    if number.index == ids.count { ids.append(id) } else { ids[number.index] = id }
    numbers[id] = number
    fresh.append(number)
    return number
  }

  package func existing(_ id: NodeID) -> PeerNumber? { numbers[id] }

  package func id(of number: PeerNumber) -> NodeID? {
    number.index < ids.count ? ids[number.index] : nil
  }

  /// Takes back new numbers that nobody has come to hold: a message may name anybody.
  package mutating func settle(keeping isHeld: (PeerNumber, NodeID) -> Bool) {
    if fresh.isEmpty { return }
    for number in fresh {
      if let id = id(of: number), !isHeld(number, id) { forget(number) }
    }
    fresh = []
  }

  /// The core holds nothing of it any more.
  package mutating func forget(_ number: PeerNumber) {
    guard let id = id(of: number) else { return }
    numbers[id] = nil
    ids[number.index] = nil
    free.append(number)
  }
}
