/// HKDF-SHA256 (RFC 5869): many independent keys from one secret.
package enum KeyDerivation {
  /// The most bytes one call gives: 255 blocks (RFC 5869 2.3).
  package static let maximumCount = 255 * 32

  /// `info` names the use, so that keys for different uses have nothing in common.
  package static func derive(
    from secret: SecretBytes, salt: [UInt8] = [], info: [UInt8], count: Int
  ) -> SecretBytes {
    precondition((1...maximumCount).contains(count), "HKDF gives 1 to 8160 bytes")
    let extracted = secret.withBytes { secret in
      salt.withUnsafeBytes { SecretBytes(MessageCode.make(secret, key: $0)) }
    }
    return expand(extracted, info: info, count: count)
  }

  static func expand(_ key: SecretBytes, info: [UInt8], count: Int) -> SecretBytes {
    SecretBytes(count: count) { output in
      var block: [UInt8] = []
      var filled = 0
      var number: UInt8 = 1
      while filled < count {
        block = MessageCode.make(block + info + [number], key: key)
        let part = block.prefix(count - filled)
        UnsafeMutableRawBufferPointer(rebasing: output[filled...]).copyBytes(from: part)
        filled += part.count
        number &+= 1
      }
    }
  }
}
