package import IO
import Primitives

extension EventLoop {
  /// For tests of shells whose end announces itself to nobody: whether something comes about within
  /// that time. Where there is a gate or a cause to wait for, wait for that.
  package func comesAbout(
    within time: Duration, _ condition: () async throws -> Bool
  ) async throws -> Bool {
    let deadline = Instant.now().advanced(by: time)
    while Instant.now() < deadline {
      if try await condition() { return true }
      try await sleep(for: .milliseconds(2))
    }
    return try await condition()
  }
}
