package import Primitives

// # Choosing relays
//
// A hidden node holds places at two relays at once, so that the death of one costs no time. The
// choice knows *candidates* with what was measured of them. A place is *asked* for, then *held*;
// one that fails is *barred* for a while that doubles. When a relay dies, the best other
// candidate is asked at once. A clearly better one replaces a held one rarely, and only once it
// is held itself: the old one is released after.

/// Which relays a hidden node holds places at. Fed with events by its shell or the simulator.
package struct RelayChoice {
  package struct Limits: Sendable {
    /// Places held at once.
    package var places = 2
    /// Another must cost at most this share of a held one, and be nearer by `margin`.
    package var gain = 0.7
    package var margin = Duration.milliseconds(10)
    /// Between two changes for the better.
    package var patience = Duration.seconds(120)
    /// After a failure; doubles up to the longest, and each draws between half and all of it.
    package var firstBar = Duration.seconds(2)
    package var longestBar = Duration.seconds(300)
    /// For an answer to a request for a place.
    package var askTime = Duration.seconds(5)
    package var candidates = 256
    package init() {}
  }

  package enum Event: Sendable {
    /// Everything known now; replaces what was known.
    case candidates([RelayCandidate])
    case held(NodeID)
    /// Not given, or lost: no sooner again than `after`, if the relay said.
    case lost(NodeID, after: Duration?)
    case wake
  }

  package enum Action: Equatable, Sendable {
    case ask(NodeID)
    case release(NodeID)
  }

  private enum Stage: Equatable {
    case asked(until: Instant)
    case held
  }

  private struct Bar {
    var until: Instant
    var failures: Int
  }

  private let limits: Limits
  private var random: SplitMix
  private var candidates: [NodeID: RelayCandidate] = [:]
  private var stages: [NodeID: Stage] = [:]
  private var bars: [NodeID: Bar] = [:]
  /// The held one that goes once its successor is held.
  private var leaving: (old: NodeID, new: NodeID)?
  private var nextChange: Instant

  package init(limits: Limits = Limits(), seed: UInt64, now: Instant) {
    self.limits = limits
    random = SplitMix(seed: seed)
    nextChange = now
  }

  /// Where places are held now, the best first.
  package var held: [NodeID] {
    stages.filter { $0.value == .held }.keys.sorted { isBetter($0, $1) }
  }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .candidates(let known):
      let kept = known.sorted { $0.cost < $1.cost }.prefix(limits.candidates)
      candidates = Dictionary(kept.map { ($0.relay, $0) }, uniquingKeysWith: { first, _ in first })
      bars = bars.filter { $0.value.until > now || candidates[$0.key] != nil }
    case .held(let relay):
      // Late, after it was given up.
      guard stages[relay] != nil else { return [.release(relay)] }
      stages[relay] = .held
      bars[relay] = nil
      if let leaving, leaving.new == relay {
        self.leaving = nil
        stages[leaving.old] = nil
        actions.append(.release(leaving.old))
      }
    case .lost(let relay, let after): lose(relay, after, now)
    case .wake: break
    }
    // In order, so that a seed repeats.
    for relay in stages.keys.sorted() {
      guard case .asked(let until)? = stages[relay], until <= now else { continue }
      lose(relay, nil, now)
      actions.append(.release(relay))
    }
    fill(now, &actions)
    improve(now, &actions)
    return actions
  }

  package var nextWake: Instant? {
    var times: [Instant] = stages.values.compactMap { stage in
      if case .asked(let until) = stage { until } else { nil }
    }
    if stages.count < limits.places {
      times += bars.filter { candidates[$0.key] != nil && stages[$0.key] == nil }.map(\.value.until)
    }
    return times.min()
  }

  // MARK: - Helpers

  private mutating func lose(_ relay: NodeID, _ after: Duration?, _ now: Instant) {
    guard stages.removeValue(forKey: relay) != nil else { return }
    if leaving?.new == relay || leaving?.old == relay { leaving = nil }
    let failures = (bars[relay]?.failures ?? 0) + 1
    let doubled = limits.firstBar * (1 << min(failures - 1, 16))
    let longest = min(doubled, limits.longestBar).nanoseconds
    let drawn = Duration.nanoseconds(Int64.random(in: longest / 2...longest, using: &random))
    bars[relay] = Bar(until: now.advanced(by: max(drawn, after ?? .zero)), failures: failures)
  }

  private mutating func fill(_ now: Instant, _ actions: inout [Action]) {
    while stages.count < limits.places, let relay = best(now) {
      ask(relay, now, &actions)
    }
  }

  /// Hysteresis: one change at a time, seldom, and for a clear gain.
  private mutating func improve(_ now: Instant, _ actions: inout [Action]) {
    guard leaving == nil, nextChange <= now, stages.count == limits.places,
      stages.values.allSatisfy({ $0 == .held }), let new = best(now), let old = held.last
    else { return }
    let cost = candidates[new]?.cost ?? .infinity
    let oldCost = candidates[old]?.cost ?? .infinity
    guard cost <= oldCost * limits.gain, cost + limits.margin.inSeconds <= oldCost else { return }
    nextChange = now.advanced(by: limits.patience)
    leaving = (old, new)
    ask(new, now, &actions)
  }

  private mutating func ask(_ relay: NodeID, _ now: Instant, _ actions: inout [Action]) {
    stages[relay] = .asked(until: now.advanced(by: limits.askTime))
    actions.append(.ask(relay))
  }

  private func best(_ now: Instant) -> NodeID? {
    candidates.values
      .filter { stages[$0.relay] == nil && $0.cost.isFinite }
      .filter { bars[$0.relay].map { $0.until <= now } ?? true }
      .min { isBetter($0.relay, $1.relay) }?.relay
  }

  private func isBetter(_ left: NodeID, _ right: NodeID) -> Bool {
    let costs = [left, right].map { candidates[$0]?.cost ?? .infinity }
    return costs[0] == costs[1] ? left < right : costs[0] < costs[1]
  }
}
