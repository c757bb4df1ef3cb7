package import IO
import Primitives

/// Runs attempts in containers of the machine's engine, and knows which are ours. Everything of it
/// happens on one loop.
package final class Containers: Component, Sendable {
  struct State {
    var isOpen = false
    var engine: ContainerEngine?
    var kept: KeptContainers<LiveContainer>
    var live: [String: LiveContainer] = [:]
    /// About to be made.
    var making = 0
    /// Opens when no container is left.
    var emptied: Gate?
  }

  package let name = "containers"
  package let settings: ContainerSettings
  let loop: EventLoop
  let tasks: TaskSet
  let state: Locked<State>
  private let environment: [String: String]

  /// The environment says where the engine is, as `DOCKER_HOST`. It is looked for when it is
  /// needed: one that is started later is found.
  package init(
    _ settings: ContainerSettings, environment: [String: String], on loop: EventLoop
  ) {
    self.settings = settings
    self.environment = environment
    self.loop = loop
    tasks = TaskSet(on: loop)
    state = Locked(
      State(
        kept: KeptContainers(
          perCreator: settings.limits.keptPerCreator, keeps: settings.keeps)))
  }

  // MARK: - Life

  package func run(_ scope: ComponentScope) async throws {
    try await loop.run {
      let hadDead = try await Box.blocking { [settings] () throws(RuntimeError) in
        try ContainerHome.sweep(settings.folder)
      }
      state.withLock { $0.isOpen = true }
      // An engine that is slow to answer holds nobody up.
      if settings.isWanted || hadDead { tasks.start { await self.greet() } }
      scope.started()
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.expire(scope) }
        await scope.stopRequested()
        group.cancelAll()
      }
      await closeAll()
    }
  }

  private func greet() async {
    do throws(RuntimeError) {
      _ = try await engine()
    } catch {
      // None runs now: whoever needs one is told why.
    }
  }

  private func expire(_ scope: ComponentScope) async {
    while !scope.isStopping && !Task.isCancelled {
      for live in state.withLock({ $0.kept.expire(now: .now()) }) { retire(live) }
      do throws(SystemError) {
        try await loop.sleep(for: .seconds(1))
      } catch {
        return
      }
    }
  }

  /// Lets what runs come to its end, for a while; nothing else begins.
  private func closeAll() async {
    let kept = state.withLock { state in
      state.isOpen = false
      return state.kept.removeAll()
    }
    for one in kept { retire(one) }
    await waitUntilEmpty(settings.limits.drain)
    // An engine that is told to kill what it removes may do neither.
    for one in state.withLock({ Array($0.live.values) }) where one.work.withLock({ $0 }) != nil {
      end(one, .killed(reason: "the node stops"))
    }
    // Whoever has one removes it.
    await waitUntilEmpty(settings.limits.grace)
    await tasks.waitForAll()
    if let engine = state.withLock({ $0.engine }) { await engine.close() }
  }

  private func waitUntilEmpty(_ time: Duration) async {
    let gate = Gate()
    let isEmpty = state.withLock { state in
      state.emptied = gate
      return state.live.isEmpty
    }
    if isEmpty { return }
    let timer = loop.schedule(after: time) { gate.open() }
    await gate.waitUncancelled()
    loop.cancel(timer)
  }

  // MARK: - The engine

  /// The machine's engine, found at the first call that finds one; containers of attempts that a
  /// keeper left behind that was killed are gone then.
  package func engine() async throws(RuntimeError) -> ContainerEngine {
    if let engine = state.withLock({ $0.engine }) { return engine }
    let engine = try await ContainerEngine.find(
      environment, setting: settings.engine, on: loop)
    let isFirst = state.withLock { state in
      if state.engine != nil { return false }
      state.engine = engine
      return true
    }
    guard isFirst else {
      await engine.close()
      return try await self.engine()
    }
    do throws(RuntimeError) {
      try await sweep(engine)
    } catch {
      Logger("Runtimes").warning(
        "containers that a killed node left may still be there", LogField("why", error.message))
    }
    return engine
  }

  private func sweep(_ engine: ContainerEngine) async throws(RuntimeError) {
    let labels = [
      ContainerSettings.Label.node: settings.node, ContainerSettings.Label.kind: "attempt",
    ]
    for found in try await engine.list(labels: labels) {
      let keeper = found.labels[ContainerSettings.Label.keeper].flatMap { ProcessMark($0) }
      if let keeper, keeper.life != .gone { continue }
      try await engine.remove(found.id)
    }
  }

  // MARK: - The end of a container

  /// Ends what runs in it, for a reason that the attempt is told. On the loop.
  func end(_ live: LiveContainer, _ ending: Ending) {
    let isFirst = live.doom.withLock { doom in
      defer { doom = doom ?? ending }
      return doom == nil
    }
    guard isFirst, let engine = state.withLock({ $0.engine }) else { return }
    tasks.start {
      do throws(RuntimeError) {
        try await engine.kill(live.name)
      } catch {
        // Whoever waits for it gives up in time, and removes it.
      }
    }
  }

  /// Removes it, behind whoever had it. On the loop.
  func retire(_ live: LiveContainer) {
    tasks.start { await self.remove(live) }
  }

  func remove(_ live: LiveContainer) async {
    let engine = state.withLock { $0.engine }
    do throws(RuntimeError) {
      try await engine?.remove(live.name)
    } catch {
      // It has our label: the next start removes it.
    }
    // Refused when thousands wait already: the next start does it.
    try? await Box.copies.run { live.home.remove() }
    let emptied = state.withLock { state in
      state.live[live.name] = nil
      return state.live.isEmpty ? state.emptied : nil
    }
    emptied?.open()
  }

  /// The same whatever becomes of the task, and gone when this returns.
  func removeUncancelled(_ live: LiveContainer) async {
    let gate = Gate()
    tasks.start {
      await self.remove(live)
      gate.open()
    }
    await gate.waitUncancelled()
  }
}
