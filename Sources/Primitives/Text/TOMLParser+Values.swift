extension TOMLParser {
  mutating func value() throws(TextError) -> TOML.Value {
    let line = line()
    let content: TOML.Content
    switch next {
    case UInt8(ascii: "\""):
      content = .string(isTripled ? try multilineBasicString() : try basicString())
    case UInt8(ascii: "'"):
      content = .string(isTripled ? try multilineLiteralString() : try literalString())
    case UInt8(ascii: "["): content = try array()
    case UInt8(ascii: "{"): content = try inlineTable()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): content = try boolean()
    case nil, 0x0A, 0x0D, UInt8(ascii: "#"): throw error("a value is expected behind '='")
    default: content = try numberOrDate()
    }
    return TOML.Value(line: line, content: content)
  }

  private var isTripled: Bool { next == peek(1) && next == peek(2) }

  private mutating func boolean() throws(TextError) -> TOML.Content {
    let start = index
    switch word() {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case let other: throw error("\"\(other)\" is no value; write texts in quotes", at: start)
    }
  }

  private mutating func enter() throws(TextError) {
    guard depth < limits.depth else {
      throw error("more than \(limits.depth) tables and arrays stand inside each other")
    }
    depth += 1
    index += 1
  }

  private mutating func array() throws(TextError) -> TOML.Content {
    try enter()
    var elements: [TOML.Value] = []
    while true {
      try skipLines()
      if take("]") { break }
      elements.append(try value())
      try skipLines()
      if take("]") { break }
      guard take(",") else { throw error("',' or ']' is expected, not \(shownNext)") }
    }
    depth -= 1
    return .array(elements)
  }

  /// Blanks, comments and newlines: what may stand between the elements of an array.
  private mutating func skipLines() throws(TextError) {
    repeat {
      skipBlanks()
      try skipComment()
    } while try takeNewline()
  }

  /// On one line and complete: nothing can be added to it later.
  private mutating func inlineTable() throws(TextError) -> TOML.Content {
    let table = TOMLTable(.header, line: line())
    try enter()
    skipBlanks()
    if !take("}") {
      repeat {
        try assignment(into: table)
        skipBlanks()
      } while take(",")
      guard take("}") else { throw error("',' or '}' is expected, not \(shownNext)") }
    }
    depth -= 1
    return .table(table.frozen)
  }

  // MARK: - Texts

  mutating func basicString() throws(TextError) -> String {
    let start = index
    index += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      default: try plain(into: &text)
      }
    }
    throw error("the text has no closing quote", at: start)
  }

  mutating func literalString() throws(TextError) -> String {
    let start = index
    index += 1
    var text: [UInt8] = []
    while let byte = next {
      if byte == UInt8(ascii: "'") {
        index += 1
        return String(decoding: text, as: UTF8.self)
      }
      try plain(into: &text)
    }
    throw error("the text has no closing quote", at: start)
  }

  private mutating func multilineBasicString() throws(TextError) -> String {
    let start = index
    index += 3
    _ = try takeNewline()
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\"") where isTripled:
        closeTripled(into: &text)
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        if try !skipLineEnd() { try escape(into: &text) }
      default: try plainOrNewline(into: &text)
      }
    }
    throw error("the text has no closing quotes", at: start)
  }

  private mutating func multilineLiteralString() throws(TextError) -> String {
    let start = index
    index += 3
    _ = try takeNewline()
    var text: [UInt8] = []
    while let byte = next {
      if byte == UInt8(ascii: "'"), isTripled {
        closeTripled(into: &text)
        return String(decoding: text, as: UTF8.self)
      }
      try plainOrNewline(into: &text)
    }
    throw error("the text has no closing quotes", at: start)
  }

  /// One or two quotes may stand directly before the closing three.
  private mutating func closeTripled(into text: inout [UInt8]) {
    let quote = bytes[index]
    index += 3
    for _ in 0..<2 where next == quote {
      text.append(quote)
      index += 1
    }
  }

  /// A backslash at the end of a line swallows all blanks and newlines that follow.
  private mutating func skipLineEnd() throws(TextError) -> Bool {
    let start = index
    index += 1
    skipBlanks()
    guard try takeNewline() else {
      index = start
      return false
    }
    repeat { skipBlanks() } while try takeNewline()
    return true
  }

  private mutating func plainOrNewline(into text: inout [UInt8]) throws(TextError) {
    if try takeNewline() {
      text.append(0x0A)
    } else {
      try plain(into: &text)
    }
  }

  private mutating func plain(into text: inout [UInt8]) throws(TextError) {
    let byte = bytes[index]
    guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
      throw error(
        byte == 0x0A || byte == 0x0D
          ? "the text has no closing quote on its line"
          : "a control character in a text must be written as an escape")
    }
    text.append(byte)
    index += 1
  }

  private mutating func escape(into text: inout [UInt8]) throws(TextError) {
    let start = index
    index += 1
    guard let byte = next else { throw error("the text ends inside an escape") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      var value: UInt32 = 0
      for _ in 0..<(byte == UInt8(ascii: "u") ? 4 : 8) {
        guard let digit = next?.hexValue else { throw error("a hexadecimal digit is expected") }
        value = value << 4 | digit
        index += 1
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw error("the escape names no character", at: start)
      }
      text.append(contentsOf: scalar.utf8Bytes)
    default: throw error("there is no such escape; write \\\\ for a backslash", at: start)
    }
  }
}
