extension JSON {
  /// On one line, without spaces.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package var bytes: [UInt8] {
    var writer = JSONWriter(indents: false)
    writer.write(self)
    return writer.bytes
  }

  /// For people: a member a line, indented by two spaces, no newline at the end.
  package var pretty: String {
    var writer = JSONWriter(indents: true)
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private let indents: Bool
  private var depth = 0

  init(indents: Bool) { self.indents = indents }

  mutating func write(_ value: JSON) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): append(String(value))
    // JSON has no word for what is not finite; null is what browsers write.
    case .number(let value): append(value.isFinite ? value.description : "null")
    case .string(let value): write(value)
    case .array(let elements):
      write(elements, open: "[", close: "]") { (writer, element) in writer.write(element) }
    case .object(let members):
      write(members, open: "{", close: "}") { (writer, member) in
        writer.write(member.name)
        writer.append(writer.indents ? ": " : ":")
        writer.write(member.value)
      }
    }
  }

  private mutating func write<Items: Sequence>(
    _ items: Items, open: String, close: String, _ body: (inout Self, Items.Element) -> Void
  ) {
    append(open)
    depth += 1
    var isEmpty = true
    for item in items {
      if !isEmpty { append(",") }
      isEmpty = false
      newLine()
      body(&self, item)
    }
    depth -= 1
    if !isEmpty { newLine() }
    append(close)
  }

  private mutating func newLine() {
    guard indents else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }

  mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      // Delete is legal, and moves a terminal's cursor.
      case 0..<0x20, 0x7F: append("\\u00" + Hex.encode(CollectionOfOne(byte)))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
