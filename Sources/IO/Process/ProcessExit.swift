import CSystem
import Glibc

/// How a child process ended and what it used.
package struct ProcessExit: Sendable, Equatable {
  package enum Reason: Sendable, Equatable {
    case exited(code: Int32)
    case signalled(Signal)
  }

  package var reason: Reason
  /// Processor time in the program and in the kernel, with that of descendants it waited for.
  package var userTime: Duration
  package var systemTime: Duration
  /// The most memory it held at once, in bytes.
  package var peakMemory: Int

  package var isSuccess: Bool { reason == .exited(code: 0) }

  init(code: Int32, status: Int32, usage: rusage) {
    reason =
      code == Int32(CLD_EXITED)
      ? .exited(code: status) : .signalled(Signal(number: status))
    userTime = Self.duration(usage.ru_utime)
    systemTime = Self.duration(usage.ru_stime)
    peakMemory = Int(usage.ru_maxrss) * 1024
  }

  private static func duration(_ time: timeval) -> Duration {
    .microseconds(withUnsafePointer(to: time, apus_microseconds))
  }
}
