package import Primitives

/// One key of the settings: everything the program and its pages know about it.
package struct Setting<Value: SettingValue>: Sendable {
  package let section: String
  package let name: String
  package let fallback: Value
  /// One line, for the template and the page of settings.
  package let help: String
  /// What is wrong with a value, completing "must ..."; nil when nothing is.
  let complaint: @Sendable (Value) -> String?

  init(
    _ section: String, _ name: String, _ fallback: Value, _ help: String,
    complaint: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.section = section
    self.name = name
    self.fallback = fallback
    self.help = help
    self.complaint = complaint
  }
}

extension Setting where Value: Comparable {
  /// With a range of values that make sense.
  init(
    _ section: String, _ name: String, _ fallback: Value, in range: ClosedRange<Value>,
    _ help: String
  ) {
    self.init(section, name, fallback, help) { value in
      range.contains(value)
        ? nil : "be from \(range.lowerBound.toml) to \(range.upperBound.toml), not \(value.toml)"
    }
  }
}

/// A setting whatever its type.
package protocol AnySetting: Sendable {
  var section: String { get }
  var name: String { get }
  var help: String { get }
  var expectation: String { get }
  var anyFallback: any SettingValue { get }

  func read(text: String) throws(SettingComplaint) -> any SettingValue
  func read(toml: TOML.Content) throws(SettingComplaint) -> any SettingValue
}

/// Why a value is refused, completing "must ...".
package struct SettingComplaint: Error {
  let words: String
}

extension AnySetting {
  /// `node.stop-deadline`.
  package var path: String { section + "." + name }

  /// `APUS_NODE_STOP_DEADLINE`.
  package var environmentName: String {
    "APUS_" + path.uppercased().split { $0 == "." || $0 == "-" }.joined(separator: "_")
  }
}

extension Setting: AnySetting {
  package var anyFallback: any SettingValue { fallback }
  package var expectation: String { Value.expectation }

  package func read(text: String) throws(SettingComplaint) -> any SettingValue {
    try checked(Value(text: text), shown: JSON.string(text).text)
  }

  package func read(toml: TOML.Content) throws(SettingComplaint) -> any SettingValue {
    try checked(Value(toml: toml), shown: shown(toml))
  }

  private func checked(_ value: Value?, shown: String) throws(SettingComplaint) -> Value {
    guard let value else {
      throw SettingComplaint(words: "be \(Value.expectation), not \(shown)")
    }
    if let words = complaint(value) { throw SettingComplaint(words: words) }
    return value
  }

  private func shown(_ content: TOML.Content) -> String {
    switch content {
    case .string(let text): JSON.string(text).text
    case .integer(let value): String(value)
    case .float(let value): String(value)
    case .boolean(let value): String(value)
    case .dateTime(let text): text
    case .array, .table: content.kind
    }
  }
}
