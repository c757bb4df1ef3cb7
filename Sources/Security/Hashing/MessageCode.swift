import COpenSSL

/// HMAC-SHA256 (RFC 2104): says that whoever holds the key wrote exactly these bytes.
package enum MessageCode {
  package static let count = 32

  package static func make(_ message: [UInt8], key: SecretBytes) -> [UInt8] {
    key.withBytes { key in message.withUnsafeBytes { make($0, key: key) } }
  }

  package static func isValid(
    _ code: [UInt8], of message: [UInt8], key: SecretBytes
  ) -> Bool {
    ConstantTime.areEqual(code, make(message, key: key))
  }

  static func make(
    _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
  ) -> [UInt8] {
    CryptoLibrary.start()
    var code = [UInt8](repeating: 0, count: count)
    // An empty key with a null address would mean "the key of the call before".
    let none: [UInt8] = [0]
    let made = none.withUnsafeBytes { none in
      HMAC(
        EVP_sha256(), key.baseAddress ?? none.baseAddress, Int32(key.count),
        message.bindMemory(to: UInt8.self).baseAddress, message.count, &code, nil)
    }
    precondition(made != nil, "OpenSSL could not make a message code")
    return code
  }
}
