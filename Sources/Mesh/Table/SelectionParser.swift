import Primitives

/// Reads `role=worker,latency<50,label.gpu=yes`. A value with a comma stands in double quotes.
struct SelectionParser {
  static let mostConditions = 32
  static let mostBytes = 4096

  private let text: [Character]
  private var index = 0

  init(_ text: String) { self.text = Array(text.prefix(Self.mostBytes + 1)) }

  mutating func parse() throws(NetworkError) -> [SelectionCondition] {
    guard text.count <= Self.mostBytes else {
      throw NetworkError(.violation, "The condition is longer than \(Self.mostBytes) characters.")
    }
    var conditions: [SelectionCondition] = []
    while true {
      conditions.append(try condition())
      guard conditions.count <= Self.mostConditions else {
        throw problem("there are more than \(Self.mostConditions) conditions")
      }
      if index == text.count { return conditions }
      guard text[index] == "," else { throw problem("expected a comma") }
      index += 1
    }
  }

  private mutating func condition() throws(NetworkError) -> SelectionCondition {
    skipSpaces()
    let start = index
    let name = word { $0.isLetter || $0.isNumber || [".", "-", "_"].contains($0) }
    guard !name.isEmpty else { throw problem("expected the name of a field") }
    let field = try self.field(name, at: start)
    skipSpaces()
    let comparison = try self.comparison()
    skipSpaces()
    let place = index
    let text = try value()
    guard field.isNumber else {
      return SelectionCondition(field: field.field, comparison: comparison, value: .text(text))
    }
    guard let number = Self.number(text) else {
      throw problem("expected a number for \(name), found \"\(text)\"", at: place)
    }
    return SelectionCondition(field: field.field, comparison: comparison, value: .number(number))
  }

  private func field(
    _ name: String, at start: Int
  ) throws(NetworkError) -> (field: SelectionCondition.Field, isNumber: Bool) {
    if name.hasPrefix("label.") {
      let label = String(name.dropFirst(6))
      guard NodeRecord.isName(label) else { throw problem("expected a label's name", at: start) }
      return (.label(label), false)
    }
    if let found = SelectionCondition.Field.texts.first(where: { $0.0 == name }) {
      return (found.1, false)
    }
    if let found = SelectionCondition.Field.numbers.first(where: { $0.0 == name }) {
      return (found.1, true)
    }
    let all = (SelectionCondition.Field.texts + SelectionCondition.Field.numbers).map(\.0)
    throw problem(
      "there is no field \"\(name)\"; there are \(all.joined(separator: ", ")) and label.NAME",
      at: start)
  }

  private mutating func comparison() throws(NetworkError) -> SelectionCondition.Comparison {
    for comparison in SelectionCondition.Comparison.allCases {
      let symbol = Array(comparison.rawValue)
      if text[index...].starts(with: symbol) {
        index += symbol.count
        return comparison
      }
    }
    throw problem("expected one of = != < <= > >=")
  }

  private mutating func value() throws(NetworkError) -> String {
    if index < text.count, text[index] == "\"" {
      index += 1
      let value = word { $0 != "\"" }
      guard index < text.count else { throw problem("expected a closing quote") }
      index += 1
      skipSpaces()
      return value
    }
    var value = word { $0 != "," && $0 != "\"" }
    while value.last == " " { value.removeLast() }
    guard !value.isEmpty else { throw problem("expected a value") }
    return value
  }

  private mutating func word(_ belongs: (Character) -> Bool) -> String {
    let start = index
    while index < text.count, belongs(text[index]) { index += 1 }
    return String(text[start..<index])
  }

  private mutating func skipSpaces() {
    while index < text.count, text[index] == " " { index += 1 }
  }

  /// Plain, or with a unit of bytes: `memory>=16GiB`.
  private static func number(_ text: String) -> Double? {
    let units: [(String, Double)] = [
      ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
      ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("ms", 1),
    ]
    for (unit, factor) in units where text.hasSuffix(unit) {
      return plain(text.dropLast(unit.count)).map { $0 * factor }
    }
    return plain(text[...])
  }

  private static func plain(_ text: Substring) -> Double? {
    guard let first = text.utf8.first, (0x30...0x39).contains(first),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  private func problem(_ what: String, at place: Int? = nil) -> NetworkError {
    NetworkError(
      .violation, "The condition is wrong at character \((place ?? index) + 1): \(what).")
  }
}
