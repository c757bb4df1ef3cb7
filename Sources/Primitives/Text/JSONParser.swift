extension JSON {
  package static func parse(
    _ text: String, limits: Limits = Limits()
  ) throws(TextError) -> JSON {
    try parse(Array(text.utf8), limits: limits)
  }

  /// Exactly one value of RFC 8259 in UTF-8. Refuses what others let pass: a repeated member
  /// name, a lone surrogate, an integer beyond 64 bits, a number beyond Double, a byte-order
  /// mark.
  package static func parse(
    _ bytes: [UInt8], limits: Limits = Limits()
  ) throws(TextError) -> JSON {
    guard bytes.count <= limits.bytes else {
      throw TextError(
        line: 1, column: 1,
        message: "the JSON has \(bytes.count) bytes; at most \(limits.bytes) are taken")
    }
    var parser = JSONParser(bytes: bytes, depthLimit: limits.depth)
    return try parser.parse()
  }
}

struct JSONParser {
  let bytes: [UInt8]
  let depthLimit: Int
  private var index = 0
  private var depth = 0

  init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  mutating func parse() throws(TextError) -> JSON {
    let result = try value()
    skipSpace()
    if let byte = next { throw error("\(byte.shown) stands behind the end of the value") }
    return result
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func error(_ message: String, at place: Int? = nil) -> TextError {
    TextError(at: place ?? index, in: bytes, message)
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  // MARK: - Values

  private mutating func value() throws(TextError) -> JSON {
    skipSpace()
    guard let byte = next else { throw error("a value is missing at the end") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("a value cannot begin with \(byte.shown)")
    }
  }

  /// Steps over an opening bracket.
  private mutating func enter() throws(TextError) {
    guard depth < depthLimit else {
      throw error("more than \(depthLimit) arrays and objects stand inside each other")
    }
    depth += 1
    index += 1
    skipSpace()
  }

  private mutating func leaves(_ bracket: Unicode.Scalar) -> Bool {
    skipSpace()
    guard take(bracket) else { return false }
    depth -= 1
    return true
  }

  private mutating func object() throws(TextError) -> JSON {
    try enter()
    var object = JSONObject()
    if leaves("}") { return .object(object) }
    while true {
      skipSpace()
      let start = index
      guard next == UInt8(ascii: "\"") else { throw error("a member's name is expected in quotes") }
      let name = try string()
      skipSpace()
      guard take(":") else { throw error("':' is expected behind a member's name") }
      guard object.insert(try value(), for: name) else {
        throw error("the member \"\(name)\" is there twice", at: start)
      }
      if leaves("}") { return .object(object) }
      guard take(",") else { throw error("',' or '}' is expected behind a member") }
    }
  }

  private mutating func array() throws(TextError) -> JSON {
    try enter()
    var elements: [JSON] = []
    if leaves("]") { return .array(elements) }
    while true {
      elements.append(try value())
      if leaves("]") { return .array(elements) }
      guard take(",") else { throw error("',' or ']' is expected behind an element") }
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(TextError) -> JSON {
    let end = index + word.utf8.count
    guard end <= bytes.count, bytes[index..<end].elementsEqual(word.utf8) else {
      throw error("a value is expected; did you mean \(word)?")
    }
    index = end
    return value
  }

  // MARK: - Numbers

  private mutating func number() throws(TextError) -> JSON {
    let start = index
    _ = take("-")
    let firstDigit = index
    guard skipDigits() else { throw error("a digit is expected behind '-'") }
    if bytes[firstDigit] == UInt8(ascii: "0"), index > firstDigit + 1 {
      throw error("a number must not begin with a zero", at: start)
    }
    var isInteger = true
    if take(".") {
      isInteger = false
      guard skipDigits() else { throw error("a digit is expected behind '.'") }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      guard skipDigits() else { throw error("a digit is expected in the exponent") }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if text == "-0" { return .number(-0.0) }
    if isInteger {
      if let integer = Int64(text) { return .integer(integer) }
      throw error("the integer does not fit 64 bits; write it as a text", at: start)
    }
    if let number = Double(text), number.isFinite { return .number(number) }
    throw error("the number is too large", at: start)
  }

  private mutating func skipDigits() -> Bool {
    let start = index
    while let byte = next, byte.isDigit { index += 1 }
    return index > start
  }

  // MARK: - Texts

  private mutating func string() throws(TextError) -> String {
    index += 1
    let start = index
    skipPlain()
    // Most texts have no escape: one check, one copy.
    if next == UInt8(ascii: "\"") {
      defer { index += 1 }
      return try validated(bytes[start..<index], from: start)
    }
    var text = Array(bytes[start..<index])
    while true {
      guard let byte = next else { throw error("the text has no closing quote", at: start - 1) }
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return try validated(text[...], from: start)
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &text)
      default:
        guard byte >= 0x20 else {
          throw error("a control character in a text must be written as an escape")
        }
        let from = index
        skipPlain()
        text.append(contentsOf: bytes[from..<index])
      }
    }
  }

  private mutating func skipPlain() {
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      index += 1
    }
  }

  private func validated(_ text: ArraySlice<UInt8>, from start: Int) throws(TextError) -> String {
    guard let string = String(validating: text, as: UTF8.self) else {
      throw error("the text is not valid UTF-8", at: start)
    }
    return string
  }

  private mutating func escape(into text: inout [UInt8]) throws(TextError) {
    guard let byte = next else { throw error("the text ends inside an escape") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: try escapedScalar().utf8Bytes)
    default: throw error("there is no escape \\\(byte.shown)", at: index - 1)
    }
  }

  private mutating func escapedScalar() throws(TextError) -> Unicode.Scalar {
    let start = index - 2
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take("\\"), take("u") else {
      throw error("half of a surrogate pair stands alone", at: start)
    }
    let second = try fourDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair stands alone", at: start) }
    return scalar
  }

  private mutating func fourDigits() throws(TextError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = next?.hexValue else {
        throw error("four hexadecimal digits are expected behind \\u")
      }
      value = value << 4 | digit
      index += 1
    }
    return value
  }
}

extension Unicode.Scalar {
  var utf8Bytes: [UInt8] { Array(String(Character(self)).utf8) }
}
