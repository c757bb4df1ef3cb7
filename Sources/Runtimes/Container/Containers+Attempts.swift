import IO
import Primitives

extension Containers {
  /// Runs an attempt to its end, whatever that is; throws when there was none. Its program is an
  /// image: a reference, a tar among its inputs (`/in/image.tar`), or its file. Its arguments stand
  /// behind the image's entry point, in place of the image's own. Whoever holds the ticket may end
  /// it.
  package func run(
    _ attempt: Attempt, sink: BoxSink? = nil, progress: ContainerEngine.ProgressSink? = nil
  ) async throws(RuntimeError) -> AttemptResult {
    try await run(attempt, AttemptTicket(0), on: nil, pulls: true, sink, progress)
  }

  /// On these processors only; nil is all that settings give. Without `pulls` it is an image that
  /// is here. The time to get the image is the attempt's.
  func run(
    _ attempt: Attempt, _ ticket: AttemptTicket, on processors: ProcessorSet?, pulls: Bool,
    _ sink: BoxSink?, _ progress: ContainerEngine.ProgressSink?
  ) async throws(RuntimeError) -> AttemptResult {
    try attempt.limits.check()
    let gathered = Gathered()
    return try await loop.run { () async throws(RuntimeError) in
      let isOpen = state.withLock { state in
        if state.isOpen { state.attempts += 1 }
        return state.isOpen
      }
      guard isOpen else { throw Self.stops }
      defer { note { $0.attempts -= 1 } }
      let started = Instant.now()
      let engine = try await engine()
      let deadline = Instant.now().advanced(by: attempt.limits.time)
      guard
        let loan = try await loan(
          for: attempt, pulls: pulls, until: deadline, engine, progress ?? { _ in })
      else { return AttemptResult(.timedOut) }
      defer { giveBack(loan) }
      var attempt = attempt
      attempt.limits.time = Instant.now().duration(to: deadline)
      let live = try await obtain(attempt, loan.image, processors, engine)
      if let reason = ticket.enter(ContainerPlace(containers: self, live: live)) {
        await removeUncancelled(live)
        return AttemptResult(.killed(reason: reason))
      }
      defer { ticket.leave() }
      var result: AttemptResult
      do throws(RuntimeError) {
        result = try await perform(attempt, in: live, engine, sink ?? gathered.sink)
      } catch {
        await removeUncancelled(live)
        // Whatever failed for it, it was ended.
        guard error.code != .cancelled, let doom = live.doom.withLock({ $0 }) else { throw error }
        result = AttemptResult(doom)
      }
      ticket.leave()
      await giveBack(live)
      gathered.move(to: &result)
      result.usage.time = started.duration(to: .now())
      return result
    }
  }

  // MARK: - The container

  private func obtain(
    _ attempt: Attempt, _ image: ContainerEngine.Image, _ processors: ProcessorSet?,
    _ engine: ContainerEngine
  ) async throws(RuntimeError) -> LiveContainer {
    var key = KeptContainers<LiveContainer>.Key(
      creator: attempt.creator, image: image.id, limits: attempt.limits,
      cards: attempt.cards.map(\.address))
    key.processors = processors?.description ?? settings.processorSet
    if let live = state.withLock({ $0.kept.take(key) }) {
      live.begin(attempt)
      return live
    }
    try await makeRoom()
    defer { state.withLock { $0.making -= 1 } }
    let (parent, mounts) = (settings.folder, settings.mounts)
    let home = try await Box.blocking { () throws(RuntimeError) in
      try ContainerHome(attempt.limits, in: parent, mounts: mounts)
    }
    // What was written to memory that the engine made stays in it.
    let isKept = settings.keeps > .zero && home.isMounted && image.volumes.isEmpty
    let live = LiveContainer(home, key, image, isKept: isKept)
    live.begin(attempt)
    let isClosing = state.withLock { state in
      state.live[live.name] = live
      return state.isClosing
    }
    if isClosing { end(live, Self.stopped) }
    do throws(RuntimeError) {
      let plan = try plan(attempt, live, engine)
      _ = try await uncancelled { () async throws(RuntimeError) in
        try await engine.create(plan, name: live.name)
      }
      if let volume = try await engine.inspect(live.name).volumes.first {
        throw RuntimeError(
          .refused,
          "the engine gives \(volume) of the container room on the disk that nobody bounds: give "
            + "an image without volumes")
      }
      if isKept { try await start(live, engine) }
      return live
    } catch {
      await removeUncancelled(live)
      throw error
    }
  }

