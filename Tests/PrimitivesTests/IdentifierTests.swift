import Primitives
import Testing

struct IdentifierTests {
  @Test(
    arguments: [
      ([], ""), ([0], "00"), ([0xDE, 0xAD, 0x01], "dead01"), ([255], "ff"),
    ] as [([UInt8], String)])
  func `hexadecimal in both directions`(bytes: [UInt8], text: String) {
    #expect(Hex.encode(bytes) == text)
    #expect(Hex.decode(text) == bytes && Hex.decode(text.uppercased()) == bytes)
  }

  @Test(arguments: ["0", "0g", "é", "0x00", " 0"])
  func `what is not hexadecimal is refused`(text: String) {
    #expect(Hex.decode(text) == nil)
  }

  /// The vectors of RFC 4648, section 10, in lower case and without padding.
  @Test(arguments: [
    ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"),
    ("fooba", "mzxw6ytb"), ("foobar", "mzxw6ytboi"),
  ])
  func `base32 as in the standard`(plain: String, text: String) {
    #expect(Base32.encode(plain.utf8) == text)
    #expect(Base32.decode(text) == Array(plain.utf8))
    #expect(Base32.decode(text.uppercased()) == Array(plain.utf8))
  }

  @Test(arguments: ["m", "mz=", "m1", "mzx", "mzxw6a", "mz", "é", "my======"])
  func `base32 that no encoder writes is refused`(text: String) {
    #expect(Base32.decode(text) == nil)
  }

  @Test(arguments: 0..<4) func `any bytes survive both alphabets`(seed: UInt64) {
    var random = SplitMix(seed: seed)
    for count in 0..<70 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base32.decode(Base32.encode(bytes)) == bytes)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
  }

  @Test func `thirty-two bytes come back in order and compare like text`() throws {
    let low = (0..<32).map { UInt8($0) }
    var high = low
    high[31] = 200
    let small = try #require(Bytes32(low))
    let large = try #require(Bytes32(high))
    #expect(small.bytes == low && large.bytes == high)
    #expect(small < large && !(large < small) && small != large)
    #expect(Bytes32(low.dropLast()) == nil && Bytes32(low + [0]) == nil)
    #expect(Set([small, large, small]).count == 2)
  }

  @Test func `a NodeID is 52 characters that fit a DNS label`() throws {
    let id = try #require(NodeID((0..<32).map { UInt8($0) * 7 }))
    #expect(id.description.utf8.count == 52 && id.short == id.description.prefix(10))
    #expect(NodeID(id.description) == id && NodeID(id.description.uppercased()) == id)
    #expect(NodeID(String(id.description.dropLast())) == nil)
    #expect(NodeID(id.description.dropLast() + "z") == nil, "bits behind the last byte")
    #expect(NodeID("") == nil)
  }

  @Test func `a digest is 64 hexadecimal characters`() throws {
    let text = String(repeating: "0123456789abcdef", count: 4)
    let digest = try #require(Digest(text))
    #expect(digest.description == text && Digest(digest.bytes) == digest)
    #expect(Digest(String(text.dropLast(2))) == nil && Digest(text + "00") == nil)
    #expect(Digest(String(text.dropLast()) + "g") == nil)
  }
}
