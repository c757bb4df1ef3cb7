import Glibc

/// A point on the monotonic clock, in nanoseconds. Cores get it as an argument.
package struct Instant: Hashable, Sendable, Comparable, InstantProtocol {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static let distantFuture = Instant(nanoseconds: .max)

  /// Reads the machine's clock: for shells and loops only.
  package static func now() -> Instant {
    Instant(nanoseconds: Self.nanoseconds(onClock: CLOCK_MONOTONIC))
  }

  /// What one of the system's clocks shows.
  static func nanoseconds(onClock clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Saturates, so that a limit of "for ever" needs no special case.
  package func advanced(by duration: Duration) -> Instant {
    Instant(nanoseconds: nanoseconds.addingSaturated(duration.nanoseconds))
  }

  package func duration(to other: Instant) -> Duration {
    .nanoseconds(other.nanoseconds.subtractingSaturated(nanoseconds))
  }

  package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Int64 {
  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  func subtractingSaturated(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}

extension Duration {
  /// Whole nanoseconds, saturating at the range of Int64 (292 years).
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflowed ? (seconds < 0 ? .min : .max) : sum
  }

  package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
