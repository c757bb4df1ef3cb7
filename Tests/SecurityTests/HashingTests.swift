import Primitives
import Testing

@testable import Security

struct HashingTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `SHA-256 gives what FIPS 180 says`(text: String, hash: String) {
    #expect(Digest.sha256(of: Array(text.utf8)).description == hash)
  }

  @Test func `pieces hash like the whole at every split`() {
    let bytes = (0..<200).map { UInt8($0) }
    let whole = Digest.sha256(of: bytes)
    for split in 0...bytes.count {
      let builder = DigestBuilder()
      builder.update(Array(bytes[..<split]))
      builder.update(Array(bytes[split...]))
      #expect(builder.finish() == whole, "split at \(split)")
    }
  }

  /// RFC 4231 4.2, 4.3 and 4.7 (a key longer than a block).
  @Test(arguments: [
    (
      String(repeating: "0b", count: 20), "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      String(repeating: "aa", count: 131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func `HMAC gives what RFC 4231 says`(key: String, message: String, code: String) throws {
    let key = SecretBytes(try hex(key))
    let made = MessageCode.make(try hex(message), key: key)
    #expect(Hex.encode(made) == code)
    #expect(MessageCode.isValid(made, of: try hex(message), key: key))
    #expect(!MessageCode.isValid(Array(made.dropLast()), of: try hex(message), key: key))
    #expect(!MessageCode.isValid(made, of: try hex(message) + [0], key: key))
  }

  @Test func `an empty key is a key and not the one before`() throws {
    _ = MessageCode.make([1], key: SecretBytes([9, 9]))
    // From Python: hmac.new(b"", b"", "sha256").
    #expect(
      Hex.encode(MessageCode.make([], key: SecretBytes([])))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  /// RFC 5869 A.1, A.2 and A.3.
  @Test(arguments: [
    (
      String(repeating: "0b", count: 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    ),
    (
      Hex.encode(0x00...0x4F), Hex.encode(0x60...0xAF), Hex.encode(0xB0...0xFF),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
    ),
    (
      String(repeating: "0b", count: 22), "", "",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    ),
  ])
  func `HKDF gives what RFC 5869 says`(
    secret: String, salt: String, info: String, output: String
  ) throws {
    let derived = KeyDerivation.derive(
      from: SecretBytes(try hex(secret)), salt: try hex(salt), info: try hex(info),
      count: output.count / 2)
    #expect(derived.withBytes { Hex.encode($0) } == output)
  }
}
