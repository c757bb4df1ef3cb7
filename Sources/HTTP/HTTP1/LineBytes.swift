/// What the line-based parsers of HTTP/1.1 share: bytes, their classes and their comparison.
enum LineBytes {
  static let cr = UInt8(ascii: "\r")
  static let lf = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let colon = UInt8(ascii: ":")

  /// Token bytes (RFC 9110, 5.6.2) as a bit set over 0...127.
  private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
  private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    let set = byte < 64 ? tokenLow : tokenHigh
    return byte < 128 && (set &>> UInt64(byte & 63)) & 1 != 0
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// The value of a hexadecimal digit.
  static func hexValue(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// The first byte from `start` that may not stand in a field value: eight bytes at a time
  /// while none of them is a control byte.
  @inline(__always)
  static func endOfValue(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while true {
      while index + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let low = (word &- ones &* 0x20) & ~word
        let delete = word ^ (ones &* 0x7F)
        if (low | ((delete &- ones) & ~delete)) & tops != 0 { break }
        index += 8
      }
      while index < bytes.count {
        let byte = bytes[index]
        if byte < 0x20 && byte != tab || byte == 0x7F { return index }
        index += 1
        if byte == tab { break }
      }
      if index >= bytes.count { return index }
    }
  }

  /// Compares in any case; `name` is lower case.
  @inline(__always)
  static func equals(_ bytes: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
    guard bytes.count == name.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where Headers.lowered(bytes[index]) != name.utf8Start[index] {
      return false
    }
    return true
  }

  /// Without blanks at both ends.
  static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    var end = bytes.count
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return bytes.cut(start, end)
  }

  /// Calls `body` with every element of a comma-separated list that is not empty.
  static func forEachElement(
    _ list: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    var start = 0
    for index in 0...list.count where index == list.count || list[index] == UInt8(ascii: ",") {
      let element = trimmed(list.cut(start, index))
      if !element.isEmpty { body(element) }
      start = index + 1
    }
  }

  /// Decimal digits and nothing else (RFC 9110, 8.6): no sign, no blank, no list.
  static func length(_ bytes: UnsafeRawBufferPointer) throws(MessageError) -> Int {
    guard !bytes.isEmpty, bytes.allSatisfy(isDigit) else {
      throw MessageError(.malformed, "content-length must be one decimal number")
    }
    var value = 0
    for byte in bytes {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowed) = scaled.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !overflowed else {
        throw MessageError(
          .tooLarge, "content-length is beyond what can be counted", status: .contentTooLarge)
      }
      value = sum
    }
    return value
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func cut(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[start..<end])
  }

  var text: String { String(decoding: self, as: UTF8.self) }
}
