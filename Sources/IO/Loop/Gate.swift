import Primitives

/// Opens once and stays open; everybody who waits goes on. A cancelled wait ends at once.
package final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [UInt64: UnsafeContinuation<Void, Never>] = [:]
    var next: UInt64 = 0
  }

  private let state = Locked(State())

  package init() {}

  package var isOpen: Bool { state.withLock { $0.isOpen } }

  package func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns when the gate is open or the task is cancelled; ask `isOpen` which.
  package func wait() async {
    let number = state.withLock {
      $0.next += 1
      return $0.next
    }
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let mustResume = state.withLock {
          if $0.isOpen || Task.isCancelled { return true }
          $0.waiters[number] = continuation
          return false
        }
        if mustResume { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
    }
  }

  /// Returns when the gate is open, whatever becomes of the task.
  package func waitUncancelled() async {
    await withUnsafeContinuation { continuation in
      let mustResume = state.withLock { state in
        if state.isOpen { return true }
        state.next += 1
        state.waiters[state.next] = continuation
        return false
      }
      if mustResume { continuation.resume() }
    }
  }
}
