package import Primitives

// # Which decisions are kept
//
// Of what one admin has said about one thing (a node's approval, its name, one of its labels) the
// latest alone counts, and those before it are forgotten; so what is kept grows with the things
// said and not with the times. What another admin has said of the same stays: its word counts
// when this one's does not. For the same reason the latest that is believed stays beside a later
// one that is not, so that a revoked admin's key cannot wipe out what it said in office. Approvals
// end after thirty days, used or not. Every node forgets by the same rule, so that sets still
// become equal whatever order decisions arrive in.

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

  // MARK: - Forgetting

  /// What the decisions about one node speak of.
  private struct Subject: Hashable {
    enum Aspect: Hashable { case approval, name, label(String) }

    var issuer: NodeID
    var aspect: Aspect

    init(_ decision: Decision) {
      issuer = decision.issuer
      switch decision.kind {
      case .approved: aspect = .approval
      case .name: aspect = .name
      case .label(let key, _): aspect = .label(key)
      }
    }
  }

  /// Forgets what can change no verdict any more; returns it. `settle` afterwards.
  package mutating func prune(
    about node: NodeID, _ revocations: RevocationSet, at time: WallTime
  ) -> [Decision] {
    var latest: Set<Subject> = []
    var latestBelieved: Set<Subject> = []
    var (kept, dropped): ([Decision], [Decision]) = ([], [])
    for decision in (byNode[node] ?? []).sorted(by: Self.isBefore).reversed() {
      let subject = Subject(decision)
      var isNeeded = latest.insert(subject).inserted
      if revocations.isBelieved(decision.issuer, at: decision.time),
        latestBelieved.insert(subject).inserted
      {
        isNeeded = true
      }
      if isNeeded && !decision.isOver(at: time) {
        kept.append(decision)
      } else {
        dropped.append(decision)
        log.remove(decision)
      }
    }
    if !dropped.isEmpty { byNode[node] = kept.isEmpty ? nil : kept }
    return dropped
  }

  /// The same for all nodes.
  package mutating func prune(
    _ revocations: RevocationSet, at time: WallTime
  ) -> [Decision] {
    defer { settle() }
    return byNode.keys.sorted().flatMap { prune(about: $0, revocations, at: time) }
  }

  // MARK: - What follows from them

  /// When a new decision about the node is made, at the earliest: one made at a clock that is
  /// ahead must not outlive its successors.
  package func nextTime(about node: NodeID, at time: WallTime) -> WallTime {
    let last = byNode[node]?.map(\.time).max()
    return last.map { max(time, $0.advanced(by: .nanoseconds(1))) } ?? time
  }

  package func isApproved(
    _ node: NodeID, _ revocations: RevocationSet, at time: WallTime
  ) -> Bool {
    inOrder(node, revocations).reduce(false) { approved, decision in
      if decision.isOver(at: time) { return approved }
      if case .approved(let isApproved) = decision.kind { return isApproved }
      return approved
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
      .sorted(by: Self.isBefore)
  }

  private static func isBefore(_ left: Decision, _ right: Decision) -> Bool {
    let (one, two) = (
      (left.time, left.issuer, left.number), (right.time, right.issuer, right.number)
    )
    return one == two ? left.encoded.lexicographicallyPrecedes(right.encoded) : one < two
  }
}
