import Glibc

/// Closures for threads that block: a queue with a condition variable.
/// Guard of everything mutable: `mutex`.
final class WorkQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var incoming: [@Sendable () -> Void] = []
  /// The front of the queue, last first: taking a piece moves no other.
  private var outgoing: [@Sendable () -> Void] = []
  private var idle = 0
  private var threads = 0
  private var isClosed = false
  private let name: String
  /// Pieces that may wait.
  private let limit: Int

  init(name: String, limit: Int) {
    self.name = name
    self.limit = limit
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func submit(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    _ = try submit(body, threadLimit: 0)
  }

  /// True when the caller must start one more thread: none is idle for this piece, and fewer
  /// than `threadLimit` were asked for so far. Fails with `.overloaded` when as many wait as may.
  func submit(
    _ body: @escaping @Sendable () -> Void, threadLimit: Int
  ) throws(SystemError) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard incoming.count + outgoing.count < limit else {
      throw SystemError(
        .overloaded, "\(limit) pieces of work wait for the \(name) thread already: try again later")
    }
    incoming.append(body)
    pthread_cond_signal(condition)
    guard incoming.count + outgoing.count > idle, threads < threadLimit else { return false }
    threads += 1
    return true
  }

  /// What is queued still runs; then the threads end.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// A thread's whole life: runs work, in batches, until the queue is closed and empty.
  /// `batch` gets everything that is queued, so that a worker can commit once for many.
  func drain(batchLimit: Int = 1, _ batch: (([@Sendable () -> Void]) -> Void)? = nil) {
    while let bodies = take(batchLimit) {
      if let batch {
        batch(bodies)
      } else {
        for body in bodies { body() }
      }
    }
  }

  private func take(_ limit: Int) -> [@Sendable () -> Void]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while incoming.isEmpty && outgoing.isEmpty {
      if isClosed { return nil }
      idle += 1
      pthread_cond_wait(condition, mutex)
      idle -= 1
    }
    var bodies: [@Sendable () -> Void] = []
    while bodies.count < limit {
      if outgoing.isEmpty {
        outgoing = incoming.reversed()
        incoming.removeAll(keepingCapacity: outgoing.count < 64)
      }
      guard let body = outgoing.popLast() else { break }
      bodies.append(body)
    }
    return bodies
  }
}
