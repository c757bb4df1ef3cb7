import IO
import Primitives

/// Leave to run, which can be taken back.
final class AttemptTicket: Sendable {
  private struct State {
    /// While it runs.
    var box: Box?
    /// Why it is to end.
    var reason: String?
  }

  let number: SharingState.Number
  private let state = Locked(State())

  init(_ number: SharingState.Number) { self.number = number }

  /// It has this box now; the reason when it may not run any more.
  func enter(_ box: Box) -> String? {
    state.withLock {
      if $0.reason == nil { $0.box = box }
      return $0.reason
    }
  }

  /// What ends from here on is not its box.
  func leave() { state.withLock { $0.box = nil } }

  func end(_ reason: String) {
    let box = state.withLock { state in
      state.reason = state.reason ?? reason
      return state.box
    }
    box?.loop.execute { [self] in
      state.withLock { $0.box?.end(.killed(reason: reason)) }
    }
  }
}
