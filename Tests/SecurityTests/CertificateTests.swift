import Primitives
import Testing

@testable import Security

struct CertificateTests {
  @Test func `a node's certificate is always the same and holds its key`() throws {
    let key = SigningKey()
    let certificate = Certificate(of: key)
    #expect(certificate.encoded == Certificate(of: key).encoded)
    #expect(certificate.nodeID == key.id)
    let again = try Certificate(encoded: certificate.encoded)
    #expect(again.nodeID == key.id)
    #expect(again.fingerprint == certificate.fingerprint)
  }

  @Test func `a certificate of another kind of key names no node`() throws {
    let credentials = try Credentials(selfSignedFor: ["localhost", "127.0.0.1", "::1"])
    #expect(credentials.certificate.nodeID == nil)
    #expect(!credentials.isOutOfDate)
  }

  @Test func `mutated certificates are refused or name some node, never more`() throws {
    let encoded = Certificate(of: SigningKey()).encoded
    var generator = SplitMix(seed: 7)
    var refused = 0
    for _ in 0..<5000 {
      var bytes = encoded
      for _ in 0...Int.random(in: 0..<4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      do { _ = try Certificate(encoded: bytes).nodeID } catch {
        #expect(error.code == .invalidCertificate)
        refused += 1
      }
    }
    #expect(refused > 1000 && refused < 5000)
  }

  @Test func `credentials written as text read back`() throws {
    let made = try Credentials(selfSignedFor: ["node.example"])
    let read = try Credentials(chain: made.chainText, key: made.revealedKeyText)
    #expect(read.certificate.encoded == made.certificate.encoded)
    let folder = try TemporaryFolder()
    try folder.write(
      "both.pem", String(decoding: made.chainText + made.revealedKeyText, as: UTF8.self))
    let path = "\(folder.path)/both.pem"
    let loaded = try Credentials.load(chainFile: path, keyFile: path)
    #expect(loaded.certificate.encoded == made.certificate.encoded)
  }

  @Test func `a chain is read in order and has a limit`() throws {
    let own = try Credentials(selfSignedFor: ["a.example"])
    let other = try Credentials(selfSignedFor: ["b.example"])
    let read = try Credentials(chain: own.chainText + other.chainText, key: own.revealedKeyText)
    #expect(read.chain.map(\.encoded) == [other.certificate.encoded])
    var limits = Credentials.Limits()
    limits.certificates = 1
    #expect(
      TrustError.code {
        _ = try Credentials(
          chain: own.chainText + other.chainText, key: own.revealedKeyText, limits: limits)
      } == .invalidCertificate)
    #expect(
      TrustError.code {
        _ = try Credentials(chain: other.chainText + own.chainText, key: own.revealedKeyText)
      } == .invalidKey)
  }

  /// Made by `openssl genpkey -algorithm ed25519 -aes-128-cbc -pass pass:apus`.
  static let locked = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhRnSJyE0dPkQICCAAw
    -----END ENCRYPTED PRIVATE KEY-----
    """

  @Test(arguments: ["", "no key", locked])
  func `a key that is missing or locked is refused without a question`(text: String) throws {
    let own = try Credentials(selfSignedFor: ["a.example"])
    #expect(
      TrustError.code { _ = try Credentials(chain: own.chainText, key: Array(text.utf8)) }
        == .invalidKey)
    #expect(
      TrustError.code { _ = try Credentials(chain: Array(text.utf8), key: own.revealedKeyText) }
        == .invalidCertificate)
  }

  @Test(arguments: ["", "a,b", "DNS:x,IP:1.2.3.4", "a b", "ä.example"])
  func `names that would say something else are refused`(name: String) {
    #expect(TrustError.code { _ = try Credentials(selfSignedFor: [name]) } == .invalidCertificate)
  }

  @Test func `a file that is missing or too long is an error that names it`() throws {
    let folder = try TemporaryFolder()
    try folder.write("long.pem", String(repeating: "x", count: 300_000))
    for name in ["long.pem", "none.pem"] {
      let path = "\(folder.path)/\(name)"
      do {
        _ = try Credentials.load(chainFile: path, keyFile: path)
        Issue.record("it was accepted")
      } catch { #expect(error.description.contains(path)) }
    }
  }
}
