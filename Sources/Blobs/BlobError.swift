/// Why a file could not be kept, found, fetched or given, in words for the person who reads it.
package struct BlobError: Error, Sendable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// Bytes that are not what their name says, or a text that breaks its format.
    case damaged
    /// Nobody reachable has it.
    case notFound
    /// More than one file fits; say more.
    case ambiguous
    /// There is something in the way already.
    case exists
    /// This principal may not do that.
    case denied
    /// A share that was good once.
    case expired
    /// A path, a link or a kind of file that is not taken.
    case refused
    /// The disk, or what may be used of it, is full.
    case full
    /// A bound was met; trying again later may help.
    case busy
    case timedOut
    /// Given up by whoever wanted it.
    case cancelled
    /// The disk or the database failed.
    case failed
  }

  package var code: Code
  /// A sentence that says what is wrong and what to do about it.
  package var message: String
  package var cause: (any Error)?

  package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  package var description: String { message }
}
