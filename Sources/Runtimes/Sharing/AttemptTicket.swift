import IO
import Primitives

/// Where an attempt runs.
protocol AttemptPlace: Sendable {
  var loop: EventLoop { get }

  /// Kills what runs there, for a reason that the attempt is told. From the loop.
  func end(_ ending: Ending)
}

extension Box: AttemptPlace {}

/// Leave to run, which can be taken back.
final class AttemptTicket: Sendable {
  private struct State {
    /// While it runs.
    var place: (any AttemptPlace)?
    /// Why it is to end.
    var reason: String?
  }

  let number: SharingState.Number
  private let state = Locked(State())

  init(_ number: SharingState.Number) { self.number = number }

  /// It runs there now; the reason when it may not run any more.
  func enter(_ place: any AttemptPlace) -> String? {
    state.withLock {
      if $0.reason == nil { $0.place = place }
      return $0.reason
    }
  }

  /// What ends from here on is not its place.
  func leave() { state.withLock { $0.place = nil } }

  func end(_ reason: String) {
    let place = state.withLock { state in
      state.reason = state.reason ?? reason
      return state.place
    }
    place?.loop.execute { [self] in
      state.withLock { $0.place?.end(.killed(reason: reason)) }
    }
  }
}
