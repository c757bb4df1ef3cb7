package import Primitives

/// Which node's bandwidth to measure when nobody asked: rarely, one at a time, and never at the
/// cost of somebody else's relay.
package struct BandwidthSchedule: Sendable {
  package struct Limits: Sendable {
    /// Between two tests with the same node.
    package var pause = Duration.seconds(6 * 3600)
    /// After one that failed.
    package var retry = Duration.seconds(2 * 3600)
    /// Between any two tests, on average.
    package var gap = Duration.seconds(900)
    /// Nodes whose failed tests are remembered.
    package var failures = 4096
    package init() {}
  }

  /// A live node that could be measured now.
  package struct Candidate: Sendable {
    package var node: NodeID
    package var path: PathKind?
    /// Since when the table knows its bandwidth; nil when it does not.
    package var age: Duration?

    package init(node: NodeID, path: PathKind?, age: Duration? = nil) {
      self.node = node
      self.path = path
      self.age = age
    }
  }

  package enum Event: Sendable {
    case wake([Candidate])
    /// The test that was asked for is over.
    case ended(NodeID, succeeded: Bool)
  }

  package enum Action: Equatable, Sendable {
    case measure(NodeID)
  }

  private let limits: Limits
  private var random: SplitMix
  private var failures: [NodeID: Instant] = [:]
  private var measuring: NodeID?
  private var next: Instant

  /// Nodes that were started together do not measure together.
  package init(limits: Limits = Limits(), seed: UInt64, now: Instant) {
    self.limits = limits
    random = SplitMix(seed: seed)
    next = now
    next = now.advanced(by: spread())
  }

  /// Nil while a test is going on.
  package var nextWake: Instant? { measuring == nil ? next : nil }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    switch event {
    case .wake(let candidates):
      guard measuring == nil, now >= next else { return [] }
      next = now.advanced(by: spread())
      failures = failures.filter { $0.value.duration(to: now) < limits.retry }
      guard let chosen = choose(candidates) else { return [] }
      measuring = chosen
      return [.measure(chosen)]
    case .ended(let node, let succeeded):
      guard measuring == node else { return [] }
      measuring = nil
      next = now.advanced(by: spread())
      if !succeeded && failures.count < limits.failures { failures[node] = now }
      return []
    }
  }

  /// What was never measured first, then what was measured longest ago. Only over links that are
  /// there and that nobody else pays for.
  private mutating func choose(_ candidates: [Candidate]) -> NodeID? {
    let due = candidates.filter { candidate in
      guard failures[candidate.node] == nil else { return false }
      if let age = candidate.age, age < limits.pause { return false }
      switch candidate.path {
      case .direct, .punched: return true
      case .relayed, nil: return false
      }
    }
    let unmeasured = due.filter { $0.age == nil }
    if !unmeasured.isEmpty {
      return unmeasured[Int(random.next() % UInt64(unmeasured.count))].node
    }
    return due.max { ($0.age ?? .zero) < ($1.age ?? .zero) }?.node
  }

  /// Half the gap to one and a half.
  private mutating func spread() -> Duration {
    let gap = max(limits.gap.nanoseconds, 1)
    return .nanoseconds(gap / 2 + Int64(random.next() % UInt64(gap)))
  }
}
