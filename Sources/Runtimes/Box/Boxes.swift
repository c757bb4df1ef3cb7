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
  /// A box as its owner sees it.
  package struct Report: Sendable, Equatable {
    package var name: String
    package var creator: String
    package var runtime: Runtime
    package var process: Int32
    package var isBusy: Bool
    package var layers: [BoxLayer]
  }

  private struct State {
    var shelf: BoxShelf
    var boxes: [BoxShelf.BoxNumber: Entry] = [:]
    var requests: [BoxShelf.Request: Waiter] = [:]
    var nextRequest: BoxShelf.Request = 0
    var isOpen = false
  }

  private struct Entry {
    var box: Box
    var creator: String
    var isBusy = true
  }

  private final class Waiter: Sendable {
    let gate = Gate()
    let action = Locked<BoxShelf.Action?>(nil)
  }

  package let name = "boxes"
  package let settings: BoxSettings
  private let loops: LoopGroup
  private let home: EventLoop
  private let retiring: TaskSet
  private let state: Locked<State>

  package init(
    _ settings: BoxSettings, limits: BoxShelf.Limits = BoxShelf.Limits(), on loops: LoopGroup
  ) {
    self.settings = settings
    self.loops = loops
    home = loops.next()
    retiring = TaskSet(on: home)
    state = Locked(State(shelf: BoxShelf(limits: limits)))
  }

  // MARK: - Life

  package func run(_ scope: ComponentScope) async throws {
    try await home.run {
      try await Box.blocking { [settings] () throws(RuntimeError) in try Self.clean(settings) }
      state.withLock { $0.isOpen = true }
      scope.started()
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.expire(scope) }
        await scope.stopRequested()
        group.cancelAll()
      }
      await closeAll()
    }
  }

  /// What a node that was killed left behind. Nobody else uses the folder: the node holds its lock.
  private static func clean(_ settings: BoxSettings) throws(RuntimeError) {
    settings.groups.sweep()
    if mkdir(settings.folder, 0o700) != 0 && errno != EEXIST {
      throw RuntimeError(SystemError("making \(settings.folder)"))
    }
    for name in ControlFile.names(in: settings.folder) {
      BoxHome.removeFolder("\(settings.folder)/\(name)")
    }
  }

  private func expire(_ scope: ComponentScope) async {
    while !scope.isStopping && !Task.isCancelled {
      let actions = state.withLock { $0.shelf.expire(now: .now()) }
      perform(actions)
      do throws(SystemError) {
        try await home.sleep(for: .seconds(1))
      } catch {
        return
      }
    }
  }

  private func closeAll() async {
    let (boxes, waiters) = state.withLock { state in
      state.isOpen = false
      defer { state.requests = [:] }
      return (state.boxes.values.map(\.box), Array(state.requests.values))
    }
    for waiter in waiters { waiter.gate.open() }
    for box in boxes { await box.close() }
    await retiring.waitForAll()
  }

  // MARK: - Attempts

  /// Runs an attempt to its end, whatever that is; throws when there was none. Output beyond what
  /// `sink` takes is kept in the result. Cancelled, it kills the box.
  package func run(
    _ attempt: Attempt, sink: BoxSink? = nil
  ) async throws(RuntimeError) -> AttemptResult {
    try attempt.limits.check()
    let key = BoxShelf.Key(creator: attempt.creator, plan: settings.plan(for: attempt))
    while true {
      let (number, box, isFresh) = try await obtain(key)
      // A warm box may have died on the shelf: that costs nobody an attempt.
      if !isFresh, !box.isAlive {
        release(number, isGood: false)
        continue
      }
      return try await run(attempt, in: box, number, sink)
    }
  }

  private func run(
    _ attempt: Attempt, in box: Box, _ number: BoxShelf.BoxNumber, _ sink: BoxSink?
  ) async throws(RuntimeError) -> AttemptResult {
    let gathered = Gathered()
    let outcome: Result<AttemptResult, RuntimeError> = await withTaskCancellationHandler {
      await box.loop.run {
        do throws(RuntimeError) {
          let inputs = InputFolder("\(box.home.folder)/in")
          if let folder = attempt.folder {
            try await Box.blocking { () throws(RuntimeError) in try inputs.fill(from: folder) }
          }
          var result = try await box.run(
            BoxAttempt(attempt), results: attempt.results, sink ?? gathered.sink)
          gathered.move(to: &result)
          if attempt.folder != nil {
            try await Box.blocking { () throws(RuntimeError) in try inputs.empty() }
          }
          return .success(result)
        } catch {
          return .failure(error)
        }
      }
    } onCancel: {
      box.loop.execute { box.end(.killed(reason: "nobody wants it any more")) }
    }
    let isWhole = (try? outcome.get()) != nil  // What failed is thrown below.
    release(number, isGood: isWhole && box.isAlive)
    return try outcome.get()
  }

  // MARK: - The shelf

  private func obtain(
    _ key: BoxShelf.Key
  ) async throws(RuntimeError) -> (BoxShelf.BoxNumber, Box, isFresh: Bool) {
    let waiter = Waiter()
    let (request, actions) = try state.withLock { (state) throws(RuntimeError) in
      guard state.isOpen else { throw Self.closed }
      state.nextRequest += 1
      state.requests[state.nextRequest] = waiter
      return (state.nextRequest, state.shelf.ask(state.nextRequest, key))
    }
    perform(actions)
    await waiter.gate.wait()
    let action = state.withLock { state in
      state.requests[request] = nil
      let action = waiter.action.withLock { $0 }
      if action == nil { state.shelf.cancel(request) }
      return action
    }
    switch action {
    case .give(_, let number)?:
      return state.withLock { state in
        guard let box = state.boxes[number]?.box else {
          preconditionFailure("the shelf gave a box that is not there")
        }
        state.boxes[number]?.isBusy = true
        return (number, box, false)
      }
    case .make?: return try await make(request, key)
    case .refuse?:
      throw RuntimeError(.busy, "too many attempts wait for a box already: try again later")
    case .retire?, nil:
      throw Task.isCancelled
        ? RuntimeError(.cancelled, "the attempt was given up before it began") : Self.closed
    }
  }

  private func make(
    _ request: BoxShelf.Request, _ key: BoxShelf.Key
  ) async throws(RuntimeError) -> (BoxShelf.BoxNumber, Box, isFresh: Bool) {
    let box: Box
    do throws(RuntimeError) {
      box = try await Box.make(key.plan, settings, on: loops.next())
    } catch {
      perform(state.withLock { $0.shelf.failed(request) })
      throw error
    }
    let (number, isOpen) = state.withLock { state in
      let number = state.shelf.made(request)
      state.boxes[number] = Entry(box: box, creator: key.creator)
      return (number, state.isOpen)
    }
    guard isOpen else {
      release(number, isGood: false)
      throw Self.closed
    }
    return (number, box, true)
  }

  private func release(_ number: BoxShelf.BoxNumber, isGood: Bool) {
    perform(
      state.withLock { state in
        state.boxes[number]?.isBusy = false
        return state.shelf.release(number, isGood: isGood && state.isOpen, now: .now())
      })
  }

  private func perform(_ actions: [BoxShelf.Action]) {
    for action in actions {
      switch action {
      case .give(let request, _), .make(let request), .refuse(let request):
        give(action, to: request)
      case .retire(let number):
        guard let box = state.withLock({ $0.boxes.removeValue(forKey: number) })?.box else {
          continue
        }
        home.execute { [retiring] in retiring.start { await box.close() } }
      }
    }
  }

  /// Whoever gave up meanwhile gets nothing: what was meant for them goes back.
  private func give(_ action: BoxShelf.Action, to request: BoxShelf.Request) {
    let waiter = state.withLock { $0.requests[request] }
    if let waiter {
      waiter.action.withLock { $0 = action }
      waiter.gate.open()
      return
    }
    switch action {
    case .give(_, let number): release(number, isGood: true)
    case .make: perform(state.withLock { $0.shelf.failed(request) })
    case .refuse, .retire: break
    }
  }

  private static let closed = RuntimeError(.cancelled, "the node stops and begins no more attempts")

  // MARK: - For the owner

  package var reports: [Report] {
    state.withLock { state in
      state.boxes.values.map {
        Report(
          name: $0.box.name, creator: $0.creator, runtime: $0.box.plan.runtime,
          process: $0.box.process, isBusy: $0.isBusy, layers: $0.box.layers)
      }
    }.sorted { $0.name < $1.name }
  }

  /// Ends a box, with what runs in it; false when there is none of that name.
  package func kill(_ name: String, reason: String) -> Bool {
    guard
      let entry = state.withLock({ state in state.boxes.first { $0.value.box.name == name } })
    else { return false }
    let box = entry.value.box
    box.loop.execute { box.end(.killed(reason: reason)) }
    perform(state.withLock { $0.shelf.drop(entry.key) })
    return true
  }
}
