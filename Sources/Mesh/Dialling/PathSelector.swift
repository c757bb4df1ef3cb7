package import Primitives

extension PathKind {
  /// Lower is better, whatever the round trips.
  package var tier: Int {
    switch self {
    case .direct: 0
    case .punched: 1
    case .relayed: 2
    }
  }
}

/// Which of the carriers to one peer is used, and when to look for a better one. One value per
/// peer for as long as a link to it is wanted.
///
/// A lower tier wins at once; within a tier the shorter round trip does, once it is shorter by
/// the hysteresis. Without a carrier it asks for reconnecting, for ever; with one that owes an
/// answer, for any other. With anything but a direct one it asks for a better one, ever more
/// rarely, and at once when the network changed.
///
/// A search that has found something looks for nothing worse any more, and one for better paths
/// never did. So neither is of use to a path that is lost: another one begins.
package struct PathSelector: Sendable {
  package struct Limits: Sendable {
    /// How much shorter a round trip has to be within a tier.
    package var hysteresis = Duration.milliseconds(5)
    /// What IPv6 is given: no NAT is in its way.
    package var biasIPv6 = Duration.milliseconds(3)
    package var firstSearch = Duration.seconds(1)
    package var rarestSearch = Duration.seconds(300)
    package var firstReconnect = Duration.milliseconds(100)
    package var rarestReconnect = Duration.seconds(60)
    /// A path whose round trip is not known yet counts as this long.
    package var unknownRoundTrip = Duration.milliseconds(200)
    package init() {}
  }

  package enum Event: Sendable {
    case wanted(Bool)
    case pathUp(Int, PathKind, isIPv6: Bool)
    case pathDown(Int)
    /// It owes an answer, and may be dead.
    case suspected(Int)
    case measured(Int, roundTrip: Duration)
    /// The search that `search` asked for last is over, however it ended.
    case searchEnded
    case networkChanged
    case wake
  }

  package enum Action: Equatable, Sendable {
    case use(Int)
    /// No path is left; streams wait for the next one.
    case lost
    /// Dial: for a better path than this one, or for any when it is nil. A search under way ends.
    case search(betterThan: PathKind?)
    /// It is of no use any more, and no news of it are wanted.
    case endSearch
  }

  private struct Path {
    var number: Int
    var kind: PathKind
    var isIPv6: Bool
    var roundTrip: Duration?
  }

  private enum Search {
    case none
    /// `findsAny`: whatever there is, not only what is better than the present path.
    case under(findsAny: Bool)
    case due(Instant)
  }

  private let limits: Limits
  private var jitter: SplitMix
  private var paths: [Path] = []
  private var current: Int?
  private var isWanted = false
  private var search = Search.none
  private var better: Backoff
  private var reconnect: Backoff

  package init(limits: Limits = Limits(), seed: UInt64) {
    self.limits = limits
    jitter = SplitMix(seed: seed)
    better = Backoff(first: limits.firstSearch, most: limits.rarestSearch)
    reconnect = Backoff(first: limits.firstReconnect, most: limits.rarestReconnect)
  }

  /// The path in use.
  package var path: (number: Int, kind: PathKind)? {
    guard let current, let path = paths.first(where: { $0.number == current }) else { return nil }
    return (path.number, path.kind)
  }

  package var nextWake: Instant? {
    if case .due(let at) = search { at } else { nil }
  }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .wanted(let isWanted):
      self.isWanted = isWanted
      if !isWanted {
        if !isSearching { search = .none }
      } else if paths.isEmpty, case .none = search {
        start(&actions)
      }
    case .pathUp(let number, let kind, let isIPv6):
      paths.removeAll { $0.number == number }
      paths.append(Path(number: number, kind: kind, isIPv6: isIPv6))
      reconnect.reset()
      if isSearching { search = .under(findsAny: false) }
      choose(&actions)
      planSearch(now)
    case .pathDown(let number):
      paths.removeAll { $0.number == number }
      if current == number {
        current = nil
        better.reset()
        choose(&actions)
        if current == nil {
          actions.append(.lost)
          endUselessSearch(&actions)
        }
      }
      planSearch(now)
    case .suspected(let number):
      if isWanted, current == number, !isFindingAny { start(forAny: true, &actions) }
    case .measured(let number, let roundTrip):
      guard let index = paths.firstIndex(where: { $0.number == number }) else { break }
      paths[index].roundTrip = roundTrip
      choose(&actions)
    case .searchEnded:
      search = .none
      planSearch(now)
    case .networkChanged:
      better.reset()
      reconnect.reset()
      // One under way may try what was before.
      if isWanted, path?.kind != .direct { start(&actions) }
    case .wake:
      if case .due(let at) = search, at <= now { start(&actions) }
    }
    return actions
  }

  private var isSearching: Bool { if case .under = search { true } else { false } }

  private var isFindingAny: Bool {
    if case .under(let findsAny) = search { findsAny } else { false }
  }

  private mutating func start(forAny: Bool = false, _ actions: inout [Action]) {
    let kind = forAny ? nil : path?.kind
    search = .under(findsAny: kind == nil)
    actions.append(.search(betterThan: kind))
  }

  private mutating func endUselessSearch(_ actions: inout [Action]) {
    guard isSearching, !isFindingAny else { return }
    search = .none
    actions.append(.endSearch)
  }

  /// Sets the time of the next search, when one is to be and none is planned or under way.
  private mutating func planSearch(_ now: Instant) {
    if isSearching { return }
    guard isWanted, path?.kind != .direct else {
      search = .none
      better.reset()
      return
    }
    if path == nil {
      search = .due(now.advanced(by: reconnect.next(&jitter)))
    } else if case .none = search {
      search = .due(now.advanced(by: better.next(&jitter)))
    }
  }

  private mutating func choose(_ actions: inout [Action]) {
    guard let best = paths.min(by: isBetter) else { return }
    if let current, let used = paths.first(where: { $0.number == current }) {
      guard
        best.kind.tier < used.kind.tier
          || best.kind.tier == used.kind.tier
            && cost(best) + limits.hysteresis <= cost(used)
      else { return }
    }
    if best.number == current { return }
    current = best.number
    actions.append(.use(best.number))
  }

  private func isBetter(_ left: Path, _ right: Path) -> Bool {
    left.kind.tier != right.kind.tier
      ? left.kind.tier < right.kind.tier : cost(left) < cost(right)
  }

  private func cost(_ path: Path) -> Duration {
    (path.roundTrip ?? limits.unknownRoundTrip) - (path.isIPv6 ? limits.biasIPv6 : .zero)
  }
}
