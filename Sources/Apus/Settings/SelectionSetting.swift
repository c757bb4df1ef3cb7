package import Primitives

/// Which of many may be run: `none`, `any`, or names.
package enum SelectionSetting<Name: SelectedName>: SettingList, Equatable {
  case none, any
  case named([String])

  private static var limit: Int { 1024 }

  package static var expectation: String { "any, none or names of \(Name.expectation)" }

  package init?(texts: [String]) {
    switch texts {
    case ["any"]: self = .any
    case ["none"], []: self = .none
    default:
      guard texts.allSatisfy(Self.isName), texts.count <= Self.limit else { return nil }
      self = .named(texts)
    }
  }

  private static func isName(_ text: String) -> Bool {
    !["any", "none", ".", ".."].contains(text) && Name.lengths.contains(text.utf8.count)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } && Name.allows(text)
  }

  package var toml: String { json.text }
  package var json: JSON {
    switch self {
    case .none: "none"
    case .any: "any"
    case .named(let names): .array(names.map { .string($0) })
    }
  }
}

/// What a name in such a list may be.
package protocol SelectedName: Sendable {
  static var expectation: String { get }
  static var lengths: ClosedRange<Int> { get }
  static func allows(_ text: String) -> Bool
}

/// A program of the machine; without a slash, for where it lies is for the machine to say.
package enum ProgramName: SelectedName {
  package static let expectation = "programs, such as python3,bash"
  package static let lengths = 1...255
  package static func allows(_ text: String) -> Bool { !text.contains("/") }
}

/// An image of a container.
package enum ImageName: SelectedName {
  package static let expectation = "images, such as busybox,example.org/tools:2"
  package static let lengths = 1...512
  package static func allows(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789-._/:@".contains(Character(scalar)))
    }
  }
}
