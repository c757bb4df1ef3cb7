package import IO
import Primitives

/// Where whole lines end up. Called on one thread, and may block it.
package protocol LineOutput: Sendable {
  mutating func write(_ lines: [UInt8]) throws(SystemError)
}

/// Lines on their way to a thread that writes them, so that no event loop waits for a disk or a
/// terminal. When the thread falls behind by `Limits.bytes`, or the output fails, lines are lost
/// and counted; the next line that gets through is preceded by how many.
package final class LineQueue<Output: LineOutput>: Sendable {
  package struct Limits: Sendable {
    package var bytes = 1 << 20
    package init() {}
  }

  private struct State {
    var pending: [UInt8] = []
    var lines = 0
    var lost = 0
    var isScheduled = false
  }

  private let limits: Limits
  private let worker: Worker
  private let notice: @Sendable (Int) -> [UInt8]
  private let state = Locked(State())
  private let output: Locked<Output>

  /// `notice` makes the line that tells how many were lost.
  package init(
    name: String, output: Output, limits: Limits = Limits(),
    notice: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.limits = limits
    self.notice = notice
    self.output = Locked(output)
    worker = Worker(name: name)
  }

  package func append(_ line: [UInt8]) {
    let mustSchedule = state.withLock { state in
      guard state.pending.count + line.count <= limits.bytes else {
        state.lost += 1
        return false
      }
      state.pending.append(contentsOf: line)
      state.lines += 1
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if mustSchedule { schedule() }
  }

  /// At most one of ours waits, so the worker's queue is full only of callers of `flush`.
  private func schedule() {
    do throws(SystemError) {
      try worker.submit { [self] in write() }
    } catch {
      // The next line tries again; what is pending stays within its limit.
      state.withLock { $0.isScheduled = false }
    }
  }

  /// Returns when everything appended before has been written or lost.
  package func flush() async {
    // Refused only when thousands flush already, of whom one writes what is pending here.
    try? await worker.run { [self] in write() }
  }

  private func write() {
    let (bytes, lines, lost) = state.withLock { state in
      defer { state = State() }
      return (state.pending, state.lines, state.lost)
    }
    guard lines > 0 || lost > 0 else { return }
    let batch = lost > 0 ? notice(lost) + bytes : bytes
    do {
      try output.withLock { output throws(SystemError) in try output.write(batch) }
    } catch {
      state.withLock { $0.lost += lost + lines }
    }
  }
}
