import COpenSSL
package import Primitives

/// What a signature is for. A signature for one purpose is never valid for another.
package struct SigningPurpose: Hashable, Sendable, ExpressibleByStringLiteral {
  package let name: String

  package init(_ name: String) {
    precondition((1...255).contains(name.utf8.count), "a purpose has 1 to 255 bytes")
    self.name = name
  }

  package init(stringLiteral name: String) { self.init(name) }

  /// The tag keeps these messages apart from what TLS (spaces first, RFC 8446 4.4.3) and X.509
  /// (0x30 first) sign with the same key; the length keeps purpose and message apart.
  func frame(_ message: [UInt8]) -> [UInt8] {
    Array("apus signature 1".utf8) + [0, UInt8(name.utf8.count)] + Array(name.utf8) + message
  }
}

/// Sixty-four bytes of Ed25519 (RFC 8032).
package struct Signature: Hashable, Sendable {
  package let bytes: [UInt8]

  /// Nil unless there are exactly sixty-four bytes.
  package init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 64 else { return nil }
    self.bytes = Array(bytes)
  }
}

/// The private half of a node's identity.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
  let handle: KeyHandle
  /// The public half.
  package let id: NodeID

  /// A new one.
  package init() { self.init(handle: .generate(EVP_PKEY_ED25519)) }

  /// The key that these thirty-two secret bytes stand for.
  package init(seed: SecretBytes) throws(TrustError) {
    guard seed.count == 32 else {
      throw TrustError(.invalidKey, "an Ed25519 seed has 32 bytes, this one has \(seed.count)")
    }
    self.init(handle: KeyHandle(EVP_PKEY_ED25519, secret: seed))
  }

  private init(handle: KeyHandle) {
    self.handle = handle
    guard let id = NodeID(handle.publicBytes) else { fatalError("a public key has 32 bytes") }
    self.id = id
  }

  package func sign(_ message: [UInt8], for purpose: SigningPurpose) -> Signature {
    sign(framed: purpose.frame(message))
  }

  /// A secret of this node alone, the same at every start, for one use: a local message code,
  /// the seed of an `ExchangeKey`. It says nothing about the key or about other uses.
  package func deriveSecret(for use: String) -> SecretBytes {
    KeyDerivation.derive(
      from: seed, salt: Array("apus node secret 1".utf8), info: Array(use.utf8), count: 32)
  }

  var seed: SecretBytes { handle.secret }

  func sign(framed message: [UInt8]) -> Signature {
    let context = CryptoLibrary.require(EVP_MD_CTX_new(), "sign")
    defer { EVP_MD_CTX_free(context) }
    CryptoLibrary.require(EVP_DigestSignInit(context, nil, nil, nil, handle.pointer), "sign")
    var bytes = [UInt8](repeating: 0, count: 64)
    var count = bytes.count
    CryptoLibrary.require(
      EVP_DigestSign(context, &bytes, &count, message, message.count), "sign")
    guard let signature = Signature(bytes) else { fatalError("a signature has 64 bytes") }
    return signature
  }

  package var description: String { "the private key of \(id)" }
  package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

extension NodeID {
  /// True when this node signed exactly this message for exactly this purpose.
  package func isValid(
    _ signature: Signature, of message: [UInt8], for purpose: SigningPurpose
  ) -> Bool {
    isValid(signature, ofFramed: purpose.frame(message))
  }

  func isValid(_ signature: Signature, ofFramed message: [UInt8]) -> Bool {
    let key = KeyHandle(EVP_PKEY_ED25519, publicBytes: bytes)
    let context = CryptoLibrary.require(EVP_MD_CTX_new(), "verify")
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    CryptoLibrary.require(EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer), "verify")
    return EVP_DigestVerify(
      context, signature.bytes, signature.bytes.count, message, message.count) == 1
  }
}
