import COpenSSL

/// OpenSSL as a whole: starting it, its algorithms and its queue of errors.
enum CryptoLibrary {
  /// Independent of the machine's openssl.cnf, so that a node behaves the same everywhere, and
  /// without the exit handler, which would free what loops still use.
  private static let started: Void = {
    let options = apus_OPENSSL_INIT_NO_LOAD_CONFIG | apus_OPENSSL_INIT_NO_ATEXIT
    require(OPENSSL_init_ssl(options, nil), "start OpenSSL")
  }()

  static func start() { started }

  /// Fetched once: a fetch by name takes a lock and walks the providers.
  nonisolated(unsafe) static let sha256: OpaquePointer = {  // immutable after the fetch
    start()
    guard let found = EVP_MD_fetch(nil, "SHA256", nil) else { fatalError("OpenSSL has no SHA-256") }
    return found
  }()

  nonisolated(unsafe) static let chaCha20Poly1305: OpaquePointer = {  // immutable after the fetch
    start()
    guard let found = EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil) else {
      fatalError("OpenSSL has no ChaCha20-Poly1305")
    }
    return found
  }()

  /// For calls that fail only when memory is gone or our own arguments are wrong.
  static func require(_ status: Int32, _ doing: StaticString) {
    if status != 1 { fatalError("OpenSSL could not \(doing): \(takeReason())") }
  }

  static func require(_ pointer: OpaquePointer?, _ doing: StaticString) -> OpaquePointer {
    guard let pointer else { fatalError("OpenSSL could not \(doing): \(takeReason())") }
    return pointer
  }

  /// The newest error of this thread in words; empties the queue.
  static func takeReason() -> String { reason(of: takeCode()) }

  /// The newest error of this thread; empties the queue.
  static func takeCode() -> UInt {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    return code
  }

  static func reason(of code: UInt) -> String {
    guard let text = ERR_reason_error_string(code) else { return "unknown reason \(code)" }
    return String(cString: text)
  }
}
