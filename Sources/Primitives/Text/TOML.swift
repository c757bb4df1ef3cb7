/// A document of TOML 1.0. Every value knows the line it came from, so that whoever reads
/// settings can say where a wrong one stands.
package enum TOML {
  package struct Limits: Sendable {
    package var bytes = 1 << 20
    /// Tables and arrays inside each other, however they are written.
    package var depth = 32
    package init() {}
  }

  package struct Value: Sendable, Equatable {
    package var line: Int
    package var content: Content

    package init(line: Int, content: Content) {
      self.line = line
      self.content = content
    }
  }

  package enum Content: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// Checked, and kept as it was written.
    case dateTime(String)
    case array([Value])
    case table(Table)

    /// The word an error message uses for this value.
    package var kind: String {
      switch self {
      case .string: "a text"
      case .integer: "an integer"
      case .float: "a float"
      case .boolean: "a boolean"
      case .dateTime: "a date or time"
      case .array: "an array"
      case .table: "a table"
      }
    }
  }

  /// In the order of the document.
  package struct Table: Sendable, Equatable {
    package private(set) var names: [String] = []
    private var values: [String: Value] = [:]

    package subscript(_ name: String) -> Value? { values[name] }

    mutating func append(_ value: Value, for name: String) {
      names.append(name)
      values[name] = value
    }
  }
}

/// A table while its document is read: how it came to be decides what may still be added.
/// Lives inside one parser and never leaves it.
final class TOMLTable {
  /// From a state a table only moves to `header`, and only from `implied`.
  enum Origin {
    /// Named on the way to another header: may get a header of its own, once.
    case implied
    /// `[name]`, or an element of `[[name]]`: complete for dotted keys from elsewhere.
    case header
    /// Made by a dotted key: no header may open it, more dotted keys beside the first may.
    case dotted
  }

  enum Entry {
    case value(TOML.Value)
    case table(TOMLTable)
    /// `[[name]]`; never empty.
    case tables(Elements)
  }

  /// Shared, so that appending to a long one copies nothing.
  final class Elements {
    var tables: [TOMLTable]
    init(_ first: TOMLTable) { tables = [first] }
  }

  var origin: Origin
  let line: Int
  private(set) var names: [String] = []
  private(set) var entries: [String: Entry] = [:]

  init(_ origin: Origin, line: Int) {
    self.origin = origin
    self.line = line
  }

  func set(_ entry: Entry, for name: String) {
    if entries.updateValue(entry, forKey: name) == nil { names.append(name) }
  }

  var frozen: TOML.Table {
    var table = TOML.Table()
    for name in names {
      switch entries[name] {
      case .value(let value): table.append(value, for: name)
      case .table(let inner): table.append(inner.value, for: name)
      case .tables(let inner):
        let content = TOML.Content.array(inner.tables.map(\.value))
        table.append(TOML.Value(line: inner.tables[0].line, content: content), for: name)
      case nil: preconditionFailure("a name without an entry")
      }
    }
    return table
  }

  private var value: TOML.Value { TOML.Value(line: line, content: .table(frozen)) }
}
