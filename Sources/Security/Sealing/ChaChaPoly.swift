import COpenSSL

/// ChaCha20-Poly1305 (RFC 8439 2.8). A nonce must never meet the same key twice: callers derive
/// both for each message.
enum ChaChaPoly {
  static let tagCount = 16

  /// Ciphertext and tag.
  static func seal(
    _ message: [UInt8], associated: [UInt8], key: UnsafeRawBufferPointer,
    nonce: UnsafeRawBufferPointer
  ) -> [UInt8] {
    let context = start(key: key, nonce: nonce, isSealing: true)
    defer { EVP_CIPHER_CTX_free(context) }
    associate(associated, context)
    var sealed = [UInt8](repeating: 0, count: message.count + tagCount)
    var tag = [UInt8](repeating: 0, count: tagCount)
    var count: Int32 = 0
    CryptoLibrary.require(
      EVP_CipherUpdate(context, &sealed, &count, message, Int32(message.count)), "seal")
    CryptoLibrary.require(EVP_CipherFinal_ex(context, &sealed[message.count], &count), "seal")
    CryptoLibrary.require(
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagCount), &tag), "seal")
    sealed.replaceSubrange(message.count..., with: tag)
    return sealed
  }

  /// Nil when the bytes, the associated bytes, key or nonce are not those of `seal`.
  static func open(
    _ sealed: ArraySlice<UInt8>, associated: [UInt8], key: UnsafeRawBufferPointer,
    nonce: UnsafeRawBufferPointer
  ) -> [UInt8]? {
    guard sealed.count >= tagCount else { return nil }
    let ciphertext = Array(sealed.dropLast(tagCount))
    var tag = Array(sealed.suffix(tagCount))
    let context = start(key: key, nonce: nonce, isSealing: false)
    defer { EVP_CIPHER_CTX_free(context) }
    CryptoLibrary.require(
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagCount), &tag), "unseal")
    associate(associated, context)
    var message = [UInt8](repeating: 0, count: ciphertext.count + tagCount)
    var count: Int32 = 0
    let status = EVP_CipherUpdate(
      context, &message, &count, ciphertext, Int32(ciphertext.count))
    guard status == 1, EVP_CipherFinal_ex(context, &message[ciphertext.count], &count) == 1 else {
      ERR_clear_error()
      return nil
    }
    message.removeLast(tagCount)
    return message
  }

  private static func start(
    key: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, isSealing: Bool
  ) -> OpaquePointer {
    precondition(key.count == 32 && nonce.count == 12, "the key has 32 bytes, the nonce 12")
    let context = CryptoLibrary.require(EVP_CIPHER_CTX_new(), "start a cipher")
    let status = EVP_CipherInit_ex2(
      context, CryptoLibrary.chaCha20Poly1305, key.bindMemory(to: UInt8.self).baseAddress,
      nonce.bindMemory(to: UInt8.self).baseAddress, isSealing ? 1 : 0, nil)
    CryptoLibrary.require(status, "start a cipher")
    return context
  }

  private static func associate(_ bytes: [UInt8], _ context: OpaquePointer) {
    if bytes.isEmpty { return }
    var count: Int32 = 0
    CryptoLibrary.require(
      EVP_CipherUpdate(context, nil, &count, bytes, Int32(bytes.count)), "add associated bytes")
  }
}
