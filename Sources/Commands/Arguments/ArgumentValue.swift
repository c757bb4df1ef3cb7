package import Primitives

/// A type that options and arguments can have.
package protocol ArgumentValue: Sendable {
  init?(argument: String)

  /// Completes "expected ...".
  static var expectation: String { get }
  /// All words there are, when there are only a few.
  static var allValueStrings: [String] { get }

  /// How help shows a default.
  var argumentText: String { get }
}

extension ArgumentValue {
  package static var allValueStrings: [String] { [] }
}

extension ArgumentValue where Self: CustomStringConvertible {
  package var argumentText: String { description }
}

extension String: ArgumentValue {
  package static let expectation = "a text"
  package init?(argument: String) { self = argument }
}

extension Int: ArgumentValue {
  package static let expectation = "a whole number"
  package init?(argument: String) { self.init(argument, radix: 10) }
}

extension UInt16: ArgumentValue {
  package static let expectation = "a number from 0 to 65535"
  package init?(argument: String) { self.init(argument, radix: 10) }
}

extension Double: ArgumentValue {
  package static let expectation = "a number"
  package init?(argument: String) {
    guard let value = Double(argument), value.isFinite else { return nil }
    self = value
  }
}

extension Bool: ArgumentValue {
  package static let expectation = "true or false"
  package static let allValueStrings = ["true", "false"]
  package init?(argument: String) { self.init(argument) }
}

extension Duration: ArgumentValue {
  package init?(argument: String) { self.init(text: argument) }
  package var argumentText: String { text }
}

extension ByteSize: ArgumentValue {
  package init?(argument: String) { self.init(argument) }
}

/// An enumeration of words.
extension ArgumentValue where Self: CaseIterable & RawRepresentable, RawValue == String {
  package init?(argument: String) { self.init(rawValue: argument) }
  package static var allValueStrings: [String] { allCases.map(\.rawValue) }
  package static var expectation: String {
    "one of " + allValueStrings.joined(separator: ", ")
  }
  package var argumentText: String { rawValue }
}

extension LogLevel: ArgumentValue {
  package init?(argument: String) { self.init(argument) }
  package static let allValueStrings = allCases.map(\.description)
  package static let expectation = "one of " + allValueStrings.joined(separator: ", ")
}
