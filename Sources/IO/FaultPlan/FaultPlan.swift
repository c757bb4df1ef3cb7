package import Primitives

// # Fault plans
//
// What shall go wrong, when, and how often: for a node that is tried out, and for the simulator,
// which takes the same plan. A plan is a value. Whoever carries bytes asks it about each
// operation and does what it says; without a plan nobody asks, so it costs nothing.
//
// Nodes go by the names that the asker uses: those of the network in a running node, numbers in
// the simulator. Times count from the start of the plan. Of several rules that fit, the first
// one that strikes decides.

/// Rules of what fails, and the random numbers that choose.
package struct FaultPlan: Sendable {
  package struct Limits: Sendable {
    package var textBytes = 64 * 1024
    package var rules = 256
    /// Names in one list of a rule, and lists in `groups`.
    package var names = 1024
    package var delay = Duration.seconds(3600)
    package init() {}
  }

  package enum Effect: String, Sendable, CaseIterable {
    case drop, delay, duplicate, partition, pause, crash
    case diskError = "disk-error"
  }

  package struct Rule: Sendable, Equatable {
    package var effect: Effect
    /// Of the operations that fit, 0 to 1.
    package var share = 1.0
    /// Since the start of the plan.
    package var after = Duration.zero
    /// For ever when nil.
    package var lasts: Duration?
    /// How often at most; nil is any number.
    package var times: Int?
    /// Senders and receivers; empty is anybody.
    package var from: [String] = []
    package var to: [String] = []
    /// Of `delay`.
    package var delay = Duration.zero
    /// Of `partition`: nobody hears those of another group. Nodes in none are not concerned.
    package var groups: [[String]] = []
    /// Of `pause` and `crash`; of `disk-error` too, where empty is any.
    package var nodes: [String] = []
    /// Of `disk-error`: beginnings of paths; empty is all.
    package var paths: [String] = []

    package init(_ effect: Effect) { self.effect = effect }
  }

  package enum Operation: Sendable {
    case message(from: String, to: String)
    /// Bytes into or out of a stream between two nodes, or its making.
    case stream(from: String, to: String)
    case disk(node: String, path: String)
  }

  package enum Verdict: Sendable, Equatable {
    case pass
    /// Later by this; everything behind it on a stream waits too.
    case delay(Duration)
    case duplicate
    /// Never arrives. A stream cannot lose bytes: it breaks.
    case drop
    /// The disk refuses.
    case fail
  }

  package let seed: UInt64
  package let rules: [Rule]
  /// How often each rule has struck.
  package private(set) var struck: [Int]
  private var left: [Int]
  private var random: SplitMix
  private var began = Instant(nanoseconds: 0)

  package init(seed: UInt64, _ rules: [Rule]) {
    self.seed = seed
    self.rules = rules
    random = SplitMix(seed: seed)
    struck = rules.map { _ in 0 }
    left = rules.map { $0.times ?? .max }
  }

  /// Times count from `now`.
  package mutating func start(at now: Instant) { began = now }

  package mutating func decide(on operation: Operation, now: Instant) -> Verdict {
    for index in rules.indices where left[index] > 0 {
      guard let verdict = verdict(rules[index], on: operation, now: now) else { continue }
      if rules[index].share < 1, random.fraction() >= rules[index].share { continue }
      if left[index] != .max { left[index] -= 1 }
      struck[index] += 1
      return verdict
    }
    return .pass
  }

  /// Nodes that a `crash` rule has reached and that were not reported yet.
  package mutating func crashes(now: Instant) -> [String] {
    var nodes: [String] = []
    for index in rules.indices
    where rules[index].effect == .crash && left[index] > 0 && now >= start(of: rules[index]) {
      left[index] = 0
      struck[index] += 1
      nodes += rules[index].nodes
    }
    return nodes
  }

  /// When to ask `crashes` next.
  package var nextCrash: Instant? {
    rules.indices.filter { rules[$0].effect == .crash && left[$0] > 0 }
      .map { start(of: rules[$0]) }.min()
  }

  // MARK: - Helpers

  private func start(of rule: Rule) -> Instant { began.advanced(by: rule.after) }

  private func end(of rule: Rule) -> Instant {
    rule.lasts.map { start(of: rule).advanced(by: $0) } ?? .distantFuture
  }

  /// What the rule does to the operation if it strikes; nil when it does not fit.
  private func verdict(_ rule: Rule, on operation: Operation, now: Instant) -> Verdict? {
    guard now >= start(of: rule), now < end(of: rule) else { return nil }
    switch operation {
    case .disk(let node, let path):
      guard rule.effect == .diskError, Self.fits(node, rule.nodes),
        rule.paths.isEmpty || rule.paths.contains(where: { path.hasPrefix($0) })
      else { return nil }
      return .fail
    case .message(let from, let to):
      return traffic(rule, from, to, isStream: false, now: now)
    case .stream(let from, let to):
      return traffic(rule, from, to, isStream: true, now: now)
    }
  }

  private func traffic(
    _ rule: Rule, _ from: String, _ to: String, isStream: Bool, now: Instant
  ) -> Verdict? {
    switch rule.effect {
    case .crash, .diskError: return nil
    case .partition:
      guard let left = rule.groups.firstIndex(where: { $0.contains(from) }),
        let right = rule.groups.firstIndex(where: { $0.contains(to) }), left != right
      else { return nil }
      // TCP would send again until the way is open.
      return isStream ? .delay(now.duration(to: end(of: rule))) : .drop
    case .pause:
      guard rule.nodes.contains(from) || rule.nodes.contains(to) else { return nil }
      return .delay(now.duration(to: end(of: rule)))
    case .drop, .delay, .duplicate:
      guard Self.fits(from, rule.from), Self.fits(to, rule.to) else { return nil }
      if rule.effect == .drop { return .drop }
      if rule.effect == .delay { return .delay(rule.delay) }
      // Bytes of a stream come once, whatever happens to packets.
      return isStream ? nil : .duplicate
    }
  }

  private static func fits(_ name: String, _ names: [String]) -> Bool {
    names.isEmpty || names.contains(name)
  }
}
