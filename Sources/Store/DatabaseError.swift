package import IO

/// What a database refused. Names statements and never the values in them.
package struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// Another process kept the database locked for longer than the time-out.
    case busy
    case diskFull
    /// The file's content is broken, or it is no database.
    case damaged
    case constraint(Constraint)
    case readOnly
    case cannotOpen
    /// The device failed to read or write.
    case device
    case outOfMemory
    /// A text, blob or row is larger than the limit.
    case tooBig
    /// The statement is wrong, or does not fit its values.
    case misuse
    /// A column was read as a type it does not have.
    case wrongType
    /// A newer program has written this database.
    case newerSchema
    /// A migration is not the one that was applied.
    case changedMigration
    case closed
    /// Too many reads or writes wait already.
    case overloaded
    case other(Int32)
  }

  package enum Constraint: Sendable, Equatable {
    case unique
    case foreignKey
    case notNull
    case check
    case other
  }

  package var code: Code
  /// A sentence that says what was tried and what to do about it.
  package var message: String
  package var cause: SystemError?

  package init(_ code: Code, _ message: String, cause: SystemError? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  package var description: String { message }
}
