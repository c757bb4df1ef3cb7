/// The percent-encoding of `grpc-message`: printable ASCII but for `%` stands for itself.
package enum StatusText {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// What would be longer than `limit` ends early, between two characters.
  package static func encode(_ text: String, limit: Int = .max) -> String {
    var encoded: [UInt8] = []
    for scalar in text.unicodeScalars {
      let start = encoded.count
      for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
        if 0x20...0x7E ~= byte, byte != UInt8(ascii: "%") {
          encoded.append(byte)
        } else {
          encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
      if encoded.count > limit {
        encoded.removeSubrange(start...)
        break
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// Never fails: a broken escape stands for itself, broken UTF-8 is replaced.
  package static func decode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = value(bytes[index + 1]), let low = value(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
