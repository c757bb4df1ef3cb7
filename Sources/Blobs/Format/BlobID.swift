package import Primitives

/// The name of a blob: the hash of its manifest. Whoever has the name can check every byte, and
/// has no right to any of them.
package struct BlobID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let digest: Digest

  package init(_ digest: Digest) { self.digest = digest }

  /// Reads the text form; nil when it is not one.
  package init?(_ text: String) {
    guard let digest = Digest(text) else { return nil }
    self.digest = digest
  }

  package var bytes: [UInt8] { digest.bytes }
  package var description: String { digest.description }
  /// Enough of it for a person to tell two apart.
  package var short: String { String(description.prefix(12)) }

  package static func < (left: Self, right: Self) -> Bool { left.digest < right.digest }
}
