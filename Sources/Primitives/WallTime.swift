import Glibc

/// A point on the calendar, in nanoseconds since 1970 UTC. As text RFC 3339 in UTC.
package struct WallTime: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Reads the machine's clock: for shells only.
  package static func now() -> WallTime {
    WallTime(nanoseconds: Instant.nanoseconds(onClock: CLOCK_REALTIME))
  }

  /// Saturates.
  package func advanced(by duration: Duration) -> WallTime {
    WallTime(nanoseconds: nanoseconds.addingSaturated(duration.nanoseconds))
  }

  package func duration(to other: WallTime) -> Duration {
    .nanoseconds(other.nanoseconds.subtractingSaturated(nanoseconds))
  }

  /// With milliseconds: `2026-11-21T08:46:05.123Z`.
  package var description: String {
    let civil = Civil(secondsSince1970: secondsSince1970)
    let remainder = nanoseconds % 1_000_000_000
    let milliseconds = Int((remainder < 0 ? remainder + 1_000_000_000 : remainder) / 1_000_000)
    return "\(civil.year.padded(4))-\(civil.month.padded(2))-\(civil.day.padded(2))T"
      + "\(civil.hour.padded(2)):\(civil.minute.padded(2)):\(civil.second.padded(2))"
      + ".\(milliseconds.padded(3))Z"
  }

  /// The form of HTTP's Date header (RFC 9110, 5.6.7).
  package var httpDate: String {
    let civil = Civil(secondsSince1970: secondsSince1970)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(days[civil.weekday]), \(civil.day.padded(2)) \(months[civil.month - 1]) "
      + "\(civil.year.padded(4)) \(civil.hour.padded(2)):\(civil.minute.padded(2)):"
      + "\(civil.second.padded(2)) GMT"
  }

  /// Rounded down, also before 1970.
  package var secondsSince1970: Int64 {
    let quotient = nanoseconds / 1_000_000_000
    return nanoseconds % 1_000_000_000 < 0 ? quotient - 1 : quotient
  }

  package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// The proleptic Gregorian calendar in UTC, by day counts from 1 March of year 0.
struct Civil {
  var year, month, day, hour, minute, second, weekday: Int

  init(secondsSince1970 seconds: Int64) {
    let day86400 = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
    let secondOfDay = Int(seconds) - day86400 * 86_400
    let shifted = day86400 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = secondOfDay / 3_600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
    weekday = ((day86400 + 4) % 7 + 7) % 7
  }
}

extension Int {
  func padded(_ width: Int) -> String {
    let text = String(self)
    return String(repeating: "0", count: Swift.max(0, width - text.utf8.count)) + text
  }
}
