import COpenSSL

/// An OpenSSL key. Immutable once made, and OpenSSL counts its owners atomically: any thread may
/// use it.
final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_PKEY_free(pointer) }

  static func generate(_ kind: Int32) -> KeyHandle {
    CryptoLibrary.start()
    let context = CryptoLibrary.require(EVP_PKEY_CTX_new_id(kind, nil), "make a key")
    defer { EVP_PKEY_CTX_free(context) }
    CryptoLibrary.require(EVP_PKEY_keygen_init(context), "make a key")
    var key: OpaquePointer?
    CryptoLibrary.require(EVP_PKEY_keygen(context, &key), "make a key")
    return KeyHandle(owning: CryptoLibrary.require(key, "make a key"))
  }

  /// From the thirty-two secret bytes of Ed25519 or X25519.
  convenience init(_ kind: Int32, secret: SecretBytes) {
    CryptoLibrary.start()
    precondition(secret.count == 32, "Ed25519 and X25519 keys have 32 bytes")
    let made = secret.withBytes {
      EVP_PKEY_new_raw_private_key(
        kind, nil, $0.bindMemory(to: UInt8.self).baseAddress, $0.count)
    }
    self.init(owning: CryptoLibrary.require(made, "read a key"))
  }

  /// From the thirty-two public bytes; OpenSSL looks at them only when they are used.
  convenience init(_ kind: Int32, publicBytes: [UInt8]) {
    CryptoLibrary.start()
    let made = EVP_PKEY_new_raw_public_key(kind, nil, publicBytes, publicBytes.count)
    self.init(owning: CryptoLibrary.require(made, "read a public key"))
  }

  var publicBytes: [UInt8] {
    guard let bytes = Self.publicBytes(of: pointer) else { fatalError("the key has no raw form") }
    return bytes
  }

  /// Nil for kinds of keys that have no raw form.
  static func publicBytes(of pointer: OpaquePointer) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 32)
    var count = bytes.count
    let status = EVP_PKEY_get_raw_public_key(pointer, &bytes, &count)
    if status != 1 { ERR_clear_error() }
    return status == 1 && count == 32 ? bytes : nil
  }

  var secret: SecretBytes {
    SecretBytes(count: 32) { bytes in
      var count = bytes.count
      let status = EVP_PKEY_get_raw_private_key(
        pointer, bytes.bindMemory(to: UInt8.self).baseAddress, &count)
      CryptoLibrary.require(status, "write a key")
    }
  }
}
