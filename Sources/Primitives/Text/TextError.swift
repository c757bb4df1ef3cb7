/// What is wrong in a text, and where. Lines and columns count from one; a column is a Unicode
/// scalar, as an editor shows it.
package struct TextError: Error, Sendable, Equatable, CustomStringConvertible {
  package var line: Int
  package var column: Int
  package var message: String

  package init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  /// The place of `index` in `bytes`, found by counting: for the one error at the end.
  init(at index: Int, in bytes: [UInt8], _ message: String) {
    var line = 1
    var column = 1
    for byte in bytes[..<min(index, bytes.count)] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(line: line, column: column, message: message)
  }

  package var description: String { "line \(line), column \(column): \(message)" }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  /// The value of a hexadecimal digit.
  var hexValue: UInt32? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// How an error message names the byte.
  var shown: String {
    self > 0x20 && self < 0x7F ? "'\(Character(Unicode.Scalar(self)))'" : "byte 0x\(hex)"
  }

  private var hex: String { Hex.encode(CollectionOfOne(self)) }
}
