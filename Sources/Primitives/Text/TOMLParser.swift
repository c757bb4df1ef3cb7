extension TOML {
  package static func parse(
    _ text: String, limits: Limits = Limits()
  ) throws(TextError) -> Table {
    try parse(Array(text.utf8), limits: limits)
  }

  /// Refuses everything TOML 1.0 forbids, and what is larger or deeper than the limits.
  package static func parse(
    _ bytes: [UInt8], limits: Limits = Limits()
  ) throws(TextError) -> Table {
    guard bytes.count <= limits.bytes else {
      throw TextError(
        line: 1, column: 1,
        message: "the file has \(bytes.count) bytes; at most \(limits.bytes) are taken")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TextError(at: firstInvalid(bytes), in: bytes, "the text is not valid UTF-8")
    }
    var parser = TOMLParser(bytes: bytes, limits: limits)
    return try parser.parse()
  }

  /// Where decoding first has to repair something.
  private static func firstInvalid(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var index = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      index += UTF8.width(scalar)
    }
    return index
  }
}

/// Reads line by line: a header opens a table, everything else is `key = value` in it. The
/// texts, numbers and values are in the extensions.
struct TOMLParser {
  let bytes: [UInt8]
  let limits: TOML.Limits
  var index = 0
  /// Tables and arrays open around the current place.
  var depth = 0
  private let root = TOMLTable(.header, line: 1)
  private var current: TOMLTable
  /// Counted on as the parser moves forward.
  private var lineCounted = (index: 0, line: 1)

  init(bytes: [UInt8], limits: TOML.Limits) {
    self.bytes = bytes
    self.limits = limits
    current = root
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  mutating func parse() throws(TextError) -> TOML.Table {
    while true {
      skipBlanks()
      guard let byte = next else { return root.frozen }
      switch byte {
      case UInt8(ascii: "#"), 0x0A, 0x0D: break
      case UInt8(ascii: "["): try header()
      default: try assignment(into: current)
      }
      try endOfLine()
    }
  }

  // MARK: - Places

  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  func peek(_ offset: Int) -> UInt8? {
    index + offset < bytes.count ? bytes[index + offset] : nil
  }

  func error(_ message: String, at place: Int? = nil) -> TextError {
    TextError(at: place ?? index, in: bytes, message)
  }

  mutating func line() -> Int {
    for byte in bytes[lineCounted.index..<index] where byte == 0x0A { lineCounted.line += 1 }
    lineCounted.index = index
    return lineCounted.line
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// What stands at the current place, for messages.
  var shownNext: String {
    switch next {
    case nil: "the end of the file"
    case 0x0A, 0x0D: "the end of the line"
    case 0x20: "a space"
    case let byte?: byte < 0x80 ? byte.shown : "a letter outside ASCII"
    }
  }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 { index += 1 }
  }

  /// A comment if there is one, then a newline or the end of the file.
  private mutating func endOfLine() throws(TextError) {
    skipBlanks()
    try skipComment()
    guard next != nil else { return }
    guard try takeNewline() else {
      throw error("the line should end here, but \(shownNext) follows")
    }
  }

  mutating func skipComment() throws(TextError) {
    guard take("#") else { return }
    while let byte = next, byte != 0x0A {
      if byte == 0x0D, peek(1) == 0x0A { return }
      guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
        throw error("a comment must not hold a control character")
      }
      index += 1
    }
  }

  mutating func takeNewline() throws(TextError) -> Bool {
    if next == 0x0A {
      index += 1
      return true
    }
    guard next == 0x0D else { return false }
    guard peek(1) == 0x0A else { throw error("a carriage return must stand before a newline") }
    index += 2
    return true
  }

  // MARK: - Headers and keys

  private mutating func header() throws(TextError) {
    let start = index
    let line = line()
    index += 1
    let isElement = take("[")
    let path = try key()
    guard take("]"), !isElement || take("]") else {
      throw error("'\(isElement ? "]]" : "]")' is expected at the end of the header")
    }
    var table = root
    for name in path.dropLast() {
      table = try step(into: name, of: table, at: start, line: line)
    }
    let name = path[path.count - 1]
    current =
      isElement
      ? try element(name, of: table, at: start, line: line)
      : try open(name, of: table, at: start, line: line)
    depth = path.count
  }

  /// On the way of a header: existing tables and the last element of `[[...]]` are entered.
  private func step(
    into name: String, of table: TOMLTable, at place: Int, line: Int
  ) throws(TextError) -> TOMLTable {
    switch table.entries[name] {
    case .table(let inner): return inner
    case .tables(let inner): return inner.tables[inner.tables.count - 1]
    case .value: throw error("\(name) already has a value and cannot hold tables", at: place)
    case nil:
      let inner = TOMLTable(.implied, line: line)
      table.set(.table(inner), for: name)
      return inner
    }
  }

  private func open(
    _ name: String, of table: TOMLTable, at place: Int, line: Int
  ) throws(TextError) -> TOMLTable {
    switch table.entries[name] {
    case .table(let inner) where inner.origin == .implied:
      inner.origin = .header
      return inner
    case .table, .tables, .value:
      throw error("\(name) is already defined", at: place)
    case nil:
      let inner = TOMLTable(.header, line: line)
      table.set(.table(inner), for: name)
      return inner
    }
  }

  private func element(
    _ name: String, of table: TOMLTable, at place: Int, line: Int
  ) throws(TextError) -> TOMLTable {
    let inner = TOMLTable(.header, line: line)
    switch table.entries[name] {
    case .tables(let elements): elements.tables.append(inner)
    case nil: table.set(.tables(TOMLTable.Elements(inner)), for: name)
    case .table, .value: throw error("\(name) is already defined as something else", at: place)
    }
    return inner
  }

  /// `key = value`; a dotted key makes the tables on its way.
  mutating func assignment(into table: TOMLTable) throws(TextError) {
    skipBlanks()
    let start = index
    let line = line()
    let path = try key()
    guard take("=") else { throw error("'=' is expected behind a key, not \(shownNext)") }
    skipBlanks()
    var table = table
    for name in path.dropLast() {
      switch table.entries[name] {
      case .table(let inner) where inner.origin != .header: table = inner
      case .table, .tables, .value: throw error("\(name) is already defined", at: start)
      case nil:
        let inner = TOMLTable(.dotted, line: line)
        table.set(.table(inner), for: name)
        table = inner
      }
    }
    let name = path[path.count - 1]
    guard table.entries[name] == nil else { throw error("\(name) is already defined", at: start) }
    depth += path.count - 1
    table.set(.value(try value()), for: name)
    depth -= path.count - 1
  }

  /// The parts of a key, with the blanks around it.
  private mutating func key() throws(TextError) -> [String] {
    var path: [String] = []
    repeat {
      skipBlanks()
      guard depth + path.count < limits.depth else {
        throw error("more than \(limits.depth) tables stand inside each other")
      }
      path.append(try keyPart())
      skipBlanks()
    } while take(".")
    return path
  }

  private mutating func keyPart() throws(TextError) -> String {
    switch next {
    case UInt8(ascii: "\""): return try basicString()
    case UInt8(ascii: "'"): return try literalString()
    default:
      let start = index
      while let byte = next, byte.isBareKey { index += 1 }
      guard index > start else { throw error("a key is expected, not \(shownNext)") }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }
  }
}

extension UInt8 {
  fileprivate var isBareKey: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
