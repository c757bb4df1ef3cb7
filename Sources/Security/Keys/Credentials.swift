import COpenSSL
import Glibc
import IO

/// What one side of a TLS session shows: a certificate, those that vouch for it, and its key.
package struct Credentials: Sendable, CustomStringConvertible, CustomReflectable {
  package struct Limits: Sendable {
    package var fileBytes = 256 * 1024
    package var certificates = 10
    package init() {}
  }

  package let certificate: Certificate
  /// From the issuer upwards.
  let chain: [Certificate]
  let key: KeyHandle

  /// Those of a node: what peers know it by.
  package init(of key: SigningKey) {
    certificate = Certificate(of: key)
    chain = []
    self.key = key.handle
  }

  /// A new P-256 key with a self-signed certificate for browsers and other strangers, who know
  /// no Ed25519. `names` are host names or numeric addresses.
  package init(selfSignedFor names: [String]) throws(TrustError) {
    var alternatives: [String] = []
    for name in names {
      let isPlain = name.utf8.allSatisfy { Self.nameCharacters.contains($0) }
      guard !name.isEmpty, isPlain else {
        throw TrustError(.invalidCertificate, "\(name) is no host name a certificate can hold")
      }
      let isAddress = SocketAddress(host: name, port: 0) != nil
      alternatives.append((isAddress ? "IP:" : "DNS:") + name)
    }
    CryptoLibrary.start()
    key = KeyHandle(owning: CryptoLibrary.require(apus_EVP_EC_gen_p256(), "make a key"))
    certificate = Certificate(
      selfSigned: key, name: "apus", alternatives: alternatives,
      from: "20200101000000Z", to: "20491231235959Z", digest: EVP_sha256())
    chain = []
  }

  private static let nameCharacters = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:*_".utf8)

  /// From text as certificate authorities hand it out: the own certificate first, then its
  /// chain; and the private key without a passphrase.
  package init(
    chain chainText: [UInt8], key keyText: [UInt8], limits: Limits = Limits()
  ) throws(TrustError) {
    var certificates = try Self.readCertificates(chainText, limits)
    certificate = certificates.removeFirst()
    chain = certificates
    key = try Self.readKey(keyText)
    guard X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
      ERR_clear_error()
      throw TrustError(
        .invalidKey,
        "the private key is not that of the first certificate; the own certificate comes first")
    }
  }

  /// The same from two files, which may be one.
  package static func load(
    chainFile: String, keyFile: String, limits: Limits = Limits()
  ) throws(TrustError) -> Credentials {
    try Credentials(
      chain: readFile(chainFile, limits), key: readFile(keyFile, limits), limits: limits)
  }

  /// True when the own certificate has expired or is not valid yet by the machine's clock.
  package var isOutOfDate: Bool {
    X509_cmp_current_time(X509_get0_notBefore(certificate.pointer)) > 0
      || X509_cmp_current_time(X509_get0_notAfter(certificate.pointer)) < 0
  }

  /// The certificates as text (PEM), without the key.
  package var chainText: [UInt8] {
    Self.write { output in
      for certificate in [certificate] + chain {
        CryptoLibrary.require(PEM_write_bio_X509(output, certificate.pointer), "write it")
      }
    }
  }

  /// The private key as text (PEM): for a file of mode 0600 and nothing else.
  package var revealedKeyText: [UInt8] {
    Self.write { output in
      CryptoLibrary.require(
        PEM_write_bio_PKCS8PrivateKey(output, key.pointer, nil, nil, 0, nil, nil), "write a key")
    }
  }

  package var description: String { "credentials" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

// MARK: - Reading and writing PEM

/// Without it OpenSSL asks for a passphrase on the terminal.
private func refusePassphrase(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isWriting: Int32,
  _ data: UnsafeMutableRawPointer?
) -> Int32 { -1 }

extension Credentials {
  private static func readCertificates(
    _ text: [UInt8], _ limits: Limits
  ) throws(TrustError) -> [Certificate] {
    CryptoLibrary.start()
    let input = CryptoLibrary.require(
      BIO_new_mem_buf(text, Int32(text.count)), "read certificates")
    defer { BIO_free(input) }
    var certificates: [Certificate] = []
    while let next = PEM_read_bio_X509(input, nil, refusePassphrase, nil) {
      certificates.append(Certificate(owning: next))
      guard certificates.count <= limits.certificates else {
        throw TrustError(
          .invalidCertificate, "the chain has more than \(limits.certificates) certificates")
      }
    }
    ERR_clear_error()
    guard !certificates.isEmpty else {
      throw TrustError(
        .invalidCertificate,
        "there is no certificate in PEM form (-----BEGIN CERTIFICATE-----) in the chain")
    }
    return certificates
  }

  private static func readKey(_ text: [UInt8]) throws(TrustError) -> KeyHandle {
    let input = CryptoLibrary.require(BIO_new_mem_buf(text, Int32(text.count)), "read a key")
    defer { BIO_free(input) }
    guard let key = PEM_read_bio_PrivateKey(input, nil, refusePassphrase, nil) else {
      ERR_clear_error()
      throw TrustError(
        .invalidKey,
        "there is no private key in PEM form, or it has a passphrase; "
          + "take the passphrase off with: openssl pkey -in old.key -out new.key")
    }
    return KeyHandle(owning: key)
  }

  private static func write(_ body: (OpaquePointer) -> Void) -> [UInt8] {
    let output = CryptoLibrary.require(BIO_new(BIO_s_mem()), "write text")
    defer { BIO_free(output) }
    body(output)
    var bytes: UnsafeMutablePointer<CChar>?
    let count = apus_BIO_get_mem_data(output, &bytes)
    return Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  private static func readFile(_ path: String, _ limits: Limits) throws(TrustError) -> [UInt8] {
    func failed(_ doing: String) -> TrustError {
      TrustError(
        .invalidCertificate, "a certificate file is out of reach",
        cause: SystemError("\(doing) \(path)"))
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failed("opening") }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limits.fileBytes + 1)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        let rest = UnsafeMutableRawBufferPointer(rebasing: $0[filled...])
        return Glibc.read(descriptor, rest.baseAddress, rest.count)
      }
      if count == 0 { return Array(bytes.prefix(filled)) }
      if count < 0 && errno != EINTR { throw failed("reading") }
      filled += max(0, count)
    }
    throw TrustError(.invalidCertificate, "\(path) is longer than \(limits.fileBytes) bytes")
  }
}
