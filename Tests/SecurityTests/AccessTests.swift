import Primitives
import Testing

@testable import Security

struct AccessTests {
  static let cheap = PasswordHash.Parameters(logarithm: 10, blockSize: 1, parallelism: 1)

  /// RFC 7914 12, the second and third vector.
  @Test func `scrypt gives what RFC 7914 says`() throws {
    let short = PasswordHash.scrypt(
      Array("password".utf8), salt: Array("NaCl".utf8),
      PasswordHash.Parameters(logarithm: 10, blockSize: 8, parallelism: 16), count: 64)
    #expect(
      Hex.encode(short)
        == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )
    let long = PasswordHash.scrypt(
      Array("pleaseletmein".utf8), salt: Array("SodiumChloride".utf8),
      PasswordHash.Parameters(logarithm: 14, blockSize: 8, parallelism: 1), count: 64)
    #expect(
      Hex.encode(long)
        == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
  }

  @Test func `a password matches its stored text and no other does`() async throws {
    let stored = try await PasswordHash.make("correct horse").encoded
    #expect(stored.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
    let hash = try PasswordHash(encoded: stored)
    #expect(try await hash.matches("correct horse"))
    #expect(try await !hash.matches("correct horsf"))
    #expect(try await !hash.matches(""))
  }

  @Test func `equal passwords are stored differently`() async throws {
    let one = try await PasswordHash.make("same", Self.cheap)
    let two = try await PasswordHash.make("same", Self.cheap)
    #expect(one.encoded != two.encoded)
    #expect(try await two.matches("same"))
  }

  @Test(arguments: [
    "", "$scrypt$", "scrypt", "$bcrypt$ln=10,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=15,r=800,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=15,r=8,p=999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=-1,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=15,r=8,p=1$AA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
    "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA\u{0}AAAAAAAAAAAAAAAAA",
    "$scrypt$ln=15,r=8,p=1,x=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=+15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
  ])
  func `stored text that is damaged or claims too much is refused`(text: String) {
    #expect(TrustError.code { _ = try PasswordHash(encoded: text) } == .invalidPasswordHash)
  }

  @Test func `an over-long password is refused before any work`() async throws {
    let password = String(repeating: "x", count: 1025)
    #expect(code(await result { try await PasswordHash.make(password) }) == .passwordTooLong)
  }

  @Test func `too many checks at once are turned away`() async throws {
    var limits = PasswordHash.Limits()
    limits.waiting = 0
    let strict = limits
    #expect(
      code(await result { try await PasswordHash.make("x", Self.cheap, strict) }) == .busy)
  }

  @Test func `a token reads back from its text and matches its digest`() throws {
    let token = Token()
    let again = try #require(Token(token.revealed))
    #expect(again.digest == token.digest)
    #expect(again.matches(token.digest))
    #expect(!Token().matches(token.digest))
    #expect(token.revealed.utf8.count == 57)
  }

  @Test func `text that is no token is none`() {
    let text = Token().revealed
    for count in 0..<text.count { #expect(Token(text.prefix(count)) == nil) }
    #expect(Token(text + "a") == nil)
    #expect(Token("apuz_" + text.dropFirst(5)) == nil)
    #expect(Token(text.dropLast() + "!") == nil)
  }

  @Test func `tokens and stored passwords do not show themselves`() async throws {
    let token = Token()
    #expect(!everythingShown(token).contains(token.revealed.dropFirst(5).prefix(8)))
    let hash = try await PasswordHash.make("x", Self.cheap)
    #expect(!everythingShown(hash).contains(hash.encoded.suffix(8)))
  }
}
