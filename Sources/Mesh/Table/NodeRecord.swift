package import Primitives

/// What a node says about itself: what changes rarely. Load and measurements are not in it.
package struct NodeRecord: Equatable, Sendable {
  package struct Limits: Sendable {
    /// Of a whole encoded record; certificates are the largest part.
    package var bytes = 4096
    package var nameBytes = 63
    package var addresses = 16
    package var addressBytes = 260
    package var roles = 16
    package var labels = 32
    package var labelNameBytes = 63
    package var labelValueBytes = 256
    package var textBytes = 128
    package var graphics = 32
    package var relays = 4
    package var certificateBytes = 2048
    package var cores = 1 << 20
    /// Beyond it a record of a node that is gone would lie around too long.
    package var lease = Duration.seconds(7 * 86_400)
    /// How far a signer's clock may be ahead of ours.
    package var clockSkew = Duration.seconds(600)
    package init() {}
  }

  package var id: NodeID
  /// Grows with every record the node signs, over restarts too: of two records the one with the
  /// larger number counts. Refuting a suspicion raises it.
  package var sequence: UInt64
  package var name: String
  /// host:port.
  package var addresses: [String] = []
  package var roles: [Role] = []
  package var specs = NodeSpecs()
  package var labels: [String: String] = [:]
  package var zone = ""
  package var version = ""
  package var nat = NATKind.unknown
  /// Through which the node can be reached.
  package var relays: [NodeID] = []
  /// The membership certificate, as `Membership` encodes it.
  package var certificate: [UInt8] = []
  package var issuedAt: WallTime
  package var lease: Duration
  /// The node's last record: it has left the network.
  package var isLeaving = false
  /// By the node's own clock. Another one than before means that it was started anew, and may have
  /// lost what it had, however short the time that it was away.
  package var startedAt: WallTime?

  package init(
    id: NodeID, sequence: UInt64, name: String, issuedAt: WallTime,
    lease: Duration = .seconds(1800)
  ) {
    self.id = id
    self.sequence = sequence
    self.name = name
    self.issuedAt = issuedAt
    self.lease = lease
  }

  package var expiresAt: WallTime { issuedAt.advanced(by: lease) }

  /// Names are shown and typed: letters, digits, dots, dashes and underscores, a letter or digit
  /// first.
  package static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetterOrDigit(first) else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
