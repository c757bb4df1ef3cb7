package import IO
import Primitives

/// Runs attempts in containers of the machine's engine, and knows which are ours. Everything of it
/// happens on one loop.
package final class Containers: Component, Sendable {
  /// A container of an attempt, as the machine's owner sees it.
  package struct Report: Sendable, Equatable {
    package var name: String
    package var creator: String
    package var image: String
    package var process: Int32?
    package var isBusy: Bool
  }

  struct State {
    var isOpen = false
    var engine: ContainerEngine?
    var kept: KeptContainers<LiveContainer>
    var live: [String: LiveContainer] = [:]
    /// About to be made.
    var making = 0
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
      try await Box.blocking { [settings] () throws(RuntimeError) in
        try Self.prepare(settings.folder)
      }
      state.withLock { $0.isOpen = true }
      do throws(RuntimeError) {
        _ = try await engine()
      } catch {
        // None runs now: whoever needs one is told why.
      }
      scope.started()
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.expire(scope) }
        await scope.stopRequested()
        group.cancelAll()
      }
      await closeAll()
    }
  }

  /// Folders of a node that was killed. Its containers go when the engine is found.
  private static func prepare(_ folder: String) throws(RuntimeError) {
    let slash = folder.lastIndex(of: "/") ?? folder.startIndex
    do throws(SystemError) {
      let parent = try FolderHandle(String(folder[..<slash]))
      let name = String(folder[folder.index(after: slash)...])
      if try parent.info(name) == nil { try parent.makeFolder(name, mode: 0o700) }
      for entry in try parent.folder(name).entries(limit: 100_000) {
        ContainerHome.remove("\(folder)/\(entry.name)")
      }
    } catch {
      throw RuntimeError(error)
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

  private func closeAll() async {
    let (kept, live) = state.withLock { state in
      state.isOpen = false
      return (state.kept.removeAll(), Array(state.live.values))
    }
    let idle = Set(kept.map(\.name))
    for one in kept { retire(one) }
    for one in live where !idle.contains(one.name) {
      end(one, .killed(reason: "the node stops"))
    }
    await tasks.waitForAll()
    if let engine = state.withLock({ $0.engine }) { await engine.close() }
  }

  // MARK: - The engine

  /// The machine's engine, found at the first call that finds one; containers of attempts that a
  /// node of ours left behind are gone then.
  package func engine() async throws(RuntimeError) -> ContainerEngine {
    if let engine = state.withLock({ $0.engine }) { return engine }
    let engine = try await ContainerEngine.find(environment, on: loop)
    let isFirst = state.withLock { state in
      if state.engine != nil { return false }
      state.engine = engine
      return true
    }
    guard isFirst, let known = state.withLock({ $0.engine }), known === engine else {
      await engine.close()
      return try await self.engine()
    }
    let ours = state.withLock { Set($0.live.keys) }
    let labels = [ContainerSettings.Label.node: settings.node]
    for found in try await engine.list(labels: labels)
    where found.labels[ContainerSettings.Label.kind] == "attempt" && !ours.contains(found.name) {
      try await engine.remove(found.id)
    }
    return engine
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
    state.withLock { _ = $0.live.removeValue(forKey: live.name) }
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

  // MARK: - For the owner

  package var reports: [Report] {
    state.withLock { state in
      state.live.values.map {
        Report(
          name: $0.name, creator: $0.key.creator, image: $0.image.id,
          process: $0.process.withLock { $0 }, isBusy: $0.isBusy.withLock { $0 })
      }
    }.sorted { $0.name < $1.name }
  }

  /// Ends an attempt's container; false when there is none of that name.
  package func kill(_ name: String, reason: String) -> Bool {
    guard let live = state.withLock({ $0.live[name] }) else { return false }
    loop.execute { [self] in end(live, .killed(reason: reason)) }
    return true
  }
}
