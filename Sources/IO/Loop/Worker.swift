/// One lasting thread that runs work in order: for a library that blocks and wants to be
/// called from one place (SQLite), or whose children must outlive no other thread.
package final class Worker: Sendable {
  package struct Limits: Sendable {
    /// Pieces that may wait; more are refused with a `SystemError` of code `.overloaded`.
    package var waiting = 65_536
    package init() {}
  }

  private let queue: WorkQueue

  package init(name: String, limits: Limits = Limits()) {
    queue = WorkQueue(name: name, limit: limits.waiting)
    Thread.start(name: name) { [queue] in queue.drain() }
  }

  /// With a batch: everything queued at that moment, at most `batchLimit`, in one call, so that
  /// one commit can cover many requests. The pieces must be run by `batch`.
  package init(
    name: String, batchLimit: Int, limits: Limits = Limits(),
    batch: @escaping @Sendable ([@Sendable () -> Void]) -> Void
  ) {
    queue = WorkQueue(name: name, limit: limits.waiting)
    Thread.start(name: name) { [queue] in queue.drain(batchLimit: batchLimit, batch) }
  }

  deinit { queue.close() }

  /// Queues `body` and goes on.
  package func submit(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    try queue.submit(body)
  }

  /// Waits for the result of `body`.
  package func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    let handover = Handover<Result>()
    try queue.submit { handover.give(Swift.Result(catching: body)) }
    return try await handover.take()
  }

  package typealias Report<Result> = @Sendable (Swift.Result<Result, any Error>) -> Void

  /// Waits for what `body` reports through its argument, later and once: lets a batch settle
  /// many callers after one commit.
  package func settle<Result: Sendable>(
    _ body: @escaping @Sendable (@escaping Report<Result>) -> Void
  ) async throws -> Result {
    let handover = Handover<Result>()
    try queue.submit { body { handover.give($0) } }
    return try await handover.take()
  }
}
