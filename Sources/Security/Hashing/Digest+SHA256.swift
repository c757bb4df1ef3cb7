import COpenSSL
package import IO
package import Primitives

extension Digest {
  /// The SHA-256 hash of bytes that are all there; see `DigestBuilder` for those that come later.
  package static func sha256(of bytes: UnsafeRawBufferPointer) -> Digest {
    var hash = [UInt8](repeating: 0, count: 32)
    let status = EVP_Digest(
      bytes.baseAddress, bytes.count, &hash, nil, CryptoLibrary.sha256, nil)
    CryptoLibrary.require(status, "hash")
    return Digest(Self.bytes32(hash))
  }

  package static func sha256(of bytes: [UInt8]) -> Digest {
    bytes.withUnsafeBytes { sha256(of: $0) }
  }

  package static func sha256(of buffer: PageBuffer) -> Digest {
    buffer.withBytes { sha256(of: $0) }
  }

  static func bytes32(_ hash: [UInt8]) -> Bytes32 {
    guard let bytes = Bytes32(hash) else { fatalError("a SHA-256 hash has 32 bytes") }
    return bytes
  }
}
