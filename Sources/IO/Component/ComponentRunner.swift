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
    let failure = await withTaskGroup(of: Void.self) { group in
      var running = 0
      for (index, component) in components.enumerated() {
        let scope = scopes[index]
        group.addTask(executorPreference: loops.loops[0]) {
          do {
            try await component.run(scope)
            endings.add(index, nil)
          } catch {
            endings.add(index, error)
          }
          scope.startedGate.open()
        }
        running += 1
        await scope.startedGate.wait()
        if stop.isOpen || endings.first != nil { break }
      }
      if running == components.count && endings.first == nil { serving() }
      await waitForStop(stop, endings)
      let first = endings.first
      stopping()
      await stopInReverse(scopes.prefix(running), endings)
      group.cancelAll()
      return first
    }
    if let failure {
      if let error = failure.error { throw error }
      if !stop.isOpen {
        throw SystemError(
          .closed, "the component \(components[failure.index].name) ended unexpectedly")
      }
    }
  }

  private func waitForStop(_ stop: Gate, _ endings: Endings) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await stop.wait() }
      group.addTask { await endings.changed.wait() }
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
    private let state = Locked((order: [Ending](), gates: [Int: Gate]()))
    let changed = Gate()

    var first: Ending? { state.withLock { $0.order.first } }

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
