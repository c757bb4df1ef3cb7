package import Primitives

/// A type that settings can have: read from a file or from plain text (the environment, a flag),
/// and written as the file has it.
package protocol SettingValue: Sendable {
  /// Completes "must be ...".
  static var expectation: String { get }

  /// From the environment or a flag.
  init?(text: String)
  /// From the file.
  init?(toml: TOML.Content)

  /// As the file has it.
  var toml: String { get }
  var json: JSON { get }
}

extension String: SettingValue {
  package static let expectation = "a text"
  package init?(text: String) { self = text }
  package init?(toml: TOML.Content) {
    guard case .string(let text) = toml else { return nil }
    self = text
  }
  /// A JSON text is a TOML text.
  package var toml: String { json.text }
}

extension Bool: SettingValue {
  package static let expectation = "true or false"
  package init?(text: String) {
    switch text {
    case "true", "1": self = true
    case "false", "0": self = false
    default: return nil
    }
  }
  package init?(toml: TOML.Content) {
    guard case .boolean(let value) = toml else { return nil }
    self = value
  }
  package var toml: String { String(self) }
}

extension Int: SettingValue {
  package static let expectation = "a whole number"
  package init?(text: String) { self.init(text, radix: 10) }
  package init?(toml: TOML.Content) {
    guard case .integer(let value) = toml else { return nil }
    self.init(value)
  }
  package var toml: String { String(self) }
}

extension Duration: SettingValue {
  package init?(toml: TOML.Content) {
    guard case .string(let text) = toml else { return nil }
    self.init(text: text)
  }
  package var toml: String { "\"\(text)\"" }
}

extension ByteSize: SettingValue {
  package init?(text: String) { self.init(text) }
  package init?(toml: TOML.Content) {
    switch toml {
    case .string(let text): self.init(text)
    case .integer(let bytes) where bytes >= 0: self.init(bytes)
    case .integer, .float, .boolean, .dateTime, .array, .table: return nil
    }
  }
  package var toml: String { "\"\(description)\"" }
}

/// A setting with a few words to choose from.
package protocol SettingChoice: SettingValue, CaseIterable, CustomStringConvertible {}

extension SettingChoice {
  package static var expectation: String {
    let words = allCases.map { "\"\($0)\"" }
    return words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }
  package init?(text: String) {
    guard let choice = Self.allCases.first(where: { $0.description == text }) else { return nil }
    self = choice
  }
  package init?(toml: TOML.Content) {
    guard case .string(let text) = toml else { return nil }
    self.init(text: text)
  }
  package var toml: String { "\"\(description)\"" }
  package var json: JSON { .string(description) }
}

extension LogLevel: SettingChoice {}
