extension WallTime {
  /// Reads RFC 3339 in UTC: `2026-11-21T08:46:05.123Z`, with up to nine digits of a second or
  /// none. Nil for anything else, days that do not exist included.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
    var digits: [Int] = []
    for (index, byte) in bytes[0..<19].enumerated() {
      if let mark = Self.marks[index] {
        guard byte == mark else { return nil }
      } else {
        guard let digit = Self.digit(byte) else { return nil }
        digits.append(digit)
      }
    }
    guard let nanoseconds = Self.fraction(bytes[19..<(bytes.count - 1)]) else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    let day = Self.daysSince1970(year: number(0..<4), month: number(4..<6), day: number(6..<8))
    let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
    guard let day, hour < 24, minute < 60, second < 60 else { return nil }
    let seconds = Int64(day) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return nil }
    self.init(nanoseconds: scaled + nanoseconds)
  }

  private static let marks: [Int: UInt8] = [
    4: UInt8(ascii: "-"), 7: UInt8(ascii: "-"), 10: UInt8(ascii: "T"), 13: UInt8(ascii: ":"),
    16: UInt8(ascii: ":"),
  ]

  private static func digit(_ byte: UInt8) -> Int? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
  }

  /// `.123` as nanoseconds; nothing is 0.
  private static func fraction(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let point = bytes.first else { return 0 }
    guard point == UInt8(ascii: "."), 2...10 ~= bytes.count else { return nil }
    var value: Int64 = 0
    for byte in bytes.dropFirst() {
      guard let digit = digit(byte) else { return nil }
      value = value * 10 + Int64(digit)
    }
    for _ in bytes.count..<10 { value *= 10 }
    return value
  }

  /// The inverse of `Civil`: day counts from 1 March of year 0.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int? {
    guard 1...12 ~= month, day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
