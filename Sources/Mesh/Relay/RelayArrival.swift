import IO
import Primitives

/// A connection that showed its ticket and waits to hear where it belongs.
final class RelayArrival: Sendable {
  struct Place: Sendable {
    let meeting: RelayMeeting
    let isCaller: Bool
  }

  private struct State {
    var place: Place?
    /// Its task has gone on without a place.
    var isGone = false
  }

  private let state = Locked(State())
  private let gate = Gate()

  /// Nil: nowhere. False when it no longer waits.
  @discardableResult
  func settle(_ place: Place?) -> Bool {
    let isWaiting = state.withLock { state in
      guard !state.isGone, !gate.isOpen else { return false }
      state.place = place
      return true
    }
    gate.open()
    return isWaiting
  }

  /// Nil when it belongs nowhere or its task is cancelled.
  func settled() async -> Place? {
    await gate.wait()
    return state.withLock { state in
      if state.place == nil { state.isGone = true }
      return state.place
    }
  }
}

/// Where the two connections of a circuit find each other, whatever loops they are on.
final class RelayMeeting: Sendable {
  enum Turn {
    /// The other one comes, and does the work.
    case first
    case second(caller: DetachedSocket, target: DetachedSocket)
    case over
  }

  private struct State {
    var waiting: DetachedSocket?
    var isOver = false
    var stopSplice: (@Sendable () -> Void)?
  }

  let circuit: UInt64
  let ended = Gate()
  private let state = Locked(State())

  init(circuit: UInt64) { self.circuit = circuit }

  /// Without a socket, because its connection went, both are over.
  func add(_ socket: DetachedSocket?, isCaller: Bool) -> Turn {
    guard let socket else {
      end()
      return .over
    }
    return state.withLock { state in
      if state.isOver { return .over }
      guard let other = state.waiting else {
        state.waiting = socket
        return .first
      }
      state.waiting = nil
      return isCaller
        ? .second(caller: socket, target: other) : .second(caller: other, target: socket)
    }
  }

  func spliced(stop: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      state.stopSplice = stop
      return state.isOver
    }
    if isOver { stop() }
  }

  /// Breaks it, wherever it is.
  func stop() {
    let stopSplice = state.withLock { state in
      state.isOver = true
      state.waiting = nil
      return state.stopSplice
    }
    // The splice's end is the end then.
    if let stopSplice { stopSplice() } else { ended.open() }
  }

  func end() {
    state.withLock { state in
      state.isOver = true
      state.waiting = nil
      state.stopSplice = nil
    }
    ended.open()
  }
}
