import IO
import Primitives

/// Notices on their way to a listener, bounded: one who does not read loses its place in it.
final class RelayMailbox: Sendable {
  private struct State {
    var notices: [RelayNotice] = []
    var isClosed = false
    var reader: Gate?
  }

  private let limit: Int
  private let state = Locked(State())

  init(limit: Int) { self.limit = limit }

  func put(_ notice: RelayNotice) {
    wake { state in
      guard !state.isClosed else { return }
      if state.notices.count >= limit {
        state.isClosed = true
      } else {
        state.notices.append(notice)
      }
    }
  }

  /// What is in it can still be read.
  func close() { wake { $0.isClosed = true } }

  /// Nil at the end, or when the task is cancelled.
  func next() async -> RelayNotice? {
    while !Task.isCancelled {
      let gate = Gate()
      let (notice, isClosed) = state.withLock { state -> (RelayNotice?, Bool) in
        if !state.notices.isEmpty { return (state.notices.removeFirst(), false) }
        state.reader = gate
        return (nil, state.isClosed)
      }
      if let notice { return notice }
      if isClosed { return nil }
      await gate.wait()
    }
    return nil
  }

  private func wake(_ change: (inout State) -> Void) {
    let reader = state.withLock { state in
      change(&state)
      defer { state.reader = nil }
      return state.reader
    }
    reader?.open()
  }
}
