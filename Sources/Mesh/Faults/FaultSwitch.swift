package import IO
package import Primitives

/// Where the transports to other nodes meet the fault plan of this one. Whoever has made a
/// connection to a node with a proven key passes it through `wrap` before a byte of it is used.
///
/// Plans may name nodes as the owner does; in here they go by their ids, so that a plan still
/// means the same nodes when one is renamed.
package final class FaultSwitch: Sendable {
  /// What is in force.
  package struct Applied: Sendable {
    /// With the names that the owner wrote, and how often each rule has struck.
    package var plan: FaultPlan
    package var struck: [Int]
    package var time: WallTime
    package var began: Instant
  }

  private struct State {
    var written: FaultPlan?
    var time = WallTime(nanoseconds: 0)
    var began = Instant(nanoseconds: 0)
  }

  /// The setting `faults.enabled`.
  package let isEnabled: Bool
  private let own: String
  private let faults = FaultInjector(now: Instant(nanoseconds: 0))
  private let state = Locked(State())

  package init(isEnabled: Bool, own: NodeID) {
    self.isEnabled = isEnabled
    self.own = own.description
  }

  /// The transport itself unless fault plans are enabled: then one that asks, with every piece of
  /// bytes, the plan that is in force at that time.
  package func wrap(_ transport: any Transport, to peer: NodeID) -> any Transport {
    guard isEnabled else { return transport }
    return FaultyTransport(transport, faults, here: own, there: peer.description)
  }

  /// Puts the plan in force. `find` makes a node of a name or of the beginning of an id.
  package func apply(
    _ plan: FaultPlan, now: Instant, wall: WallTime,
    find: (String) throws(NetworkError) -> NodeID
  ) throws(NetworkError) {
    guard isEnabled else {
      throw NetworkError(
        .denied,
        "this node takes no fault plans: set enabled = true under [faults] in its settings and "
          + "start it anew")
    }
    var rules: [FaultPlan.Rule] = []
    for (index, rule) in plan.rules.enumerated() {
      guard rule.effect.isForLinks else {
        throw NetworkError(
          .violation,
          "fault \(index + 1): \(rule.effect.rawValue) is for the simulator; a running node takes "
            + "drop, delay, duplicate, partition and pause")
      }
      rules.append(try rule.renaming { name throws(NetworkError) in try find(name).description })
    }
    state.withLock { state in
      state = State(written: plan, time: wall, began: now)
      faults.replace(with: FaultPlan(seed: plan.seed, rules), now: now)
    }
  }

  /// False when nothing was in force.
  @discardableResult
  package func clear(now: Instant) -> Bool {
    state.withLock { state in
      defer { state.written = nil }
      faults.replace(with: nil, now: now)
      return state.written != nil
    }
  }

  package var applied: Applied? {
    state.withLock { state in
      guard let plan = state.written, let struck = faults.plan?.struck else { return nil }
      return Applied(plan: plan, struck: struck, time: state.time, began: state.began)
    }
  }
}

extension FaultPlan.Effect {
  /// The others need a machine that can lose its disk or its power.
  fileprivate var isForLinks: Bool {
    switch self {
    case .drop, .delay, .duplicate, .partition, .pause: true
    case .crash, .diskError: false
    }
  }
}

extension FaultPlan.Rule {
  fileprivate func renaming(
    _ name: (String) throws(NetworkError) -> String
  ) throws(NetworkError) -> Self {
    var renamed = self
    renamed.from = try from.map(name)
    renamed.to = try to.map(name)
    renamed.nodes = try nodes.map(name)
    renamed.groups = []
    for group in groups { renamed.groups.append(try group.map(name)) }
    return renamed
  }
}
