package import IO

/// Why an attempt could not be made, in words for the person who reads it.
package struct RuntimeError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: UInt8, Sendable, CaseIterable {
    /// The runtime, a library or a program is not on this machine.
    case absent = 1
    /// The machine cannot give a layer that the rules ask for.
    case weak = 2
    /// The owner's rules or a limit of ours do not allow it.
    case refused = 3
    /// Bytes from inside a box, or a module, that break their format.
    case damaged = 4
    /// A bound was met; trying again later may help.
    case busy = 5
    /// The box ended in the middle.
    case lost = 6
    /// Given up by whoever wanted it.
    case cancelled = 7
    /// The system failed.
    case failed = 8
  }

  package var code: Code
  /// A sentence that says what is wrong and what to do about it.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package init(_ error: SystemError) { self.init(.failed, error.message) }

  package var description: String { message }
}
