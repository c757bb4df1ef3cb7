import Primitives
import Testing

@testable import Security

struct SigningKeyTests {
  /// RFC 8032 7.1, tests 1, 2 and 3.
  static let vectors = [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ]

  @Test(arguments: vectors)
  func `Ed25519 gives what RFC 8032 says`(
    seed: String, id: String, message: String, signature: String
  ) throws {
    let key = try SigningKey(seed: SecretBytes(try hex(seed)))
    #expect(key.id.bytes == (try hex(id)))
    let signed = key.sign(framed: try hex(message))
    #expect(signed.bytes == (try hex(signature)))
    #expect(key.id.isValid(signed, ofFramed: try hex(message)))
  }

  @Test func `a signature holds for its message, key and purpose only`() throws {
    let key = SigningKey()
    let signature = key.sign([1, 2, 3], for: "record")
    #expect(key.id.isValid(signature, of: [1, 2, 3], for: "record"))
    #expect(!key.id.isValid(signature, of: [1, 2, 4], for: "record"))
    #expect(!key.id.isValid(signature, of: [1, 2, 3], for: "member"))
    #expect(!SigningKey().id.isValid(signature, of: [1, 2, 3], for: "record"))
    #expect(!key.id.isValid(signature, ofFramed: [1, 2, 3]))
  }

  @Test func `moving the border between purpose and message breaks a signature`() throws {
    let key = SigningKey()
    let signature = key.sign(Array("bc".utf8), for: "a")
    #expect(!key.id.isValid(signature, of: Array("c".utf8), for: "ab"))
  }

  @Test func `every flipped bit breaks a signature`() throws {
    let key = SigningKey()
    let signature = key.sign([7], for: "record")
    for bit in 0..<signature.bytes.count * 8 {
      var bytes = signature.bytes
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let changed = try #require(Signature(bytes))
      #expect(!key.id.isValid(changed, of: [7], for: "record"), "bit \(bit)")
    }
  }

  @Test func `an id that is no point of the curve validates nothing`() throws {
    let signature = SigningKey().sign([7], for: "record")
    for byte in [0, 1, 0x7F, 0xEE, 0xFF] as [UInt8] {
      let id = try #require(NodeID([UInt8](repeating: byte, count: 32)))
      #expect(!id.isValid(signature, of: [7], for: "record"))
    }
  }

  @Test func `a seed of another length is refused`() {
    #expect(
      TrustError.code { _ = try SigningKey(seed: SecretBytes([1, 2])) } == .invalidKey)
  }

  @Test func `secrets of a node differ by use and stay the same`() throws {
    let seed = SecretBytes.random(count: 32)
    let (one, two) = (try SigningKey(seed: seed), try SigningKey(seed: seed))
    #expect(one.deriveSecret(for: "a") == two.deriveSecret(for: "a"))
    #expect(one.deriveSecret(for: "a") != one.deriveSecret(for: "b"))
    #expect(one.deriveSecret(for: "a") != seed)
  }

  @Test func `a private key never shows itself`() throws {
    let seed = [UInt8](repeating: 0xA7, count: 32)
    let key = try SigningKey(seed: SecretBytes(seed))
    let shown =
      everythingShown(key) + everythingShown(SecretBytes(seed))
      + everythingShown(Credentials(of: key)) + everythingShown(try SealingKey(SecretBytes(seed)))
    #expect(!shown.contains("a7a7"))
    #expect(!shown.contains("167"))
    #expect(shown.contains(key.id.description))
  }
}
