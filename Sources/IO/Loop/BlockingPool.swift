/// Threads for calls that block (DNS, disk). Started on demand up to a bound, kept for reuse.
package final class BlockingPool: Sendable {
  package struct Limits: Sendable {
    package var threads = 4
    /// Calls that may wait for a thread; more are refused with `.overloaded`.
    package var waiting = 16_384
    package init() {}
  }

  package static let shared = BlockingPool(name: "blocking")

  private let name: String
  private let limits: Limits
  private let queue: WorkQueue

  package init(name: String, limits: Limits = Limits()) {
    self.name = name
    self.limits = limits
    queue = WorkQueue(name: name, limit: limits.waiting)
  }

  deinit { queue.close() }

  /// Runs `body` on a thread of the pool. The caller's task waits without holding its own. Fails
  /// with a `SystemError` of code `.overloaded` when too many wait already.
  package func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    let handover = Handover<Result>()
    let mustStart = try queue.submit(
      { handover.give(Swift.Result(catching: body)) }, threadLimit: limits.threads)
    if mustStart { Thread.start(name: name) { [queue] in queue.drain() } }
    return try await handover.take()
  }
}
