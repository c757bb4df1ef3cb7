package import Primitives

/// The plan that all transports of a running node ask. It can be replaced at any time, and what
/// waits because of the old one goes on.
package final class FaultInjector: Sendable {
  private struct State {
    var plan: FaultPlan?
    var version: UInt64 = 0
    var waits: [UInt64: Gate] = [:]
    var nextWait: UInt64 = 0
  }

  private let state: Locked<State>

  /// The plan's time begins at `now`.
  package init(_ plan: FaultPlan? = nil, now: Instant) {
    var state = State(plan: plan)
    state.plan?.start(at: now)
    self.state = Locked(state)
  }

  /// The plan, with how often its rules have struck.
  package var plan: FaultPlan? { state.withLock { $0.plan } }

  package var version: UInt64 { state.withLock { $0.version } }

  /// Nil ends all faults. The new plan's time begins at `now`.
  package func replace(with plan: FaultPlan?, now: Instant) {
    let waits = state.withLock { state in
      state.plan = plan
      state.plan?.start(at: now)
      state.version += 1
      defer { state.waits = [:] }
      return Array(state.waits.values)
    }
    for gate in waits { gate.open() }
  }

  package func decide(on operation: FaultPlan.Operation, now: Instant) -> FaultPlan.Verdict {
    judge(operation, now: now).verdict
  }

  /// The verdict, and of which version of the plan it is.
  package func judge(
    _ operation: FaultPlan.Operation, now: Instant
  ) -> (verdict: FaultPlan.Verdict, version: UInt64) {
    state.withLock { state in
      (state.plan?.decide(on: operation, now: now) ?? .pass, state.version)
    }
  }

  /// Nodes that shall crash by now and were not named before.
  package func crashes(now: Instant) -> [String] {
    state.withLock { $0.plan?.crashes(now: now) ?? [] }
  }

  package var nextCrash: Instant? { state.withLock { $0.plan?.nextCrash } }

  // MARK: - Waiting

  /// Opens the gate when the plan of this version is replaced, at once when it was already.
  func open(_ gate: Gate, after version: UInt64) -> UInt64 {
    let (ticket, isPast) = state.withLock { state in
      state.nextWait += 1
      if state.version == version { state.waits[state.nextWait] = gate }
      return (state.nextWait, state.version != version)
    }
    if isPast { gate.open() }
    return ticket
  }

  func forget(_ ticket: UInt64) { state.withLock { $0.waits[ticket] = nil } }
}
