/// Messages that only the owner of one exchange key can open.
package enum SealedBox {
  private static let version: UInt8 = 1
  /// What a box adds to a message: version, the sender's one-time key, tag.
  package static let overhead = 1 + 32 + ChaChaPoly.tagCount

  package static func seal(
    _ message: [UInt8], to recipient: ExchangeAddress, associated: [UInt8] = []
  ) throws(TrustError) -> [UInt8] {
    let once = ExchangeKey()
    let key = derive(
      try once.agree(with: recipient), sender: once.address, recipient: recipient)
    let sealed = key.withBytes {
      ChaChaPoly.seal(
        message, associated: associated, key: UnsafeRawBufferPointer(rebasing: $0[..<32]),
        nonce: UnsafeRawBufferPointer(rebasing: $0[32...]))
    }
    return [version] + once.address.bytes + sealed
  }

  package static func open(
    _ box: [UInt8], with recipient: ExchangeKey, associated: [UInt8] = []
  ) throws(TrustError) -> [UInt8] {
    guard box.count >= overhead, box[0] == version, let sender = ExchangeAddress(box[1...32])
    else { throw TrustError(.tampered, "this is no sealed box of a known version") }
    let key = derive(
      try recipient.agree(with: sender), sender: sender, recipient: recipient.address)
    let opened = key.withBytes {
      ChaChaPoly.open(
        box[33...], associated: associated, key: UnsafeRawBufferPointer(rebasing: $0[..<32]),
        nonce: UnsafeRawBufferPointer(rebasing: $0[32...]))
    }
    guard let opened else {
      throw TrustError(.tampered, "the box was changed, or is for somebody else")
    }
    return opened
  }

  private static func derive(
    _ shared: SecretBytes, sender: ExchangeAddress, recipient: ExchangeAddress
  ) -> SecretBytes {
    KeyDerivation.derive(
      from: shared, salt: sender.bytes + recipient.bytes,
      info: Array("apus sealed box 1".utf8), count: 44)
  }
}
