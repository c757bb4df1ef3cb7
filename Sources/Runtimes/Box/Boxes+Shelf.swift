import IO
import Primitives

// Carries out what the shelf decides.
extension Boxes {
  func obtain(
    _ key: BoxShelf.Key, _ work: Work
  ) async throws(RuntimeError) -> Lease {
    let waiter = Waiter()
    let (request, actions) = try state.withLock { (state) throws(RuntimeError) in
      guard state.isOpen else { throw Self.closed }
      state.nextRequest += 1
      state.waiters[state.nextRequest] = waiter
      return (state.nextRequest, state.shelf.ask(state.nextRequest, key))
    }
    perform(actions)
    await waiter.gate.wait()
    let (action, isOpen) = state.withLock { state in
      let action = state.waiters.removeValue(forKey: request)?.action
      if action == nil { state.shelf.cancel(request) }
      return (action, state.isOpen)
    }
    guard isOpen else {
      if let action { takeBack(action) }
      throw Self.closed
    }
    switch action {
    case .give(_, let number)?:
      return state.withLock { state in
        guard let box = state.boxes[number]?.box else {
          preconditionFailure("the shelf gave a box that is not there")
        }
        state.boxes[number]?.work = work
        state.boxes[number]?.attempts += 1
        return Lease(number: number, box: box, use: request, isFresh: false)
      }
    case .make?: return try await make(request, key, work)
    case .refuse?:
      throw RuntimeError(.busy, "too many attempts wait for a box already: try again later")
    case .retire?, nil: throw Self.givenUp
    }
  }

  private func make(
    _ request: BoxShelf.Request, _ key: BoxShelf.Key, _ work: Work
  ) async throws(RuntimeError) -> Lease {
    let box: Box
    var settings = settings
    let processors = processors(for: key.creator)
    if let processors { settings.processors = processors.description }
    do throws(RuntimeError) {
      box = try await Box.make(key.plan, settings, on: loops.next())
    } catch {
      perform(state.withLock { $0.shelf.failed(request) })
      throw error
    }
    let (number, isOpen) = state.withLock { state in
      let number = state.shelf.made(request)
      state.boxes[number] = Entry(box: box, creator: key.creator, work: work)
      return (number, state.isOpen)
    }
    guard isOpen else {
      release(number, isGood: false)
      throw Self.closed
    }
    do throws(RuntimeError) {
      try await hold(box, of: key.creator, to: processors)
    } catch {
      release(number, isGood: false)
      throw error
    }
    return Lease(number: number, box: box, use: request, isFresh: true)
  }

  /// There may be no group that keeps it there, or the owner may have decided anew meanwhile.
  private func hold(
    _ box: Box, of creator: String, to processors: ProcessorSet?
  ) async throws(RuntimeError) {
    let wanted = self.processors(for: creator)
    guard wanted != processors || (wanted != nil && !box.hasProcessors) else { return }
    guard let set = wanted ?? state.withLock({ $0.allProcessors }) else { return }
    try await Box.blocking { box.setProcessors(set) }
  }

  func release(_ number: BoxShelf.BoxNumber, isGood: Bool) {
    perform(
      state.withLock { state in
        state.boxes[number]?.work = nil
        return state.shelf.release(number, isGood: isGood && state.isOpen, now: .now())
      })
  }

  func perform(_ actions: [BoxShelf.Action]) {
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
    let drain = state.withLock { state in
      state.drain.flatMap { $0.isOver(state.shelf) ? $0 : nil }
    }
    drain?.gate.open()
  }

  /// Whoever gave up meanwhile gets nothing: what was meant for them goes back.
  private func give(_ action: BoxShelf.Action, to request: BoxShelf.Request) {
    let gate = state.withLock { state in
      state.waiters[request]?.action = action
      return state.waiters[request]?.gate
    }
    if let gate {
      gate.open()
    } else {
      takeBack(action)
    }
  }

  private func takeBack(_ action: BoxShelf.Action) {
    switch action {
    case .give(_, let number): release(number, isGood: true)
    case .make(let request): perform(state.withLock { $0.shelf.failed(request) })
    case .refuse, .retire: break
    }
  }

  static let givenUp = RuntimeError(.cancelled, "the attempt was given up before it began")
  static let closed = RuntimeError(.cancelled, "the node stops and begins no more attempts")
}
