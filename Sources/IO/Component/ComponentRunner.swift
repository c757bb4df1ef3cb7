import Primitives

/// Starts components in order, each once the one before serves, and stops them in reverse:
/// asked first, cancelled when the deadline passed.
package struct ComponentRunner: Sendable {
  package struct Limits: Sendable {
    /// For all components together, from the request to stop.
    package var stopDeadline = Duration.seconds(30)
    package init() {}
  }

  /// How one component ended.
  private struct Ending: Sendable {
    var index: Int
    var error: (any Error)?

    /// Not merely the echo of being cancelled.
    var isFailure: Bool {
      guard let error, !(error is CancellationError) else { return false }
      return (error as? SystemError)?.code != .cancelled
    }
  }

  private let components: [any Component]
  private let loops: LoopGroup
  private let limits: Limits
  private let log = Logger("IO")

  package init(_ components: [any Component], on loops: LoopGroup, limits: Limits = Limits()) {
    self.components = components
    self.loops = loops
    self.limits = limits
  }

  /// Runs until `stop` opens or a component ends by itself. Throws the error of the component
  /// that failed first, after all have stopped. `serving` is called once all have started,
  /// `stopping` before the first is asked to stop.
  package func run(
    until stop: Gate, serving: @Sendable () -> Void = {}, stopping: @Sendable () -> Void = {}
  ) async throws {
    let endings = Endings()
    let scopes = components.map { _ in ComponentScope() }
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      for (index, component) in components.enumerated() {
        if stop.isOpen || Task.isCancelled { break }
        let scope = scopes[index]
        group.addTask(executorPreference: loops.loops[0]) {
          do {
            try await component.run(scope)
            endings.add(index, nil)
          } catch {
            endings.add(index, error)
          }
        }
        running += 1
        await waitForAny([scope.startedGate, stop, endings.changed])
        if endings.hasAny { break }
      }
      if running == components.count && !endings.hasAny && !stop.isOpen { serving() }
      await waitForAny([stop, endings.changed])
      endings.markStopping(isExpected: stop.isOpen || Task.isCancelled)
      stopping()
      await stopInReverse(scopes.prefix(running), endings)
      group.cancelAll()
    }
    guard let ending = endings.failure else { return }
    if let error = ending.error { throw error }
    throw SystemError(
      .closed, "the component \(components[ending.index].name) ended unexpectedly")
  }

  /// Returns when one of the gates is open, or the task is cancelled.
  private func waitForAny(_ gates: [Gate]) async {
    await withTaskGroup(of: Void.self) { group in
      for gate in gates { group.addTask { await gate.wait() } }
      await group.next()
      group.cancelAll()
    }
  }

  private func stopInReverse(_ scopes: ArraySlice<ComponentScope>, _ endings: Endings) async {
    let deadline = Instant.now().advanced(by: limits.stopDeadline)
    let loop = loops.loops[0]
    for index in scopes.indices.reversed() {
      scopes[index].stopGate.open()
      let ended = endings.gate(of: index)
      await loop.run {
        let timer = loop.schedule(at: deadline) { ended.open() }
        await ended.wait()
        loop.cancel(timer)
      }
      if !endings.has(index) {
        log.warning(
          "a component did not stop in time and is cancelled",
          LogField("component", components[index].name))
      }
    }
  }

  /// Who has ended, in order.
  private final class Endings: Sendable {
    private struct State {
      var order: [Ending] = []
      var gates: [Int: Gate] = [:]
      /// What ended before everybody was asked to, when nobody had asked.
      var unexpected = 0
    }

    private let state = Locked(State())
    let changed = Gate()

    var hasAny: Bool { state.withLock { !$0.order.isEmpty } }

    /// From now on parts may end: being cancelled is no failure then, and ending is none.
    func markStopping(isExpected: Bool) {
      state.withLock { $0.unexpected = isExpected ? 0 : $0.order.count }
    }

    /// The first that ended without being asked, or else with an error of its own.
    var failure: Ending? {
      state.withLock { state in
        state.order.prefix(state.unexpected).first ?? state.order.first { $0.isFailure }
      }
    }

    func has(_ index: Int) -> Bool {
      state.withLock { $0.order.contains { $0.index == index } }
    }

    func gate(of index: Int) -> Gate {
      state.withLock { state in
        if let gate = state.gates[index] { return gate }
        let gate = Gate()
        if state.order.contains(where: { $0.index == index }) { gate.open() }
        state.gates[index] = gate
        return gate
      }
    }

    func add(_ index: Int, _ error: (any Error)?) {
      let gate = state.withLock { state in
        state.order.append(Ending(index: index, error: error))
        return state.gates[index]
      }
      gate?.open()
      changed.open()
    }
  }
}