  private func makeRoom() async throws(RuntimeError) {
    let most = settings.limits.containers
    let (isOpen, isRoom, old) = state.withLock { state in
      let isFull = state.live.count + state.making >= most
      let old = isFull ? state.kept.giveUpOldest() : nil
      let isRoom = !isFull || old != nil
      if isRoom { state.making += 1 }
      return (state.isOpen, isRoom, old)
    }
    if let old { await removeUncancelled(old) }
    guard isOpen, isRoom else {
      if isRoom { state.withLock { $0.making -= 1 } }
      throw isOpen
        ? RuntimeError(.busy, "\(most) containers run already: try again later")
        : Self.stops
    }
  }

  private func plan(
    _ attempt: Attempt, _ live: LiveContainer, _ engine: ContainerEngine
  ) throws(RuntimeError) -> ContainerPlan {
    var plan = ContainerPlan(image: live.image.id)
    live.home.furnish(&plan, for: engine.version.kind, isKept: live.isKept)
    try plan.cover(
      live.image.volumes, bytes: attempt.limits.fileBytes, files: attempt.limits.files)
    plan.labels = [
      ContainerSettings.Label.node: settings.node,
      ContainerSettings.Label.keeper: "\(ProcessMark.own)",
      ContainerSettings.Label.creator: attempt.creator,
      ContainerSettings.Label.kind: "attempt",
    ]
    plan.memory = attempt.limits.memory
    plan.processes = attempt.limits.processes
    plan.descriptors = attempt.limits.descriptors
    plan.processors = settings.processors
    plan.processorSet = live.key.processors
    plan.log = .none
    plan.give(attempt.cards)
    plan.keepsUser =
      engine.version.kind == .podman && !UserMap.free.contains { $0.contains(plan.user.user) }
    plan.folder = folder(live.image)
    if live.isKept {
      plan.entrypoint = [Sleeper.path]
      plan.command = []
    } else {
      plan.command = attempt.arguments.isEmpty ? nil : attempt.arguments
      plan.environment = variables(attempt)
      plan.takesInput = !attempt.input.isEmpty
    }
    return plan
  }

  private func folder(_ image: ContainerEngine.Image) -> String {
    image.folder.isEmpty || image.folder == "/" ? WorkFolder.path : image.folder
  }

  private func variables(_ attempt: Attempt) -> [String: String] {
    ["HOME": WorkFolder.path].merging(attempt.environment) { _, own in own }
  }

  private func start(
    _ live: LiveContainer, _ engine: ContainerEngine
  ) async throws(RuntimeError) {
    try await engine.start(live.name)
    let state = try await engine.inspect(live.name)
    guard let process = state.process else { return }
    live.process.withLock { $0 = process }
    let meter = ContainerMeter(process: process, container: state.id)
    live.meter.withLock { $0 = meter }
  }

  /// A kept one waits for the next attempt where it is as new; everything else goes.
  private func giveBack(_ live: LiveContainer) async {
    live.work.withLock { $0 = nil }
    let isOpen = state.withLock { $0.isOpen }
    var isGood = live.isKept && isOpen && live.doom.withLock { $0 } == nil
    // Whatever the attempt left running may not see the next one.
    if isGood { isGood = live.meter.withLock { $0 }?.processes?.count == 1 }
    if isGood {
      do throws(RuntimeError) {
        try await Box.blocking { () throws(RuntimeError) in try live.home.reset() }
      } catch {
        isGood = false
      }
    }
    guard isGood else { return await removeUncancelled(live) }
    for old in state.withLock({ $0.kept.put(live, live.key, now: .now()) }) { retire(old) }
  }

  // MARK: - The attempt

