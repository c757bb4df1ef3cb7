import Apus
import Glibc
import IO
import Primitives

/// The signal that ended a command which has something left to say.
struct Interruption: Sendable {
  let signal: Signal

  /// Runs `body`; SIGINT, SIGTERM and SIGHUP cancel it. Nil when it came to its own end.
  static func watch(
    _ body: @escaping @Sendable () async throws -> Void
  ) async throws -> Interruption? {
    guard let loop = EventLoop.current else { preconditionFailure("commands run on a loop") }
    let signals = try Signals(on: loop)
    defer { signals.close() }
    return try await withThrowingTaskGroup(of: Interruption?.self) { group in
      group.addTask(executorPreference: loop) {
        try await body()
        return nil
      }
      group.addTask(executorPreference: loop) { Interruption(signal: try await signals.next()) }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  /// Ends the process as the signal would have: a shell sees that it was interrupted.
  func raise() {
    Signals.unblock()
    kill(getpid(), signal.number)
  }
}
