import IO
package import Primitives

// Holds others to what the owner of the machine shares with them.
extension Boxes {
  /// What a node shares, and where it is written down what ran.
  package struct Sharing: Sendable {
    package var rules = SharingRules()
    package var pause: SharingPause?
    package var sensors = SharingSensors()
    package var clock: @Sendable () -> LocalMoment = LocalMoment.now
    package var log: AuditLog?

    package init() {}
  }

  /// What sharing is like now.
  package struct SharingView: Sendable {
    package var rules: SharingRules
    package var pause: SharingPause?
    package var surroundings: SharingState.Surroundings
    package var obstacle: SharingState.Refusal?
    /// Those of others.
    package var attempts: Int
    package var memory: Int64
    package var disk: Int64
  }

  /// Between two looks at how the machine is used and powered.
  static let lookInterval = Duration.seconds(5)

  package var sharingView: SharingView {
    let now = sharing.clock()
    return state.withLock { state in
      let core = state.sharing
      return SharingView(
        // One that is over by itself is none.
        rules: core.rules, pause: core.pause.flatMap { $0.holds(at: now) ? $0 : nil },
        surroundings: core.surroundings,
        obstacle: core.obstacle(at: now), attempts: core.count, memory: core.memory,
        disk: core.disk)
    }
  }

  // MARK: - Attempts

  func begin(_ attempt: Attempt) throws(RuntimeError) -> AttemptTicket {
    var ask = SharingState.Ask(attempt.creator, attempt.runtime)
    ask.memory = attempt.limits.memory
    ask.disk = attempt.limits.fileBytes
    // More than any machine has are refused as that many.
    ask.gpuPercent = attempt.graphics.map { min($0.cards, 1 << 16) * $0.share } ?? 0
    let now = sharing.clock()
    return try state.withLock { (state) throws(RuntimeError) in
      do throws(SharingState.Refusal) {
        let ticket = AttemptTicket(try state.sharing.begin(ask, at: now))
        state.tickets[ticket.number] = ticket
        return ticket
      } catch {
        let until = error.until.map { "; try again at \($0)" } ?? ""
        throw RuntimeError(error.passes ? .busy : .refused, error.reason + until)
      }
    }
  }

  func finish(_ ticket: AttemptTicket) {
    state.withLock {
      $0.sharing.finish(ticket.number)
      $0.tickets[ticket.number] = nil
    }
  }

  func record(_ attempt: Attempt, began: WallTime, _ result: AttemptResult) {
    sharing.log?.add(AuditRecord(attempt, began: began, result))
  }

  /// Nothing where nobody keeps a log.
  package func records(
    creator: String?, since: WallTime?, limit: Int
  ) async throws(RuntimeError) -> [AuditRecord] {
    guard let log = sharing.log else { return [] }
    return try await Box.blocking {
      log.records(creator: creator, since: since, limit: limit)
    }
  }

  // MARK: - Changes

  /// What has been decided, and is still to be done.
  package struct SharingChange: Sendable {
    fileprivate var ends: [(AttemptTicket, String)] = []
    fileprivate(set) var moved: [Box] = []
    fileprivate var processors: ProcessorSet?
  }

  /// Holds from now on for what begins.
  package func decide(_ event: SharingState.Event) -> SharingChange {
    let now = sharing.clock()
    var change = SharingChange()
    let retired = state.withLock { state in
      var retired: [BoxShelf.Action] = []
      let hasWatched = state.sharing.watches
      let actions = state.sharing.event(event, at: now)
      if !hasWatched && state.sharing.watches {
        (state.idleWatch, state.nextLook) = (IdleWatch(), nil)
      }
      for action in actions {
        switch action {
        case .end(let number, let reason):
          if let ticket = state.tickets[number] { change.ends.append((ticket, reason)) }
        case .processors(let count):
          state.processors = count.flatMap { state.allProcessors?.last($0) }
          change.processors = state.processors ?? state.allProcessors
          for (number, entry) in state.boxes where entry.creator != SharingState.owner {
            // What waits on the shelf is made anew, in the right group from the beginning. Whatever
            // somebody has is moved, also when it is on its way to them.
            let dropped = state.shelf.drop(number)
            retired += dropped
            if dropped.isEmpty { change.moved.append(entry.box) }
          }
        }
      }
      return retired
    }
    perform(retired)
    return change
  }

  /// Holds for what runs too; returns how many attempts it ended.
  package func carryOut(_ change: SharingChange) async throws(RuntimeError) -> Int {
    for (ticket, reason) in change.ends { ticket.end(reason) }
    if let processors = change.processors {
      let boxes = change.moved
      try await Box.blocking { [containers] in
        for box in boxes { box.setProcessors(processors) }
        containers?.setProcessors(processors)
      }
    }
    return change.ends.count
  }

  /// Both.
  @discardableResult
  package func share(_ event: SharingState.Event) async throws(RuntimeError) -> Int {
    try await carryOut(decide(event))
  }

  /// What a box for this creator is to use; nil is all.
  func processors(for creator: String) -> ProcessorSet? {
    creator == SharingState.owner ? nil : state.withLock { $0.processors }
  }

  /// Time passes: called every second. None of these waits for another to work.
  func lookAround() async {
    await attend("sharing cannot be held to the clock") { () async throws(RuntimeError) in
      try await share(.clock)
    }
    await attend("nobody knows how the machine is used") { () async throws(RuntimeError) in
      try await lookAtMachine(.now())
    }
    await attend("what ran cannot be written down") { () async throws(RuntimeError) in
      guard let log = sharing.log, log.hasWork else { return }
      try await Box.blocking { () throws(RuntimeError) in try log.flush() }
    }
  }

  /// Says once that it does not work, not every second.
  private func attend(
    _ trouble: String, _ body: () async throws(RuntimeError) -> Void
  ) async {
    do throws(RuntimeError) {
      try await body()
      state.withLock { _ = $0.troubles.remove(trouble) }
    } catch {
      let isNew = state.withLock { $0.troubles.insert(trouble).inserted }
      if isNew { Logger("Runtimes").warning(trouble, LogField("why", error.message)) }
    }
  }

  private func lookAtMachine(_ now: Instant) async throws(RuntimeError) {
    let isDue = state.withLock { state in
      guard state.sharing.watches, state.nextLook.map({ $0 <= now }) ?? true else { return false }
      state.nextLook = now.advanced(by: Self.lookInterval)
      return true
    }
    guard isDue else { return }
    let (hasMains, sample) = try await Box.blocking { [sharing] in
      (sharing.sensors.hasMains(), sharing.sensors.sample(at: now, wall: .now()))
    }
    let idle = state.withLock { state in sample.map { state.idleWatch.feed($0) } }
    try await share(.surroundings(SharingState.Surroundings(idle: idle, hasMains: hasMains)))
  }
}
