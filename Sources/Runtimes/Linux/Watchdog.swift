import IO

/// Stands in for a control group where there is none: looks at a box every few milliseconds and
/// ends it when it holds too much. What it sees is what is resident; between two looks a box may
/// take more.
/// Guard: confinement to `loop`.
final class Watchdog: @unchecked Sendable {
  private let process: Int32
  private let limits: AttemptLimits
  private let interval: Duration
  private let loop: EventLoop
  private let onExcess: (Ending) -> Void
  private var timer: TimerToken?

  init(
    _ process: Int32, _ limits: AttemptLimits, every interval: Duration, on loop: EventLoop,
    onExcess: @escaping (Ending) -> Void
  ) {
    self.process = process
    self.limits = limits
    self.interval = interval
    self.loop = loop
    self.onExcess = onExcess
    schedule()
  }

  func stop() {
    if let timer { loop.cancel(timer) }
    timer = nil
  }

  private func schedule() {
    timer = loop.schedule(after: interval) { [self] in
      if let ending = look() { return onExcess(ending) }
      schedule()
    }
  }

  private func look() -> Ending? {
    let bound = limits.processes * 2 + 3
    let tree = ProcessTree(of: process, limit: bound, countsTime: false)
    if tree.processes >= bound { return .killed(reason: "too many processes") }
    return tree.bytes > limits.memory ? .outOfMemory : nil
  }
}
