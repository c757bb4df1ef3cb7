import Glibc
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
  private static let pageBytes = Int64(sysconf(Int32(_SC_PAGESIZE)))

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

  /// Everything in the box is a descendant of its first process: orphans become its children.
  private func look() -> Ending? {
    var waiting = [process]
    var count = 0
    var bytes: Int64 = 0
    while let next = waiting.popLast() {
      count += 1
      if count > limits.processes * 2 + 2 { return .killed(reason: "too many processes") }
      let pages = (ControlFile.read("/proc/\(next)/statm") ?? "").split(separator: " ")
      if pages.count > 1 { bytes += (Int64(pages[1]) ?? 0) * Self.pageBytes }
      for task in ControlFile.names(in: "/proc/\(next)/task") {
        let children = ControlFile.read("/proc/\(next)/task/\(task)/children") ?? ""
        waiting += children.split(separator: " ").compactMap { Int32($0) }
      }
    }
    return bytes > limits.memory ? .outOfMemory : nil
  }
}
