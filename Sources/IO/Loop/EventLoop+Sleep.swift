package import Primitives

extension EventLoop {
  /// Sleeps in the loop's own timer. Ends early, with `.cancelled`, when the task is cancelled,
  /// and with `.closed` when the loop stops.
  package func sleep(until deadline: Instant) async throws(SystemError) {
    let gate = Gate()
    guard let token = startSleep(until: deadline, gate) else {
      throw SystemError(.closed, "the event loop has stopped")
    }
    await gate.wait()
    let isOver = endSleep(token)
    if Task.isCancelled { throw SystemError(.cancelled, "the wait was cancelled") }
    if isOver { throw SystemError(.closed, "the event loop has stopped") }
  }

  package func sleep(for duration: Duration) async throws(SystemError) {
    try await sleep(until: clock().advanced(by: duration))
  }

  /// Runs `body` on this loop, wherever the caller is.
  package func run<Result, Failure: Error>(
    _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    if isCurrent { return try await body() }
    return try await withTaskExecutorPreference(self) { () async throws(Failure) -> Result in
      // A nonisolated(nonsending) body starts where its caller is: the preference alone moves
      // nothing before the first suspension.
      if !isCurrent { await Task.yield() }
      return try await body()
    }
  }
}
