package import Primitives

// # Dialling
//
// A plan is given the ways to a peer (`DialRoute`), best first, and tries them in two lanes at
// once. In the direct lane the next way starts when the one before fails or after 250 ms (RFC
// 8305), sooner once one has failed; punching comes last, when there is something to arrange it
// over. In the relay lane the first relay is tried at once. The first that connects carries the
// link; ways that would be better (direct, then punched, then relayed) go on and may take over,
// the others end. What became of each is kept for the report.
//
// Each attempt: waiting -> running -> connected, or -> failed from either. A connected one that
// a better one replaces stays `connected` in the report.

/// The core of dialling one peer once.
package struct DialPlan: Sendable {
  package struct Limits: Sendable {
    /// Before the next way is tried beside those under way.
    package var attemptDelay = Duration.milliseconds(250)
    /// The same once one has failed.
    package var attemptDelayAfterFailure = Duration.milliseconds(100)
    /// For one way, with its handshake.
    package var attempt = Duration.seconds(6)
    /// The same once another way carries the link: an address where nobody is must not keep the
    /// next search waiting.
    package var attemptBeside = Duration.seconds(2)
    /// For punching, which takes several rounds.
    package var punching = Duration.seconds(20)
    /// For all together.
    package var whole = Duration.seconds(25)
    /// More ways than this are not tried.
    package var routes = 24
    package var parallel = 8
    package init() {}
  }

  package enum Event: Sendable {
    case begin
    /// The peer has proven to be there, by this attempt.
    case connected(Int)
    case failed(Int, DialFailure)
    /// There is a connection to the peer that punching can be arranged over.
    case signallingReady
    /// There is news of the peer: these are the ways to it now. New ones are tried at once.
    case news([DialRoute])
    case wake
    case cancel
  }

  package enum Action: Equatable, Sendable {
    case start(Int, DialRoute, deadline: Instant)
    /// Give the attempt up, or what it connected.
    case stop(Int)
    /// Use this one from now on; the one used so far, if any, is replaced.
    case use(Int, DialRoute)
    case finished(DialReport)
  }

  private enum State {
    case waiting
    case running(since: Instant, deadline: Instant)
    case connected(since: Instant, at: Instant)
    case failed(since: Instant?, at: Instant, DialFailure)
  }

  private struct Attempt {
    let route: DialRoute
    var state = State.waiting

    var isWaiting: Bool { if case .waiting = state { true } else { false } }
    var isRunning: Bool { if case .running = state { true } else { false } }
  }

  private enum Lane: Int, CaseIterable {
    case direct, relay

    func holds(_ route: DialRoute) -> Bool { (route.kind == .relayed) == (self == .relay) }
  }

  private let limits: Limits
  private var attempts: [Attempt]
  private var begunAt = Instant(nanoseconds: 0)
  private var deadline = Instant.distantFuture
  /// When each lane may start its next attempt.
  private var nextStart: [Instant]
  private var hasFailed = false
  private var hasSignalling = false
  private var best: Int?
  private var isFinished = false

  package init(_ routes: [DialRoute], limits: Limits = Limits()) {
    self.limits = limits
    attempts = routes.prefix(limits.routes).map { Attempt(route: $0) }
    nextStart = Lane.allCases.map { _ in .distantFuture }
  }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    if isFinished { return [] }
    var actions: [Action] = []
    switch event {
    case .begin:
      begunAt = now
      deadline = now.advanced(by: limits.whole)
      nextStart = nextStart.map { _ in now }
    case .connected(let number): connected(number, now, &actions)
    case .failed(let number, let failure): failed(number, failure, now)
    case .signallingReady: hasSignalling = true
    case .news(let routes): add(routes, now)
    case .wake: break
    case .cancel:
      endAll(running: DialFailure(.cancelled), waiting: DialFailure(.cancelled), now, &actions)
    }
    advance(now, &actions)
    return actions
  }

  package var nextWake: Instant? {
    if isFinished { return nil }
    var wake = deadline
    for attempt in attempts {
      if case .running(_, let deadline) = attempt.state { wake = min(wake, deadline) }
    }
    if runningCount < limits.parallel {
      for lane in Lane.allCases where nextWaiting(in: lane) != nil {
        wake = min(wake, nextStart[lane.rawValue])
      }
    }
    return wake
  }

  // MARK: - Events

  private mutating func add(_ routes: [DialRoute], _ now: Instant) {
    for route in routes where !attempts.contains(where: { $0.route == route }) {
      guard attempts.count < limits.routes else { return }
      if let best, route.path.tier >= attempts[best].route.path.tier { continue }
      attempts.append(Attempt(route: route))
      for lane in Lane.allCases where lane.holds(route) { nextStart[lane.rawValue] = now }
    }
  }

  private mutating func connected(_ number: Int, _ now: Instant, _ actions: inout [Action]) {
    guard case .running(let since, _) = attempts[number].state else {
      // It was given up a moment before: what it brought is not wanted.
      actions.append(.stop(number))
      return
    }
    attempts[number].state = .connected(since: since, at: now)
    guard isBetter(number) else {
      actions.append(.stop(number))
      return
    }
    best = number
    hasSignalling = true
    actions.append(.use(number, attempts[number].route))
    hurry(until: now.advanced(by: attemptTime))
    let failure = DialFailure(.notNeeded)
    for other in attempts.indices where !isBetter(other) {
      switch attempts[other].state {
      case .waiting: attempts[other].state = .failed(since: nil, at: now, failure)
      case .running(let since, _):
        attempts[other].state = .failed(since: since, at: now, failure)
        actions.append(.stop(other))
      case .connected, .failed: break
      }
    }
  }

  /// Addresses that have not answered get no more time than that.
  private mutating func hurry(until latest: Instant) {
    for other in attempts.indices where attempts[other].route.kind != .punched {
      guard case .running(let since, let deadline) = attempts[other].state else { continue }
      attempts[other].state = .running(since: since, deadline: min(deadline, latest))
    }
  }

  private mutating func failed(_ number: Int, _ failure: DialFailure, _ now: Instant) {
    guard case .running(let since, _) = attempts[number].state else { return }
    attempts[number].state = .failed(since: since, at: now, failure)
    hasFailed = true
    for lane in Lane.allCases where lane.holds(attempts[number].route) {
      nextStart[lane.rawValue] = now
    }
  }

  // MARK: - Time

  private mutating func advance(_ now: Instant, _ actions: inout [Action]) {
    if isFinished { return }
    for number in attempts.indices {
      guard case .running(_, let deadline) = attempts[number].state, deadline <= now else {
        continue
      }
      actions.append(.stop(number))
      failed(number, DialFailure(.timedOut), now)
    }
    if now >= deadline {
      endAll(running: DialFailure(.timedOut), waiting: DialFailure(.notTried), now, &actions)
    }
    for lane in Lane.allCases { startDue(in: lane, now, &actions) }
    finishIfIdle(now, &actions)
  }

  private mutating func startDue(in lane: Lane, _ now: Instant, _ actions: inout [Action]) {
    while nextStart[lane.rawValue] <= now, runningCount < limits.parallel,
      let number = nextWaiting(in: lane)
    {
      let route = attempts[number].route
      let time = route.kind == .punched ? limits.punching : attemptTime
      let end = min(deadline, now.advanced(by: time))
      attempts[number].state = .running(since: now, deadline: end)
      actions.append(.start(number, route, deadline: end))
      let delay = hasFailed ? limits.attemptDelayAfterFailure : limits.attemptDelay
      nextStart[lane.rawValue] = now.advanced(by: delay)
    }
  }

  private mutating func finishIfIdle(_ now: Instant, _ actions: inout [Action]) {
    if attempts.contains(where: \.isRunning) { return }
    if Lane.allCases.contains(where: { nextWaiting(in: $0) != nil }) { return }
    // Only punching without anything to arrange it over can still wait.
    let failure = DialFailure(.noSignalling)
    for number in attempts.indices where attempts[number].isWaiting {
      attempts[number].state = .failed(since: nil, at: now, failure)
    }
    isFinished = true
    actions.append(.finished(report(now)))
  }

  private mutating func endAll(
    running: DialFailure, waiting: DialFailure, _ now: Instant, _ actions: inout [Action]
  ) {
    for number in attempts.indices {
      switch attempts[number].state {
      case .waiting: attempts[number].state = .failed(since: nil, at: now, waiting)
      case .running(let since, _):
        attempts[number].state = .failed(since: since, at: now, running)
        actions.append(.stop(number))
      case .connected, .failed: break
      }
    }
  }

  // MARK: - Looking

  private var attemptTime: Duration {
    best == nil ? limits.attempt : min(limits.attempt, limits.attemptBeside)
  }

  private var runningCount: Int { attempts.count { $0.isRunning } }

  /// True when its path would be better than what is used now.
  private func isBetter(_ number: Int) -> Bool {
    guard let best else { return true }
    return attempts[number].route.path.tier < attempts[best].route.path.tier
  }

  private func nextWaiting(in lane: Lane) -> Int? {
    attempts.indices.first {
      attempts[$0].isWaiting && lane.holds(attempts[$0].route)
        && (attempts[$0].route.kind != .punched || hasSignalling)
    }
  }

  private func report(_ now: Instant) -> DialReport {
    let entries = attempts.map { attempt in
      let (since, end, result): (Instant?, Instant, DialReport.Result) =
        switch attempt.state {
        case .waiting: (nil, now, .failed(DialFailure(.notTried)))
        case .running(let since, _): (since, now, .failed(DialFailure(.timedOut)))
        case .connected(let since, let at): (since, at, .connected)
        case .failed(let since, let at, let failure): (since, at, .failed(failure))
        }
      return DialReport.Entry(
        route: attempt.route, startedAfter: since.map { begunAt.duration(to: $0) },
        took: since.map { $0.duration(to: end) } ?? .zero, result: result)
    }
    return DialReport(
      entries: entries, best: best.map { attempts[$0].route }, took: begunAt.duration(to: now))
  }
}
