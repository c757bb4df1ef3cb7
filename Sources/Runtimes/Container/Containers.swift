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
    /// From their beginning to their end, whatever they wait for.
    var attempts = 0
    /// Those that could not be removed, which is tried again.
    var stuck: [LiveContainer] = []
    var images: KeptImages
    /// What still goes on is ended.
    var isClosing = false
    /// Opens when nothing is left that will go by itself.
    var emptied: Gate?

    var isEmpty: Bool { attempts == 0 && live.count == stuck.count }
  }

  package let name = "containers"
  package let settings: ContainerSettings
  let loop: EventLoop
  let tasks: TaskSet
  let state: Locked<State>
  /// Opens when the node stops, and attempts had their time to end.
  let closing = Gate()
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
          perCreator: settings.limits.keptPerCreator, keeps: settings.keeps),
        images: KeptImages(most: settings.limits.images, bytes: settings.limits.imageBytes)))
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
      retireStuck()
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
    let left = state.withLock { state in
      state.isClosing = true
      return state.live.values.filter { $0.work.withLock { $0 } != nil }
    }
    closing.open()
    for one in left { end(one, Self.stopped) }
    retireStuck()
    // Whoever has one removes it, while the engine can be talked to.
    await waitUntilEmpty(settings.limits.grace)
    await tasks.waitForAll()
    if let engine = state.withLock({ $0.engine }) { await engine.close() }
  }

  private func waitUntilEmpty(_ time: Duration) async {
    let gate = Gate()
    let isEmpty = state.withLock { state in
      state.emptied = gate
      return state.isEmpty
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
      // Who asked first may go; the next would not do it.
      try await uncancelled { () async throws(RuntimeError) in
        try await self.sweep(engine)
        try await self.findImages(engine)
      }
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
      do throws(RuntimeError) {
        try await engine.remove(found.id)
      } catch {
        Logger("Runtimes").warning(
          "a container that a killed node left is still there", LogField("name", found.name),
          LogField("why", error.message))
      }
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
      // It may run on: it counts for as long, and has what it writes to.
      Logger("Runtimes").warning(
        "a container cannot be removed", LogField("name", live.name),
        LogField("why", error.message))
      note { $0.stuck.append(live) }
      return
    }
    // Refused when thousands wait already: the next start does it.
    try? await Box.copies.run { live.home.remove() }
    note { $0.live[live.name] = nil }
  }

  /// Changes what there is, and tells who waits for nothing to be left.
  func note(_ change: (inout State) -> Void) {
    let emptied = state.withLock { state in
      change(&state)
      return state.isEmpty ? state.emptied : nil
    }
    emptied?.open()
  }

  private func retireStuck() {
    let stuck = state.withLock { state in
      defer { state.stuck = [] }
      return state.stuck
    }
    for live in stuck { retire(live) }
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

  /// Does what is not to be left half done when nobody wants its outcome any more: an engine that
  /// is asked to make a container may make it after whoever asked has gone.
  func uncancelled<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(RuntimeError) -> Value
  ) async throws(RuntimeError) -> Value {
    let gate = Gate()
    let outcome = Locked(Result<Value, RuntimeError>.failure(Self.stops))
    await loop.run { [tasks] in
      _ = tasks.start {
        let result: Result<Value, RuntimeError>
        do throws(RuntimeError) {
          result = .success(try await body())
        } catch {
          result = .failure(error)
        }
        outcome.withLock { $0 = result }
        gate.open()
      }
    }
    await gate.waitUncancelled()
    return try outcome.withLock { $0 }.get()
  }

  static let stops = RuntimeError(.cancelled, "the node stops and begins no more attempts")
  static let stopped = Ending.killed(reason: "the node stops")
}
