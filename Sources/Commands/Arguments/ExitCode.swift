/// How a command ends. Scripts lean on these numbers.
package struct ExitCode: RawRepresentable, Hashable, Sendable, Error {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }
  package init(_ rawValue: Int32) { self.rawValue = rawValue }

  package static let success = ExitCode(0)
  package static let failure = ExitCode(1)
  /// Wrong usage.
  package static let validationFailure = ExitCode(2)
  package static let noNode = ExitCode(3)
  package static let refused = ExitCode(4)
  package static let notFound = ExitCode(5)
  package static let timedOut = ExitCode(6)
}

/// Ends a command with a sentence for the person and a number for scripts.
package struct CommandError: Error, Sendable, CustomStringConvertible {
  package var code: ExitCode
  /// What went wrong and what to do about it.
  package var message: String

  package init(_ message: String, code: ExitCode = .failure) {
    self.message = message
    self.code = code
  }

  package var description: String { message }
}

/// Values that make no sense together.
package struct ValidationError: Error, Sendable, CustomStringConvertible {
  package var message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}

/// Wrong usage, with what help there is.
package struct ArgumentError: Error, Sendable, Equatable, CustomStringConvertible {
  package var message: String
  package var usage = ""
  /// The words to type for help: `apus up --help`.
  package var help = ""

  package var description: String {
    var text = "Error: \(message)\n"
    if !usage.isEmpty { text += "Usage: \(usage)\n" }
    if !help.isEmpty { text += "  See '\(help)'.\n" }
    return text
  }
}
