import IO
import Primitives

/// So many modules are compiled at once; the others wait in the order in which they came.
final class CompilerTurns: Sendable {
  private struct State {
    var free: Int
    var waiting: [Gate] = []
  }

  private let state: Locked<State>
  private let limit: Int

  init(count: Int, waiting limit: Int) {
    state = Locked(State(free: count))
    self.limit = limit
  }

  /// Throws when too many wait already, and when the task is cancelled while it waits.
  func run<Value>(_ body: () async throws -> Value) async throws -> Value {
    try await take()
    defer { give() }
    return try await body()
  }

  private func take() async throws {
    let gate = try state.withLock { (state) throws(RuntimeError) -> Gate? in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      guard state.waiting.count < limit else {
        throw RuntimeError(.busy, "too many modules wait to be compiled: try again later")
      }
      let gate = Gate()
      state.waiting.append(gate)
      return gate
    }
    guard let gate else { return }
    await gate.wait()
    let isGivenUp = state.withLock { state in
      guard let place = state.waiting.firstIndex(where: { $0 === gate }) else { return false }
      state.waiting.remove(at: place)
      return true
    }
    if isGivenUp { throw CancellationError() }
  }

  private func give() {
    let next = state.withLock { state in
      if state.waiting.isEmpty { state.free += 1 }
      return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
    }
    next?.open()
  }
}
