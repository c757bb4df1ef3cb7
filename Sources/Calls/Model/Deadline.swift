package import Primitives

/// The moment after which nobody waits for the answer any more.
package struct Deadline: Hashable, Sendable, Comparable {
  package var instant: Instant

  package init(_ instant: Instant) { self.instant = instant }

  /// From a `grpc-timeout` header: one to eight digits and a unit. Nil when it is not one.
  package init?(timeout: some StringProtocol, now: Instant) {
    guard let duration = Self.parse(timeout) else { return nil }
    instant = now.advanced(by: duration)
  }

  package func remaining(now: Instant) -> Duration {
    max(.zero, now.duration(to: instant))
  }

  package func hasPassed(now: Instant) -> Bool { instant <= now }

  /// The header for whoever is called next.
  package func timeout(now: Instant) -> String { Self.format(remaining(now: now)) }

  package static func < (left: Self, right: Self) -> Bool { left.instant < right.instant }

  package static func parse(_ timeout: some StringProtocol) -> Duration? {
    let bytes = Array(timeout.utf8)
    guard 2...9 ~= bytes.count, let unit = bytes.last else { return nil }
    var value: Int64 = 0
    for byte in bytes.dropLast() {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    switch unit {
    case UInt8(ascii: "H"): return .seconds(value * 3_600)
    case UInt8(ascii: "M"): return .seconds(value * 60)
    case UInt8(ascii: "S"): return .seconds(value)
    case UInt8(ascii: "m"): return .milliseconds(value)
    case UInt8(ascii: "u"): return .microseconds(value)
    case UInt8(ascii: "n"): return .nanoseconds(value)
    default: return nil
    }
  }

  /// In the finest unit that eight digits can hold, rounded up: a callee must not give up
  /// before its caller does.
  package static func format(_ duration: Duration) -> String {
    let hours = duration.components.seconds / 3_600
    // Nanoseconds count three centuries.
    if hours > 1_000_000 { return "\(min(hours + 1, 99_999_999))H" }
    let nanoseconds = max(0, duration.nanoseconds)
    let units: [(Int64, String)] = [
      (1, "n"), (1_000, "u"), (1_000_000, "m"), (1_000_000_000, "S"), (60_000_000_000, "M"),
      (3_600_000_000_000, "H"),
    ]
    for (scale, unit) in units {
      let count = nanoseconds / scale + (nanoseconds % scale == 0 ? 0 : 1)
      if count <= 99_999_999 { return "\(count)\(unit)" }
    }
    return "99999999H"
  }
}
