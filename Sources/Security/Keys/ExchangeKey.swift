import COpenSSL
package import Primitives

/// Where to send sealed boxes: an X25519 public key.
package struct ExchangeAddress: Hashable, Sendable {
  package let key: Bytes32

  /// Nil unless there are exactly thirty-two bytes.
  package init?(_ bytes: some Collection<UInt8>) {
    guard let key = Bytes32(bytes) else { return nil }
    self.key = key
  }

  package var bytes: [UInt8] { key.bytes }
}

/// An X25519 private key (RFC 7748): two parties agree on a secret over an open wire.
package struct ExchangeKey: Sendable, CustomStringConvertible, CustomReflectable {
  private let handle: KeyHandle
  package let address: ExchangeAddress

  package init() { self.init(handle: .generate(EVP_PKEY_X25519)) }

  package init(seed: SecretBytes) throws(TrustError) {
    guard seed.count == 32 else {
      throw TrustError(.invalidKey, "an X25519 key has 32 bytes, this one has \(seed.count)")
    }
    self.init(handle: KeyHandle(EVP_PKEY_X25519, secret: seed))
  }

  private init(handle: KeyHandle) {
    self.handle = handle
    guard let address = ExchangeAddress(handle.publicBytes) else {
      fatalError("a public key has 32 bytes")
    }
    self.address = address
  }

  /// Raw agreement: feed it to `KeyDerivation`, never use it as a key. Refuses the few public
  /// keys that make the outcome known to everybody (RFC 7748 6.1).
  package func agree(with other: ExchangeAddress) throws(TrustError) -> SecretBytes {
    let peer = KeyHandle(EVP_PKEY_X25519, publicBytes: other.bytes)
    let context = CryptoLibrary.require(EVP_PKEY_CTX_new(handle.pointer, nil), "agree on a key")
    defer { EVP_PKEY_CTX_free(context) }
    CryptoLibrary.require(EVP_PKEY_derive_init(context), "agree on a key")
    CryptoLibrary.require(EVP_PKEY_derive_set_peer(context, peer.pointer), "agree on a key")
    var status: Int32 = 0
    let shared = SecretBytes(count: 32) { bytes in
      var count = bytes.count
      status = EVP_PKEY_derive(context, bytes.bindMemory(to: UInt8.self).baseAddress, &count)
    }
    guard status == 1 else {
      ERR_clear_error()
      throw TrustError(.invalidKey, "the other side's exchange key is one that protects nothing")
    }
    return shared
  }

  package var description: String { "an exchange key" }
  package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
