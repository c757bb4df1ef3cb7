// # Sealing
//
// A sealed message is a version byte, 32 random bytes (the salt), the ciphertext and its tag:
// 49 bytes longer than the message.
//
// ChaCha20-Poly1305 has a nonce of 96 bits, too short to draw at random for many messages under
// one key, and OpenSSL 3.0 has neither XChaCha20 nor AES-GCM-SIV. So every message gets a key
// and nonce of its own: HKDF of the long-lived key with the salt. Two equal salts of 256 bits
// are not going to happen, whatever number of messages is sealed and whoever else holds the key,
// and nobody has to keep a counter.
//
// A box is the same with a key that only its recipient can compute: X25519 of a key pair made
// for this box and the recipient's address. Nobody learns who sent it; sign inside if it matters.

/// A secret that seals messages against reading and change.
package struct SealingKey: Sendable, CustomStringConvertible, CustomReflectable {
  package struct Limits: Sendable {
    /// The largest message sealed or opened in one piece.
    package var messageBytes = 64 * 1024 * 1024
    package init() {}
  }

  private static let version: UInt8 = 1
  private static let saltCount = 32
  /// What sealing adds to a message.
  package static let overhead = 1 + saltCount + ChaChaPoly.tagCount

  private let secret: SecretBytes
  private let limits: Limits

  /// A new one.
  package init() { self.init(unchecked: .random(count: 32)) }

  package init(_ secret: SecretBytes, limits: Limits = Limits()) throws(TrustError) {
    guard secret.count == 32 else {
      throw TrustError(.invalidKey, "a sealing key has 32 bytes, this one has \(secret.count)")
    }
    self.init(unchecked: secret, limits: limits)
  }

  private init(unchecked secret: SecretBytes, limits: Limits = Limits()) {
    self.secret = secret
    self.limits = limits
  }

  /// `associated` is not hidden but must be the same at opening: what the message is, where it
  /// belongs, its number.
  package func seal(_ message: [UInt8], associated: [UInt8] = []) -> [UInt8] {
    precondition(message.count <= limits.messageBytes, "seal large content in pieces")
    let salt = SecureRandom.bytes(Self.saltCount)
    let sealed = withMessageKey(salt) {
      ChaChaPoly.seal(message, associated: associated, key: $0, nonce: $1)
    }
    return [Self.version] + salt + sealed
  }

  package func open(_ sealed: [UInt8], associated: [UInt8] = []) throws(TrustError) -> [UInt8] {
    guard sealed.count >= Self.overhead, sealed[0] == Self.version else {
      throw TrustError(.tampered, "this is no sealed message of a known version")
    }
    guard sealed.count - Self.overhead <= limits.messageBytes else {
      throw TrustError(
        .tampered, "the sealed message is longer than \(limits.messageBytes) bytes")
    }
    let salt = Array(sealed[1...Self.saltCount])
    let opened = withMessageKey(salt) {
      ChaChaPoly.open(
        sealed[(1 + Self.saltCount)...], associated: associated, key: $0, nonce: $1)
    }
    guard let opened else {
      throw TrustError(
        .tampered, "the sealed message was changed, or belongs to another key or place")
    }
    return opened
  }

  private func withMessageKey<Result>(
    _ salt: [UInt8], _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Result
  ) -> Result {
    KeyDerivation.derive(
      from: secret, salt: salt, info: Array("apus sealed message 1".utf8), count: 44
    ).withBytes {
      body(
        UnsafeRawBufferPointer(rebasing: $0[..<32]), UnsafeRawBufferPointer(rebasing: $0[32...]))
    }
  }

  /// The key itself, to be sealed for somebody else.
  package var exported: SecretBytes { secret }

  package var description: String { "a sealing key" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
