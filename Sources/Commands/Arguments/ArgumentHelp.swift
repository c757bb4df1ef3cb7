/// What help says about one option or argument.
package struct ArgumentHelp: Sendable, ExpressibleByStringLiteral {
  /// One line.
  package var abstract: String
  /// What stands for the value: `host:port` in `--listen <host:port>`.
  package var valueName: String?
  /// The variable that means the same to the settings. Shown, never read by the parser.
  package var environment: String?
  package var isHidden: Bool

  package init(
    _ abstract: String = "", valueName: String? = nil, environment: String? = nil,
    isHidden: Bool = false
  ) {
    self.abstract = abstract
    self.valueName = valueName
    self.environment = environment
    self.isHidden = isHidden
  }

  package init(stringLiteral value: String) { self.init(value) }
}

/// How an option is called on the command line.
package struct NameSpecification: Sendable, ExpressibleByArrayLiteral {
  package enum Element: Sendable {
    /// `--` and the property's name, words parted by dashes.
    case long
    /// `-` and the first letter of the property's name.
    case short
    case customLong(String)
    case customShort(Character)
  }

  package var elements: [Element]

  package init(arrayLiteral elements: Element...) { self.elements = elements }

  package static let long: Self = [.long]
  package static let short: Self = [.short]
  package static let shortAndLong: Self = [.short, .long]
  package static func customLong(_ name: String) -> Self { [.customLong(name)] }
  package static func customShort(_ letter: Character) -> Self { [.customShort(letter)] }

  func names(property: String) -> [ArgumentName] {
    elements.map { element in
      switch element {
      case .long: .long(property.dashed)
      case .short: .short(property.first ?? "?")
      case .customLong(let name): .long(name)
      case .customShort(let letter): .short(letter)
      }
    }
  }
}

/// `--name` or `-n`.
enum ArgumentName: Hashable, Sendable, CustomStringConvertible {
  case long(String)
  case short(Character)

  var description: String {
    switch self {
    case .long(let name): "--" + name
    case .short(let letter): "-" + String(letter)
    }
  }
}

/// What completes a value in the shell.
package enum CompletionKind: Sendable, Equatable {
  /// The words of the value's type, if it has a few.
  case automatic
  case list([String])
  case file
  case directory
}

extension String {
  /// `stopDeadline` and `StopDeadline` as `stop-deadline`.
  var dashed: String {
    var text = ""
    for character in self {
      if character.isUppercase, !text.isEmpty { text += "-" }
      text += character.lowercased()
    }
    return text
  }
}
