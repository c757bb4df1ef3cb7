/// Why something could not be trusted, in words for the person who reads it.
///
/// No message ever holds a secret.
package struct TrustError: Error, Sendable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// The TLS handshake broke off for a reason the message names.
    case handshakeFailed
    /// What arrived is not TLS, or only an older version of it.
    case notTLS
    /// The other side proved another key than the one that was dialled.
    case wrongPeer
    /// No chain to a trusted root, another name, expired.
    case untrustedCertificate
    /// The two sides speak no common application protocol.
    case noSharedProtocol
    /// The other side ended the handshake or the session with this TLS alert.
    case refusedByPeer(alert: UInt8)
    /// The stream broke off without the other side saying that it ends.
    case truncated
    /// A record was changed on its way.
    case corrupted
    case timedOut
    /// A sealed message, box or signature does not match its key or data.
    case tampered
    case invalidKey
    case invalidCertificate
    /// A key file is damaged or of an unknown version.
    case invalidKeyFile
    /// Others may read or replace the key file.
    case exposedKeyFile
    /// The key file could not be read or written; `cause` says why.
    case keyFileFailed
    case invalidPasswordHash
    case passwordTooLong
    /// Too many password checks wait already.
    case busy
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

  package var description: String {
    if let cause { "\(message) (\(cause))" } else { message }
  }
}
