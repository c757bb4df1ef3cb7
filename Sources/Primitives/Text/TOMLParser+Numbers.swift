extension TOMLParser {
  /// Letters, digits and signs up to what ends a value.
  mutating func word() -> String {
    let start = index
    while let byte = next {
      switch byte {
      case 0x00...0x20, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"),
        UInt8(ascii: "#"), UInt8(ascii: "="):
        return String(decoding: bytes[start..<index], as: UTF8.self)
      default: index += 1
      }
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  mutating func numberOrDate() throws(TextError) -> TOML.Content {
    let start = index
    var text = word()
    if DateText.isDate(text), next == 0x20, peek(1)?.isDigit == true {
      // A date may be parted from its time by one space.
      index += 1
      text += " " + word()
    }
    if DateText.looksLikeOne(text) {
      guard DateText.isValid(text) else {
        throw error("\(text) is no date or time that exists", at: start)
      }
      return .dateTime(text)
    }
    if let integer = try integer(text, at: start) { return .integer(integer) }
    if let float = NumberText.float(text) { return .float(float) }
    throw error("\"\(text)\" is no value; write texts in quotes", at: start)
  }

  /// Nil when the text is no integer; throws when it is one that does not fit.
  private func integer(_ text: String, at start: Int) throws(TextError) -> Int64? {
    guard let (digits, radix) = NumberText.integerDigits(text) else { return nil }
    guard let value = Int64(digits, radix: radix) else {
      throw error("\(text) does not fit 64 bits", at: start)
    }
    return value
  }
}

/// The grammar of TOML's numbers.
enum NumberText {
  /// Digits with their sign and without underscores, and the base.
  static func integerDigits(_ text: String) -> (digits: String, radix: Int)? {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
      guard let digits = joined(text.dropFirst(2), radix: radix) else { return nil }
      return (digits, radix)
    }
    let (sign, rest) = signed(text[...])
    guard let digits = decimal(rest) else { return nil }
    return (sign + digits, 10)
  }

  static func float(_ text: String) -> Double? {
    let (sign, rest) = signed(text[...])
    switch rest {
    case "inf": return sign == "-" ? -.infinity : .infinity
    case "nan": return .nan
    default: break
    }
    let parts = rest.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "e" || $0 == "E" })
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard mantissa.count <= 2, parts.count + mantissa.count > 2,
      var digits = decimal(mantissa[0])
    else { return nil }
    if mantissa.count == 2 {
      guard let fraction = joined(mantissa[1], radix: 10) else { return nil }
      digits += "." + fraction
    }
    if parts.count == 2 {
      let (exponentSign, exponent) = signed(parts[1])
      guard let exponent = joined(exponent, radix: 10) else { return nil }
      digits += "e" + exponentSign + exponent
    }
    return Double(sign + digits)
  }

  private static func signed(_ text: Substring) -> (sign: String, rest: Substring) {
    guard let first = text.first, first == "+" || first == "-" else { return ("", text) }
    return (first == "-" ? "-" : "", text.dropFirst())
  }

  /// Digits of base ten that do not begin with a superfluous zero.
  private static func decimal(_ text: Substring) -> String? {
    guard let digits = joined(text, radix: 10) else { return nil }
    return digits.hasPrefix("0") && digits.utf8.count > 1 ? nil : digits
  }

  /// Without underscores, each of which must stand between digits.
  private static func joined(_ text: Substring, radix: Int) -> String? {
    let groups = text.split(separator: "_", omittingEmptySubsequences: false)
    for group in groups {
      guard !group.isEmpty,
        group.utf8.allSatisfy({ ($0.hexValue ?? .max) < UInt32(radix) })
      else { return nil }
    }
    return groups.joined()
  }
}

/// Dates and times of RFC 3339, also without one of their halves or the offset.
enum DateText {
  static func looksLikeOne(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return isDated(bytes) || bytes.count > 2 && bytes[2] == UInt8(ascii: ":")
  }

  static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 10 && isDated(bytes)
  }

  private static func isDated(_ bytes: [UInt8]) -> Bool {
    bytes.count > 4 && bytes[..<4].allSatisfy(\.isDigit) && bytes[4] == UInt8(ascii: "-")
  }

  static func isValid(_ text: String) -> Bool {
    var reader = Reader(bytes: Array(text.utf8))
    if isDated(reader.bytes) {
      guard reader.date() else { return false }
      if reader.isAtEnd { return true }
      guard reader.take("T") || reader.take("t") || reader.take(" ") else { return false }
      return reader.time() && (reader.isAtEnd || reader.offset() && reader.isAtEnd)
    }
    return reader.time() && reader.isAtEnd
  }

  private struct Reader {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    private mutating func number(_ digits: Int, in range: ClosedRange<Int>) -> Int? {
      guard index + digits <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[index..<(index + digits)] {
        guard byte.isDigit else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      index += digits
      return range.contains(value) ? value : nil
    }

    mutating func date() -> Bool {
      guard let year = number(4, in: 0...9999), take("-"), let month = number(2, in: 1...12),
        take("-"), let day = number(2, in: 1...31)
      else { return false }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      return day <= days[month - 1]
    }

    mutating func time() -> Bool {
      guard number(2, in: 0...23) != nil, take(":"), number(2, in: 0...59) != nil, take(":"),
        number(2, in: 0...60) != nil
      else { return false }
      guard take(".") else { return true }
      let start = index
      while index < bytes.count, bytes[index].isDigit { index += 1 }
      return index > start
    }

    mutating func offset() -> Bool {
      if take("Z") || take("z") { return true }
      guard take("+") || take("-") else { return false }
      return number(2, in: 0...23) != nil && take(":") && number(2, in: 0...59) != nil
    }
  }
}
