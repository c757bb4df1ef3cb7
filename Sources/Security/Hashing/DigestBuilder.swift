import COpenSSL
package import Primitives

/// SHA-256 of bytes that come piece by piece.
package struct DigestBuilder: ~Copyable {
  private let context: OpaquePointer

  package init() {
    context = CryptoLibrary.require(EVP_MD_CTX_new(), "make a hash")
    CryptoLibrary.require(
      EVP_DigestInit_ex(context, CryptoLibrary.sha256, nil), "start a hash")
  }

  deinit { EVP_MD_CTX_free(context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    if bytes.isEmpty { return }
    CryptoLibrary.require(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count), "hash")
  }

  package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  package consuming func finish() -> Digest {
    var hash = [UInt8](repeating: 0, count: 32)
    CryptoLibrary.require(EVP_DigestFinal_ex(context, &hash, nil), "finish a hash")
    return Digest(Digest.bytes32(hash))
  }
}
