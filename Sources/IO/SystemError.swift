import Glibc

/// What the operating system refused, in words for the person who reads it.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// This side closed the transport, or the loop is going away.
    case closed
    /// The other side broke the connection.
    case reset
    /// Nobody listens there, or the way is blocked.
    case unreachable
    case timedOut
    case addressInUse
    case notFound
    case alreadyExists
    case notPermitted
    case diskFull
    /// Another process has the lock; nil when it has not said which it is.
    case locked(byProcess: Int32?)
    /// The process or the machine has no descriptor left.
    case descriptorsExhausted
    /// A bounded queue of ours is full; asking again later may do.
    case overloaded
    case invalidInput
    case cancelled
    case other(errno: Int32)
  }

  package var code: Code
  /// A sentence that says what was tried and what to do about it.
  package var message: String
  /// The `errno` behind it, where a system call failed.
  package private(set) var number: Int32?

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// From `errno` right after the call that failed. `doing` completes "while ...".
  package init(errno number: Int32 = errno, _ doing: String) {
    code = Self.code(for: number)
    self.number = number
    message = "\(doing): \(String(cString: strerror(number)))"
  }

  package var description: String { message }

  private static func code(for number: Int32) -> Code {
    switch number {
    case EPIPE, ECONNRESET, ECONNABORTED: .reset
    case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN: .unreachable
    case ETIMEDOUT: .timedOut
    case EADDRINUSE: .addressInUse
    case ENOENT, ENOTDIR: .notFound
    case EEXIST: .alreadyExists
    case EACCES, EPERM, EROFS: .notPermitted
    case ENOSPC, EDQUOT: .diskFull
    case EMFILE, ENFILE: .descriptorsExhausted
    case EINVAL, ENAMETOOLONG: .invalidInput
    default: .other(errno: number)
    }
  }
}
