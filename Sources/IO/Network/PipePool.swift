import CSystem
import Glibc
import Primitives

/// Pipes for splicing, kept for reuse and bounded. Empty ones lie here; a quiet connection holds
/// none.
package final class PipePool: Sendable {
  package struct Limits: Sendable {
    /// Lent and kept together. Each is two descriptors.
    package var pipes = 2048
    /// Kept for the next who needs one.
    package var kept = 64
    /// What one holds, which is what moves in one call. The kernel gives less to a user who has
    /// many (fs.pipe-user-pages-soft); that costs speed alone.
    package var pipeBytes: Int32 = 256 << 10
    package init() {}
  }

  /// Both ends, which belong to whoever took it.
  struct Pipe: Sendable {
    let reading: Int32
    let writing: Int32
  }

  private struct State {
    var kept: [Pipe] = []
    var lent = 0
  }

  private let limits: Limits
  private let state = Locked(State())

  package init(limits: Limits = Limits()) {
    self.limits = limits
    // The kernel knows no way to splice into a broken connection without the signal.
    Signals.ignoreBrokenPipes()
  }

  deinit {
    for pipe in state.withLock({ $0.kept }) { Self.close(pipe) }
  }

  /// Pipes in use now.
  package var lent: Int { state.withLock { $0.lent } }

  func take() throws(SystemError) -> Pipe {
    let limit = limits.pipes
    let kept = try state.withLock { state throws(SystemError) -> Pipe? in
      guard state.lent < limit else {
        throw SystemError(
          .descriptorsExhausted, "all \(limit) pipes for relaying are in use; try again later")
      }
      state.lent += 1
      return state.kept.popLast()
    }
    if let kept { return kept }
    var ends: [Int32] = [-1, -1]
    guard apus_pipe(&ends) == 0 else {
      let error = SystemError("making a pipe")
      state.withLock { $0.lent -= 1 }
      throw error
    }
    _ = apus_pipe_capacity(ends[0], limits.pipeBytes)
    return Pipe(reading: ends[0], writing: ends[1])
  }

  /// Only when nothing is left in it.
  func giveBack(_ pipe: Pipe, isEmpty: Bool) {
    let limit = limits.kept
    let isKept = state.withLock { state in
      state.lent -= 1
      guard isEmpty, state.kept.count < limit else { return false }
      state.kept.append(pipe)
      return true
    }
    if !isKept { Self.close(pipe) }
  }

  private static func close(_ pipe: Pipe) {
    Glibc.close(pipe.reading)
    Glibc.close(pipe.writing)
  }
}
