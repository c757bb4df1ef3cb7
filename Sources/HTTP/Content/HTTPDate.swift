package import Primitives

/// The dates of HTTP, in the one form that is sent (RFC 9110, 5.6.7); the two older ones are not
/// read, which makes a condition on them count as absent.
package enum HTTPDate {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else. Years that a `WallTime` does not reach
  /// are its last one, or its first.
  package static func parse(_ text: String) -> WallTime? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard text.utf8.count == 29, parts.count == 6, parts[5] == "GMT", parts[0].hasSuffix(","),
      days.contains(String(parts[0].dropLast())),
      let month = months.firstIndex(of: String(parts[2])),
      let day = number(parts[1], 2), let year = number(parts[3], 4)
    else { return nil }
    let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
    guard clock.count == 3, let hour = number(clock[0], 2), let minute = number(clock[1], 2),
      let second = number(clock[2], 2), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    let seconds = daysSince1970(year, month + 1, day) * 86_400 + hour * 3_600 + minute * 60 + second
    return WallTime(nanoseconds: 0).advanced(by: .seconds(seconds))
  }

  private static func number(_ text: Substring, _ width: Int) -> Int? {
    guard text.utf8.count == width, text.utf8.allSatisfy(LineBytes.isDigit) else { return nil }
    return Int(text)
  }

  /// Counts from 1 March of year 0, so that the leap day is the last of its year.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}