  private func perform(
    _ attempt: Attempt, in live: LiveContainer, _ engine: ContainerEngine, _ sink: BoxSink
  ) async throws(RuntimeError) -> AttemptResult {
    if let doom = live.doom.withLock({ $0 }) { return AttemptResult(doom) }
    let files = try ResultFolder(attempt.results, limits: attempt.limits)
    if let folder = attempt.folder {
      let inputs = live.home.inputs
      try await Box.blocking { () throws(RuntimeError) in try inputs.fill(from: folder) }
    }
    let before = live.reading
    live.meter.withLock { $0 }?.resetPeak()
    let status: Int32
    let reading: ContainerMeter.Reading
    if live.isKept {
      let (exec, streams) = try await engine.execute(execution(attempt, live), in: live.name)
      try await carry(attempt, streams, live, sink)
      status = try await self.status(of: exec, live, engine)
      reading = live.reading
    } else {
      let streams = try await engine.attach(live.name, takesInput: !attempt.input.isEmpty)
      do throws(RuntimeError) {
        try await start(live, engine)
        // Who ended it before it ran ended nothing.
        if live.doom.withLock({ $0 }) != nil { try await engine.kill(live.name) }
      } catch {
        streams.close()
        throw error
      }
      try await carry(attempt, streams, live, sink)
      // The group goes soon after the program: what it counted is asked for first.
      reading = live.reading
      status = try await engine.wait(live.name, for: settings.limits.grace)
    }
    let ending = try await truth(
      status, live, killsBefore: before.memoryKills ?? 0, reading, engine)
    var result = AttemptResult(ending)
    result.usage.peakMemory = reading.peakMemory
    result.usage.userTime = reading.userTime - before.userTime
    result.usage.systemTime = reading.systemTime - before.systemTime
    await collect(files, live, into: &result)
    return result
  }

  private func collect(
    _ files: ResultFolder, _ live: LiveContainer, into result: inout AttemptResult
  ) async {
    do throws(RuntimeError) {
      try await Box.blocking { () throws(RuntimeError) in try live.home.collect(into: files) }
      result.files = files.files
    } catch {
      // How it was ended says more than what it left in the middle.
      if live.doom.withLock({ $0 }) == nil { result.ending = .refused(error) }
    }
  }

  private func execution(
    _ attempt: Attempt, _ live: LiveContainer
  ) -> ContainerEngine.Execution {
    let image = live.image
    let command = attempt.arguments.isEmpty ? image.command : attempt.arguments
    var execution = ContainerEngine.Execution(image.entrypoint + command)
    execution.environment = variables(attempt)
    execution.takesInput = !attempt.input.isEmpty
    execution.folder = folder(image)
    return execution
  }

  private func status(
    of exec: String, _ live: LiveContainer, _ engine: ContainerEngine
  ) async throws(RuntimeError) -> Int32 {
    if live.doom.withLock({ $0 }) != nil { return 0 }
    let deadline = Instant.now().advanced(by: settings.limits.status)
    while true {
      if let status = try await engine.status(ofExecution: exec) { return status }
      guard Instant.now() < deadline else {
        throw RuntimeError(.lost, "the container engine does not say how a program ended")
      }
      do throws(SystemError) {
        try await loop.sleep(for: .milliseconds(5))
      } catch {
        throw RuntimeError(.cancelled, error.message)
      }
    }
  }

  /// How it ended. Engines tell a signal as 128 and its number, which a program may say of itself.
  private func truth(
    _ status: Int32, _ live: LiveContainer, killsBefore: Int64,
    _ reading: ContainerMeter.Reading, _ engine: ContainerEngine
  ) async throws(RuntimeError) -> Ending {
    if let doom = live.doom.withLock({ $0 }) { return doom }
    if status == 0 { return .exited(status: 0) }
    if let kills = reading.memoryKills {
      if kills > killsBefore { return .outOfMemory }
      if live.isKept { return .exited(status: status) }
    }
    if try await engine.inspect(live.name).hadNoMemory { return .outOfMemory }
    // Podman's flag stays down on some machines. Nobody inside can send KILL to the first process,
    // and we did not: where the group can no longer be asked, memory is what is left.
    if engine.version.kind == .podman, status == 137, reading.memoryKills == nil {
      return .outOfMemory
    }
    return .exited(status: status)
  }
}
