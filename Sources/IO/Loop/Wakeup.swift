/// Wakes one waiting task of the same loop; the cheap sibling of `Gate` for state that is
/// confined to a loop. Spurious wakes are allowed: the waiter looks at the state again.
/// Guard: confinement to one loop.
package final class Wakeup: @unchecked Sendable {
  private var waiter: UnsafeContinuation<Void, Never>?

  package init() {}

  /// Waits for the next `raise`.
  package func wait() async {
    precondition(waiter == nil, "two tasks wait for one signal")
    await withUnsafeContinuation { waiter = $0 }
  }

  /// Returns when the task is cancelled, too.
  package func wait(on loop: EventLoop) async {
    await withTaskCancellationHandler {
      await wait()
    } onCancel: {
      loop.execute { self.raise() }
    }
  }

  package func raise() {
    guard let waiter else { return }
    self.waiter = nil
    waiter.resume()
  }
}
