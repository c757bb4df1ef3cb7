/// The shape of `host[:port]` (RFC 3986, 3.2) without user information.
enum Authority {
  /// True for a name, an address or a bracketed IPv6 address, with an optional port; empty too,
  /// since a client without a host must send an empty one.
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 2,
        bytes.cut(1, close).allSatisfy(isAddress)
      else { return false }
      index = close + 1
    } else {
      while index < bytes.count, isName(bytes[index]) { index += 1 }
    }
    guard index < bytes.count else { return true }
    guard bytes[index] == LineBytes.colon, index > 0 else { return false }
    let port = bytes.cut(index + 1, bytes.count)
    return port.count <= 5 && port.allSatisfy(LineBytes.isDigit)
  }

  /// True when digits stand behind the last colon of a valid authority.
  static func hasPort(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let last = bytes.last, LineBytes.isDigit(last),
      let colon = bytes.lastIndex(of: LineBytes.colon)
    else { return false }
    return bytes.cut(colon + 1, bytes.count).allSatisfy(LineBytes.isDigit)
  }

  /// Letters, digits, `-._~`, sub-delimiters and percent (RFC 3986, 3.2.2).
  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "="):
      true
    case UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"): false
    default: LineBytes.isToken(byte)
    }
  }

  private static func isAddress(_ byte: UInt8) -> Bool {
    LineBytes.hexValue(byte) != nil || byte == LineBytes.colon || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "v") || byte == UInt8(ascii: "%")
  }
}
