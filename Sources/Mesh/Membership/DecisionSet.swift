package import Primitives

/// What admins have said of members, and what follows from it.
package struct DecisionSet: Sendable {
  package let network: NetworkID
  private var log: StatementLog<Decision>
  private var byNode: [NodeID: [Decision]] = [:]

  package init(network: NetworkID) { self.init(network: network, limits: .init()) }

  init(network: NetworkID, limits: StatementLog<Decision>.Limits) {
    self.network = network
    log = StatementLog(limits: limits)
  }

  package var count: Int { log.count }
  package var all: [Decision] { log.all }
  package var summary: StatementSummary { log.summary }

  package func contains(encoded: [UInt8]) -> Bool { log.contains(encoded) }
  package func nextNumber(of issuer: NodeID) -> UInt64 { log.lastNumber(of: issuer) + 1 }

  package func lacking(in summary: StatementSummary) -> [Decision] {
    log.lacking(in: summary)
  }

  /// After many merges: what follows is cheap again.
  mutating func settle() { log.settle() }

  /// Adds one after checking it. True when it was not known.
  @discardableResult
  package mutating func merge(_ decision: Decision) throws(NetworkError) -> Bool {
    if log.contains(decision.encoded) { return false }
    try decision.verify(network: network)
    return insert(decision)
  }

  @discardableResult
  mutating func insert(_ decision: Decision) -> Bool {
    switch log.insert(decision) {
    case .known: return false
    case .added:
      byNode[decision.node, default: []].append(decision)
      return true
    case .full(let dropped):
      if dropped == decision { return false }
      byNode[decision.node, default: []].append(decision)
      byNode[dropped.node]?.removeAll { $0 == dropped }
      return true
    }
  }

  // MARK: - What follows from them

  /// When a new decision about the node is made, at the earliest: one made at a clock that is
  /// ahead must not outlive its successors.
  package func nextTime(about node: NodeID, at time: WallTime) -> WallTime {
    let last = byNode[node]?.map(\.time).max()
    return last.map { max(time, $0.advanced(by: .nanoseconds(1))) } ?? time
  }

  package func isApproved(_ node: NodeID, _ revocations: RevocationSet) -> Bool {
    inOrder(node, revocations).reduce(false) { approved, decision in
      if case .approved(let isApproved) = decision.kind { isApproved } else { approved }
    }
  }

  /// The name that an admin has given; nil when none has.
  package func name(of node: NodeID, _ revocations: RevocationSet) -> String? {
    inOrder(node, revocations).reduce(nil) { name, decision in
      if case .name(let given) = decision.kind { given } else { name }
    }
  }

  package func labels(of node: NodeID, _ revocations: RevocationSet) -> [String: String] {
    inOrder(node, revocations).reduce(into: [:]) { labels, decision in
      if case .label(let key, let value) = decision.kind { labels[key] = value }
    }
  }

  /// The last one holds. Equal times are ordered by issuer and number, everywhere alike.
  private func inOrder(_ node: NodeID, _ revocations: RevocationSet) -> [Decision] {
    (byNode[node] ?? [])
      .filter { revocations.isBelieved($0.issuer, at: $0.time) }
      .sorted { left, right in
        let (one, two) = (
          (left.time, left.issuer, left.number), (right.time, right.issuer, right.number)
        )
        return one == two ? left.encoded.lexicographicallyPrecedes(right.encoded) : one < two
      }
  }
}
