/// Why something between nodes could not be done, in words for the person who reads it.
package struct NetworkError: Error, Sendable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// What a peer sent breaks the protocol; it counts against the peer.
    case violation
    /// A certificate, invite or record is not what it claims to be.
    case forged
    /// It was valid once.
    case expired
    /// It was valid and was taken back.
    case revoked
    /// All its uses are used up.
    case used
    /// It belongs to another network.
    case wrongNetwork
    /// This node or peer may not do that.
    case denied
    /// Nobody knows such a node, zone or topic.
    case notFound
    /// More than one fits; say more.
    case ambiguous
    /// It is there already.
    case exists
    /// No way to the peer is known to work now.
    case unreachable
    /// A bound was met; trying again later may help.
    case busy
    case timedOut
    /// This side ended it.
    case closed

    /// Whether the same may be granted later.
    var mayPass: Bool {
      switch self {
      case .unreachable, .busy, .timedOut, .closed: true
      case .violation, .forged, .expired, .revoked, .used, .wrongNetwork, .denied, .notFound,
        .ambiguous, .exists:
        false
      }
    }
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
