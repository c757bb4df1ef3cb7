import IO
import Primitives

/// Passes values from some tasks to another, a few at a time: whoever gives waits for room. Small
/// values are many at a time where each has a cost. A value that was taken keeps its room until it
/// is `done`.
final class Handoff<Value: Sendable>: Sendable {
  private struct State: Sendable {
    var values: [Value] = []
    /// Of those that wait and of those that were taken and are not done.
    var cost = 0
    var isClosed = false
  }

  private let state = Locked(State())
  private let changes = Broadcast()
  private let limit: Int
  private let cost: @Sendable (Value) -> Int

  /// Takes values until they cost as much as the limit, or more.
  init(limit: Int, cost: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
    self.limit = limit
    self.cost = cost
  }

  var isFull: Bool { state.withLock { $0.cost >= limit } }

  /// False when it is not wanted any more, or the task is cancelled.
  @discardableResult
  func put(_ value: Value) async -> Bool {
    while !Task.isCancelled {
      let gate = changes.next()
      let isDone = state.withLock { state -> Bool? in
        if state.isClosed { return false }
        if state.cost >= limit { return nil }
        state.values.append(value)
        state.cost += cost(value)
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

  /// Without waiting: false when there is no room, or it is not wanted any more.
  func offer(_ value: Value) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isClosed, state.cost < limit else { return false }
      state.values.append(value)
      state.cost += cost(value)
      return true
    }
    if isTaken { changes.announce() }
    return isTaken
  }

  /// Nil once it is closed and empty, or the task is cancelled.
  func take() async -> Value? { await take { $0.removeFirst() } }

  /// What is there up to that cost, one at least.
  func take(worth bound: Int) async -> [Value]? {
    await take { [cost] values in
      var (count, sum) = (0, 0)
      for value in values {
        sum += cost(value)
        if count > 0, sum > bound { break }
        count += 1
      }
      defer { values.removeFirst(count) }
      return Array(values.prefix(count))
    }
  }

  private func take<Taken>(_ body: (inout [Value]) -> Taken) async -> Taken? {
    while !Task.isCancelled {
      let gate = changes.next()
      let (taken, isOver) = state.withLock { state -> (Taken?, Bool) in
        if state.values.isEmpty { return (nil, state.isClosed) }
        return (body(&state.values), false)
      }
      if let taken { return taken }
      if isOver { return nil }
      await gate.wait()
    }
    return nil
  }

  /// Makes the room of what was taken free again.
  func done(_ cost: Int) {
    state.withLock { $0.cost -= cost }
    changes.announce()
  }

  /// What is there can still be taken.
  func close() {
    state.withLock { $0.isClosed = true }
    changes.announce()
  }
}
