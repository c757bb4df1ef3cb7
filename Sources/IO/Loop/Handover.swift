import Primitives

/// One result on its way from a thread that blocks to the task that waits for it.
///
/// The result crosses under the lock and not in the continuation, so that the thread sanitizer,
/// which cannot see into the runtime, sees it cross.
final class Handover<Success: Sendable>: Sendable {
  private struct State {
    var result: Result<Success, any Error>?
    var waiter: UnsafeContinuation<Void, Never>?
  }

  private let state = Locked(State())

  /// Once.
  func give(_ result: Result<Success, any Error>) {
    let waiter = state.withLock { state in
      precondition(state.result == nil, "a result was given twice")
      state.result = result
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  func take() async throws -> Success {
    await withUnsafeContinuation { continuation in
      let isHere = state.withLock { state in
        if state.result != nil { return true }
        state.waiter = continuation
        return false
      }
      if isHere { continuation.resume() }
    }
    guard let result = state.withLock({ $0.result }) else {
      preconditionFailure("woken without a result")
    }
    return try result.get()
  }
}
