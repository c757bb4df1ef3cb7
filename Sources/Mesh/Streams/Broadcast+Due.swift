import IO
import Primitives

extension Broadcast {
  /// Calls `wake` whenever the time that `next` tells has come, until the task is cancelled.
  /// Announce when that time may be another.
  func callWhenDue(_ next: () -> Instant?, _ wake: () -> Void) async {
    guard let loop = EventLoop.current else { preconditionFailure("cores are woken on a loop") }
    while !Task.isCancelled {
      let gate = self.next()
      let due = next()
      if let due, due <= .now() {
        wake()
        continue
      }
      let timer = due.map { loop.schedule(at: $0) { self.announce() } }
      await gate.wait()
      if let timer { loop.cancel(timer) }
    }
  }
}
