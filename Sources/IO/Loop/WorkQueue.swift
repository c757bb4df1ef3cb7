import Glibc

/// Closures for threads that block: a queue with a condition variable.
/// Guard of everything mutable: `mutex`.
final class WorkQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var work: [@Sendable () -> Void] = []
  private var idle = 0
  private var isClosed = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  /// Threads that would take more work than is queued at once.
  var idleThreads: Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return max(0, idle - work.count)
  }

  func submit(_ body: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(mutex)
    work.append(body)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
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
    while work.isEmpty {
      if isClosed { return nil }
      idle += 1
      pthread_cond_wait(condition, mutex)
      idle -= 1
    }
    let taken = Array(work.prefix(limit))
    work.removeFirst(taken.count)
    return taken
  }
}
