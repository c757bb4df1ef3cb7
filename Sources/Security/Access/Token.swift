package import Primitives

/// 256 random bits that stand for a permission. Its holder shows the text; we keep the digest.
package struct Token: Sendable, CustomStringConvertible, CustomReflectable {
  /// Tells a leaked token from other text, and a token from a NodeID.
  private static let prefix = "apus_"
  private static let count = 32

  private let secret: SecretBytes

  /// A new one.
  package init() { secret = .random(count: Self.count) }

  /// Reads the text form; nil when it is not one.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == Self.prefix.utf8.count + 52, text.hasPrefix(Self.prefix),
      let bytes = Base32.decode(text.dropFirst(Self.prefix.count)), bytes.count == Self.count
    else { return nil }
    secret = SecretBytes(bytes)
  }

  /// The secret itself, to be shown to its owner once. Fits a header, a URL and a shell word.
  package var revealed: String { Self.prefix + secret.withBytes { Base32.encode($0) } }

  /// What is stored. It needs no salt and no slow hash: 256 random bits cannot be guessed.
  package var digest: Digest { secret.withBytes { Digest.sha256(of: $0) } }

  /// Takes as long for a nearly right token as for a wrong one.
  package func matches(_ stored: Digest) -> Bool {
    ConstantTime.areEqual(digest.bytes, stored.bytes)
  }

  package var description: String { "(token)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
