import IO
import Primitives

/// Tells the other end of a call how far something is: the newest state now and then, never more
/// than it can take.
final class ProgressFeed<State: Sendable>: Sendable {
  private struct Held: Sendable {
    var state: State?
    var isOver = false
  }

  private let held = Locked(Held())
  private let changes = Broadcast()

  /// From anywhere.
  func update(_ state: State) {
    held.withLock { $0.state = state }
    changes.announce()
  }

  /// Runs `body` and meanwhile hands its newest state to `write`, each `pause` at most.
  func follow<Result: Sendable>(
    every pause: Duration, _ body: @escaping @Sendable () async throws -> Result,
    write: @escaping @Sendable (State) async throws -> Void
  ) async throws -> Result {
    guard let loop = EventLoop.current else { preconditionFailure("calls run on loops") }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask(executorPreference: loop) { [self] in
        defer { end() }
        return try await body()
      }
      group.addTask(executorPreference: loop) { [self] in
        try await tell(pause, loop, write)
        return nil
      }
      var result: Result?
      do {
        while let next = try await group.next() { if let next { result = next } }
      } catch {
        // What is under way gives up when nobody listens any more.
        group.cancelAll()
        throw error
      }
      guard let result else { throw CancellationError() }
      return result
    }
  }

  private func end() {
    held.withLock { $0.isOver = true }
    changes.announce()
  }

  private func tell(
    _ pause: Duration, _ loop: EventLoop, _ write: (State) async throws -> Void
  ) async throws {
    while true {
      let gate = changes.next()
      let (state, isOver) = held.withLock { held in
        defer { held.state = nil }
        return (held.state, held.isOver)
      }
      if isOver { return }
      if let state {
        try await write(state)
        try await loop.sleep(for: pause)
      } else {
        await gate.wait()
      }
      try Task.checkCancellation()
    }
  }
}
