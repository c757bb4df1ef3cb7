import Primitives
import Testing

@testable import Security

struct SealingTests {
  /// RFC 8439 2.8.2.
  @Test func `ChaCha20-Poly1305 gives what RFC 8439 says`() throws {
    let key = [UInt8](0x80...0x9F)
    let nonce = try hex("070000004041424344454647")
    let associated = try hex("50515253c0c1c2c3c4c5c6c7")
    let message = Array(
      ("Ladies and Gentlemen of the class of '99: If I could offer you "
        + "only one tip for the future, sunscreen would be it.").utf8)
    let sealed = key.withUnsafeBytes { key in
      nonce.withUnsafeBytes {
        ChaChaPoly.seal(message, associated: associated, key: key, nonce: $0)
      }
    }
    #expect(
      Hex.encode(sealed.prefix(16)) == "d31a8d34648e60db7b86afbc53ef7ec2")
    #expect(Hex.encode(sealed.suffix(16)) == "1ae10b594f09e26a7e902ecbd0600691")
    let opened = key.withUnsafeBytes { key in
      nonce.withUnsafeBytes {
        ChaChaPoly.open(sealed[...], associated: associated, key: key, nonce: $0)
      }
    }
    #expect(opened == message)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 1000, 70_000])
  func `what is sealed opens again`(count: Int) throws {
    let key = SealingKey()
    let message = SecureRandom.bytes(count)
    let sealed = key.seal(message, associated: [1])
    #expect(sealed.count == count + SealingKey.overhead)
    #expect(try key.open(sealed, associated: [1]) == message)
    #expect(key.seal(message, associated: [1]) != sealed)
  }

  @Test func `any flipped bit and any shorter length are refused`() throws {
    let key = SealingKey()
    let sealed = key.seal([1, 2, 3, 4], associated: [9])
    for bit in 0..<sealed.count * 8 {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(TrustError.code { _ = try key.open(changed, associated: [9]) } == .tampered)
    }
    for count in 0..<sealed.count {
      #expect(
        TrustError.code { _ = try key.open(Array(sealed.prefix(count)), associated: [9]) }
          == .tampered)
    }
  }

  @Test func `another key or other associated bytes are refused`() throws {
    let key = SealingKey()
    let sealed = key.seal([1], associated: [9])
    #expect(TrustError.code { _ = try SealingKey().open(sealed, associated: [9]) } == .tampered)
    #expect(TrustError.code { _ = try key.open(sealed, associated: [8]) } == .tampered)
    #expect(TrustError.code { _ = try key.open(sealed) } == .tampered)
  }

  @Test func `a message beyond the limit is refused before any work`() throws {
    var limits = SealingKey.Limits()
    limits.messageBytes = 8
    let secret = SecretBytes.random(count: 32)
    let sealed = try SealingKey(secret).seal([UInt8](repeating: 1, count: 9))
    let strict = try SealingKey(secret, limits: limits)
    #expect(TrustError.code { _ = try strict.open(sealed) } == .tampered)
  }

  /// RFC 7748 6.1.
  @Test func `X25519 gives what RFC 7748 says`() throws {
    let alice = try ExchangeKey(
      seed: SecretBytes(
        try hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")))
    let bob = try ExchangeKey(
      seed: SecretBytes(
        try hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")))
    #expect(
      Hex.encode(alice.address.bytes)
        == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    let shared = try alice.agree(with: bob.address)
    #expect(try bob.agree(with: alice.address) == shared)
    #expect(
      shared.withBytes { Hex.encode($0) }
        == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
  }

  @Test(arguments: [
    String(repeating: "00", count: 32), "01" + String(repeating: "00", count: 31),
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  ])
  func `exchange keys that protect nothing are refused`(text: String) throws {
    let address = try #require(ExchangeAddress(try hex(text)))
    #expect(TrustError.code { _ = try ExchangeKey().agree(with: address) } == .invalidKey)
    #expect(TrustError.code { _ = try SealedBox.seal([1], to: address) } == .invalidKey)
  }

  @Test func `a box opens for its recipient only`() throws {
    let recipient = ExchangeKey()
    let box = try SealedBox.seal([1, 2, 3], to: recipient.address, associated: [4])
    #expect(box.count == 3 + SealedBox.overhead)
    #expect(try SealedBox.open(box, with: recipient, associated: [4]) == [1, 2, 3])
    #expect(
      TrustError.code { _ = try SealedBox.open(box, with: ExchangeKey(), associated: [4]) }
        == .tampered)
    #expect(TrustError.code { _ = try SealedBox.open(box, with: recipient) } == .tampered)
  }

  @Test func `a changed or shortened box does not open`() throws {
    let recipient = ExchangeKey()
    let box = try SealedBox.seal([1, 2, 3], to: recipient.address)
    // The top bit of the sender's X25519 key is ignored (RFC 7748 5), but it is in the salt.
    for index in box.indices {
      var changed = box
      changed[index] ^= 0x80
      #expect(TrustError.code { _ = try SealedBox.open(changed, with: recipient) } != nil)
    }
    for count in 0..<box.count {
      #expect(
        TrustError.code { _ = try SealedBox.open(Array(box.prefix(count)), with: recipient) }
          == .tampered)
    }
  }
}
