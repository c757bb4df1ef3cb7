package import Primitives
import Security

// # Share links
//
// A link lets somebody who is no member read one file through this node. It carries a *secret* of
// 256 bits; what is kept is the secret's hash, so that nobody who reads the database can use a
// link. The link's *id*, by which its owner takes it back, is the beginning of that hash.
//
// A *use* is what one address reads of it within an hour of its first byte: a browser that asks
// for a video in a hundred ranges, and a download that is taken up again, are one use.

/// What is known of a link, without its secret.
package struct ShareLink: Hashable, Sendable {
  package static let secretBytes = 32
  package static let idBytes = 8

  /// Begins the secret's hash.
  package var id: [UInt8]
  /// The share that it opens.
  package var share: ShareKey
  package var createdAt: WallTime
  package var expiresAt: WallTime
  /// Nil: as often as wanted.
  package var uses: Int?
  package var used: Int

  package func isOpen(at now: WallTime) -> Bool {
    now < expiresAt && uses.map { used < $0 } ?? true
  }
}

/// What a link carries and nobody keeps. Its description is not the secret.
package struct LinkSecret: Sendable, CustomStringConvertible, CustomReflectable {
  private let bytes: [UInt8]

  package static func drawn() -> LinkSecret {
    LinkSecret(bytes: SecureRandom.bytes(ShareLink.secretBytes))
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// As it stands in a link; nil when that is none.
  package init?(text: some StringProtocol) {
    // A longer text is none: it need not be looked at.
    guard text.utf8.count <= 64, let bytes = Base32.decode(text.lowercased()),
      bytes.count == ShareLink.secretBytes
    else { return nil }
    self.bytes = bytes
  }

  package var text: String { Base32.encode(bytes) }
  var hash: [UInt8] { Digest.sha256(of: Array("apus share link\0".utf8) + bytes).bytes }
  package var id: [UInt8] { Array(hash.prefix(ShareLink.idBytes)) }

  package var description: String { "a link's secret" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
