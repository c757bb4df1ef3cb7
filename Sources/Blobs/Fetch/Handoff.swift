import IO
import Primitives

/// Passes values from some tasks to another, a few at a time: whoever gives waits for room.
final class Handoff<Value: Sendable>: Sendable {
  private struct State: Sendable {
    var values: [Value] = []
    var isClosed = false
  }

  private let state = Locked(State())
  private let changes = Broadcast()
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  var isFull: Bool { state.withLock { $0.values.count >= limit } }

  /// False when it is not wanted any more, or the task is cancelled.
  @discardableResult
  func put(_ value: Value) async -> Bool {
    while !Task.isCancelled {
      let gate = changes.next()
      let isDone = state.withLock { state -> Bool? in
        if state.isClosed { return false }
        if state.values.count >= limit { return nil }
        state.values.append(value)
        return true
      }
      if let isDone {
        if isDone { changes.announce() }
        return isDone
      }
      await gate.wait()
    }
    return false
  }

  /// Nil once it is closed and empty, or the task is cancelled.
  func take() async -> Value? {
    while !Task.isCancelled {
      let gate = changes.next()
      let (value, isOver) = state.withLock { state -> (Value?, Bool) in
        if state.values.isEmpty { return (nil, state.isClosed) }
        return (state.values.removeFirst(), false)
      }
      if let value {
        changes.announce()
        return value
      }
      if isOver { return nil }
      await gate.wait()
    }
    return nil
  }

  /// What is there can still be taken.
  func close() {
    state.withLock { $0.isClosed = true }
    changes.announce()
  }
}
