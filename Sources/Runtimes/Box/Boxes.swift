import Glibc
package import IO
import Primitives

// # Boxes
//
// Runs attempts: takes a warm box of the same creator and kind from the shelf or makes one, tells
// the box, and puts it back. Everything of an attempt happens on the loop of its box. A box that
// dies costs its attempt and nothing else.

/// All boxes of a node.
package final class Boxes: Component, Sendable {
  struct State {
    var shelf: BoxShelf
    var boxes: [BoxShelf.BoxNumber: Entry] = [:]
    var waiters: [BoxShelf.Request: Waiter] = [:]
    var nextRequest: BoxShelf.Request = 0
    var isOpen = false
    /// Set once no attempt begins any more.
    var drain: Drain?
    var rules: RuntimeRules
    /// Decides for others than the owner.
    var sharing: SharingState
    var tickets: [SharingState.Number: AttemptTicket] = [:]
    /// What boxes of others run on; nil is all.
    var processors: ProcessorSet?
    /// Who has which GPU.
    var claims = GraphicsClaims()
    let allProcessors = ProcessorSet.ofThisProcess()
    var idleWatch = IdleWatch()
    var nextLook: Instant?
    /// What did not work when it was last tried.
    var troubles: Set<String> = []
  }

  /// Opens when the last box is done, or, at the end, when the last is made.
  struct Drain {
    let gate = Gate()
    var isForMaking = false

    func isOver(_ shelf: BoxShelf) -> Bool {
      (isForMaking ? shelf.makingCount : shelf.busyCount) == 0
    }
  }

  struct Entry {
    var box: Box
    var creator: String
    var since = WallTime.now()
    /// Nil while it is on the shelf.
    var work: Work?
    var attempts = 1
  }

  /// A box for one use.
  struct Lease: Sendable {
    var number: BoxShelf.BoxNumber
    var box: Box
    /// No other use of any box has it.
    var use: UInt64
    var isFresh: Bool
  }

  /// In `State`, so that giving to somebody and their giving up are one after the other.
  struct Waiter {
    let gate = Gate()
    var action: BoxShelf.Action?
  }

  package let name = "boxes"
  package let settings: BoxSettings
  /// Nil where nothing is kept: then each box compiles what it runs.
  package let cache: WasmCache?
  let sharing: Sharing
  /// What runs attempts in containers; nil where none may.
  let containers: Containers?
  let loops: LoopGroup
  let home: EventLoop
  let retiring: TaskSet
  let state: Locked<State>
  /// Nil where the settings name it.
  let library: (@Sendable () throws(RuntimeError) -> String)?
  let libraryFound = Locked<Result<String, RuntimeError>?>(nil)
  let libraryGate = Gate()

  /// `library` finds the one for wasm and checks it; it may block. Without it the settings' is.
  package init(
    _ settings: BoxSettings, cache: WasmCache? = nil,
    limits: BoxShelf.Limits = BoxShelf.Limits(), sharing: Sharing = Sharing(),
    containers: Containers? = nil,
    on loops: LoopGroup,
    library: (@Sendable () throws(RuntimeError) -> String)? = nil
  ) {
    self.settings = settings
    self.cache = cache
    self.sharing = sharing
    self.containers = containers
    self.loops = loops
    home = loops.next()
    retiring = TaskSet(on: home)
    var state = State(
      shelf: BoxShelf(limits: limits), rules: settings.rules,
      sharing: SharingState(sharing.rules, pause: sharing.pause))
    state.processors = sharing.rules.cores.flatMap { state.allProcessors?.last($0) }
    self.state = Locked(state)
    self.library = library
  }

  /// What may run from now on.
  package var rules: RuntimeRules {
    get { state.withLock { $0.rules } }
    set { state.withLock { $0.rules = newValue } }
  }

  // MARK: - Life

  package func run(_ scope: ComponentScope) async throws {
    try await home.run {
      let lease = try await Box.blocking { [settings] () throws(RuntimeError) in
        settings.groups.sweep()
        return try BoxFolderLease(settings.folder)
      }
      defer { withExtendedLifetime(lease) {} }
      state.withLock { $0.isOpen = true }
      await servingContainers { stop in
        scope.started()
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await self.findLibrary() }
          group.addTask { await self.expire(scope) }
          await scope.stopRequested()
          group.cancelAll()
        }
        stop.open()
        await drain()
        await closeAll()
      }
    }
  }

  /// Keeps containers for as long as `body` runs; they begin to stop when it opens the gate.
  private func servingContainers(_ body: (_ stop: Gate) async -> Void) async {
    let scope = ComponentScope()
    await withTaskGroup(of: Void.self) { group in
      if let containers {
        group.addTask {
          defer { scope.started() }
          do {
            try await containers.run(scope)
          } catch {
            Logger("Runtimes").error("containers cannot be run", LogField("why", "\(error)"))
          }
        }
        await scope.startedGate.wait()
      }
      await body(scope.stopGate)
      scope.stopGate.open()
    }
  }

  private func expire(_ scope: ComponentScope) async {
    while !scope.isStopping && !Task.isCancelled {
      let actions = state.withLock { $0.shelf.expire(now: .now()) }
      perform(actions)
      await lookAround()
      do throws(SystemError) {
        try await home.sleep(for: .seconds(1))
      } catch {
        return
      }
    }
  }

  /// Lets what runs come to its end, for a while; nothing else begins.
  private func drain() async {
    let waiting = state.withLock { state in
      state.isOpen = false
      return state.waiters.values.map(\.gate)
    }
    for gate in waiting { gate.open() }
    await wait(for: Drain(), settings.limits.drain)
  }

  /// A box that is being made cannot be ended: it is waited for, `limits.start` at most.
  private func closeAll() async {
    end(state.withLock { $0.boxes.values.map(\.box) })
    await wait(for: Drain(isForMaking: true), nil)
    let boxes = state.withLock { $0.boxes.values.map(\.box) }
    end(boxes)
    for box in boxes { await box.close() }
    libraryGate.open()
    await retiring.waitForAll()
    await lookAround()
  }

  private func end(_ boxes: [Box]) {
    for box in boxes { box.loop.execute { box.end(.killed(reason: "the node stops")) } }
  }

  private func wait(for drain: Drain, _ time: Duration?) async {
    let isOver = state.withLock { state in
      state.drain = drain
      return drain.isOver(state.shelf)
    }
    if isOver { return }
    guard let time else { return await drain.gate.waitUncancelled() }
    let timer = home.schedule(after: time) { drain.gate.open() }
    await drain.gate.wait()
    home.cancel(timer)
  }

  /// Keeps them open for as long as `body` runs: where there is no node to do it.
  package func serving<Value: Sendable>(
    _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    let scope = ComponentScope()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // When it cannot start, `body` finds it closed.
        defer { scope.started() }
        try await self.run(scope)
      }
      await scope.startedGate.wait()
      let result: Result<Value, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      scope.stopGate.open()
      try await group.waitForAll()
      return try result.get()
    }
  }

  // MARK: - Attempts

  /// Runs an attempt to its end, whatever that is; throws when there was none. Output beyond what
  /// `sink` takes is kept in the result. Cancelled, it kills the box. `progress` hears how an image
  /// is fetched or built.
  package func run(
    _ attempt: Attempt, sink: BoxSink? = nil, progress: ContainerEngine.ProgressSink? = nil
  ) async throws(RuntimeError) -> AttemptResult {
    let began = WallTime.now()
    do throws(RuntimeError) {
      try rules.check(attempt)
      let ticket = try begin(attempt)
      defer { finish(ticket) }
      let result = try await withCards(attempt) { (attempt) async throws(RuntimeError) in
        attempt.runtime == .container
          ? try await runInContainer(attempt, ticket, sink, progress)
          : try await run(attempt, ticket, sink)
      }
      record(attempt, began: began, result)
      return result
    } catch {
      record(attempt, began: began, AttemptResult(.refused(error)))
      throw error
    }
  }

  private func runInContainer(
    _ attempt: Attempt, _ ticket: AttemptTicket, _ sink: BoxSink?,
    _ progress: ContainerEngine.ProgressSink?
  ) async throws(RuntimeError) -> AttemptResult {
    guard let containers else {
      throw RuntimeError(.absent, "containers do not run here: this node was given no engine")
    }
    // Others have fetched what the owner named, and nothing that they name.
    var pulls = attempt.creator == SharingState.owner
    if case .named = rules.images { pulls = true }
    return try await containers.run(
      attempt, ticket, on: processors(for: attempt.creator), pulls: pulls, sink, progress)
  }

  private func run(
    _ attempt: Attempt, _ ticket: AttemptTicket, _ sink: BoxSink?
  ) async throws(RuntimeError) -> AttemptResult {
    var settings = settings
    var image: SealedImage?
    if attempt.runtime == .wasm {
      settings = try await settingsWithLibrary()
      do throws(RuntimeError) {
        image = try await self.image(for: attempt)
      } catch {
        // A module that is none ends its attempt as one would that fails inside.
        guard error.code == .damaged || error.code == .refused else { throw error }
        return AttemptResult(.refused(error))
      }
    }
    settings.rules = rules
    let key = BoxShelf.Key(creator: attempt.creator, plan: settings.plan(for: attempt))
    while true {
      let work = Work(program: attempt.program, since: .now())
      let lease = try await obtain(key, work)
      // A warm box may have died on the shelf: that costs nobody an attempt.
      if !lease.isFresh, !lease.box.isAlive {
        release(lease.number, isGood: false)
        continue
      }
      if let reason = ticket.enter(lease.box) {
        release(lease.number, isGood: true)
        return AttemptResult(.killed(reason: reason))
      }
      let outcome: Result<AttemptResult, RuntimeError>
      do throws(RuntimeError) {
        outcome = .success(try await run(attempt, in: lease, image, sink))
      } catch {
        outcome = .failure(error)
      }
      ticket.leave()
      let isWhole = (try? outcome.get()) != nil  // What failed is thrown below.
      release(lease.number, isGood: isWhole && lease.box.isAlive)
      return try outcome.get()
    }
  }

  private func run(
    _ attempt: Attempt, in lease: Lease, _ image: SealedImage?, _ sink: BoxSink?
  ) async throws(RuntimeError) -> AttemptResult {
    let box = lease.box
    let gathered = Gathered()
    let inputs = InputFolder("\(box.home.folder)/in")
    let carriesProgram = attempt.file != nil && image == nil
    return try await endingIfCancelled(lease) { () async throws(RuntimeError) in
      var inside = BoxAttempt(attempt)
      if attempt.folder != nil || carriesProgram {
        let program = try await Box.blocking(on: Box.copies) { () throws(RuntimeError) in
          if let folder = attempt.folder { try inputs.fill(from: folder) { box.isAlive } }
          guard carriesProgram, let file = attempt.file else { return attempt.program }
          return try inputs.add(program: file, as: Self.name(of: file))
        }
        inside.program = program
      }
      var result = try await box.run(
        inside, descriptors: image.map { [$0.descriptor] } ?? [], results: attempt.results,
        sink ?? gathered.sink)
      gathered.move(to: &result)
      if attempt.folder != nil || carriesProgram {
        do throws(RuntimeError) {
          try await Box.blocking(on: Box.copies) { () throws(RuntimeError) in
            try inputs.empty()
          }
        } catch {
          // The result stands, and nobody else is to find what is left.
          box.end(.killed(reason: error.message))
        }
      }
      return result
    }
  }

  /// Runs `body` on the box's loop; when the task is cancelled the box ends, and so does `body`. A
  /// cancel that comes when `body` is over finds the box in nobody's or in another's use, and ends
  /// nothing.
  func endingIfCancelled(
    _ lease: Lease, _ body: @Sendable () async throws(RuntimeError) -> AttemptResult
  ) async throws(RuntimeError) -> AttemptResult {
    let (box, use) = (lease.box, lease.use)
    let outcome: Result<AttemptResult, RuntimeError> = await withTaskCancellationHandler {
      await box.loop.run {
        box.begin(use)
        defer { box.finish() }
        // It came before there was anything to end.
        if Task.isCancelled { return .failure(Self.givenUp) }
        do throws(RuntimeError) {
          return .success(try await body())
        } catch {
          return .failure(error)
        }
      }
    } onCancel: {
      box.loop.execute { box.end(use, .killed(reason: "nobody wants it any more")) }
    }
    return try outcome.get()
  }

  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? "program"
  }
}
