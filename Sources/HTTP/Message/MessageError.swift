/// Why a message could not be read, written or answered.
package struct MessageError: Error, Sendable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// The bytes are no HTTP. `status` is what the sender is told.
    case malformed
    /// A limit of ours; the message names it.
    case tooLarge
    /// The other side did not send or take bytes in time.
    case timedOut
    /// The other side ended the stream or the connection before it was complete.
    case aborted
    /// The other side refuses new streams on this connection; nothing was done, try another.
    case refused
    /// No connection could be made.
    case unreachable
    /// Called in an order that makes no sense (a body before its head).
    case misuse
  }

  package var code: Code
  /// A sentence for the person who reads it.
  package var message: String
  /// What a server answers when the fault is in the request.
  package var status: StatusCode
  /// HTTP/2's reason (RFC 9113, 7) where the other side reset the stream; nil when the connection
  /// broke, and for everything else.
  package var resetCode: UInt32?

  package init(_ code: Code, _ message: String, status: StatusCode = .badRequest) {
    self.code = code
    self.message = message
    self.status = status
  }

  package var description: String { message }
}
