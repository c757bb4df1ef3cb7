import COpenSSL
package import Primitives

/// Whom a client means to reach.
package enum ExpectedPeer: Sendable, Hashable {
  /// The holder of this key and nobody else.
  case node(NodeID)
  /// Any node, as long as it proves a key: for one that is known by its address alone.
  case anyNode
  /// A host with a certificate for this name or address from an authority the context trusts.
  case host(String)
}

/// One TLS 1.3 session as a filter of bytes: no socket, no clock, no waiting. Ciphertext is lent
/// to it and never kept beyond the record it ends in; what is to be sent waits in `pending`.
///
/// States: shaking hands, until `handshake` answers true; then open, each direction until its
/// close_notify; failed after any error, which every later call repeats. Confined to one thread
/// at a time.
package final class TLSSession {
  private let context: TLSContext
  private let ssl: OpaquePointer
  private let wire: UnsafeMutablePointer<Wire>
  private let expected: ExpectedPeer?
  /// Ciphertext that came when there was no room for its plaintext, or with the handshake's end.
  private var kept: UnsafeMutableRawBufferPointer?
  private var keptStart = 0
  private var recordsLeft: Int
  private var failure: TrustError?
  /// A server's first bytes until they are sent.
  private var foreword: [UInt8]

  package private(set) var isOpen = false
  /// The other side has said that nothing more comes.
  package private(set) var isInputEnded = false
  package private(set) var isOutputEnded = false
  /// What both sides speak; nil when they did not say.
  package private(set) var applicationProtocol: String?
  /// The node at the other end: known only under `apus/1`, where it has proven its key.
  package private(set) var peerKey: NodeID?

  /// The server's side. `foreword` goes to a client that speaks `apus/1` with the server's part of
  /// the handshake, a round trip before the client has proven who it is (RFC 8446 4.4.4): it may
  /// hold what any client may know, and nothing that only one should. Short enough for a record.
  package convenience init(server context: TLSContext, foreword: [UInt8] = []) {
    precondition(context.isServer, "a server needs a server's context")
    precondition(foreword.count <= Self.recordBytes, "a foreword is one record")
    self.init(context, expected: nil, .anyNode, foreword: foreword)
    SSL_set_accept_state(ssl)
  }

  package convenience init(client context: TLSContext, to peer: ExpectedPeer) throws(TrustError) {
    precondition(!context.isServer, "a client needs a client's context")
    switch peer {
    case .node(let id): self.init(context, expected: peer, .node(id))
    case .anyNode: self.init(context, expected: peer, .anyNode)
    case .host(let name):
      self.init(context, expected: peer, .chain)
      try expect(host: name)
    }
    SSL_set_connect_state(ssl)
  }

  private init(
    _ context: TLSContext, expected: ExpectedPeer?, _ expectation: Wire.Expectation,
    foreword: [UInt8] = []
  ) {
    self.context = context
    self.foreword = foreword
    self.expected = expected
    recordsLeft = context.limits.recordsPerKey
    ERR_clear_error()
    ssl = CryptoLibrary.require(SSL_new(context.pointer), "make a TLS session")
    wire = .allocate(capacity: 1)
    wire.initialize(
      to: Wire(expectation: expectation, outputLimit: context.limits.outputBytes))
    SSL_set_ex_data(ssl, 0, wire)
    let bio = Wire.makeBIO(wire)
    SSL_set_bio(ssl, bio, bio)
  }

  deinit {
    SSL_free(ssl)
    wire.pointee.freeOutput()
    wire.deinitialize(count: 1)
    wire.deallocate()
    kept?.deallocate()
  }

  private func expect(host: String) throws(TrustError) {
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    // Tells addresses from names: it reads only the former.
    let isAddress = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1
    ERR_clear_error()
    if isAddress { return }
    SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    guard !name.isEmpty, !name.utf8.contains(0), SSL_set1_host(ssl, name) == 1,
      apus_SSL_set_tlsext_host_name(ssl, name) == 1
    else { throw TrustError(.untrustedCertificate, "\(host) is no host name TLS can check") }
  }

  // MARK: - Handshake

  /// Takes the next bytes of the wire, none at first. True once the session is open; look at
  /// `pending` after every call, also after one that throws: the other side is told why.
  package func handshake(_ input: UnsafeRawBufferPointer) throws(TrustError) -> Bool {
    try checkUsable()
    if isOpen { return true }
    let status = withInput(input) {
      ERR_clear_error()
      if !foreword.isEmpty {
        let status = sendForeword()
        if status != 1 { return status }
      }
      return SSL_do_handshake(ssl)
    }
    if status != 1 {
      if SSL_get_error(ssl, status) == SSL_ERROR_WANT_READ { return false }
      throw fail(handshakeError())
    }
    try open()
    return true
  }

  /// Goes on until this side's part of the handshake is written, and writes the foreword behind
  /// it. 1 when that is done, else what `SSL_get_error` explains.
  private func sendForeword() -> CInt {
    var space: UInt8 = 0
    var count = 0
    // A client's early data is refused by the context: there is never any to read.
    guard SSL_read_early_data(ssl, &space, 1, &count) == SSL_READ_EARLY_DATA_FINISH else {
      return -1
    }
    let words = foreword
    foreword = []
    guard selectedProtocol == ApplicationProtocol.node else { return 1 }
    return SSL_write_early_data(ssl, words, words.count, &count)
  }

  private var selectedProtocol: String? {
    var bytes: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &bytes, &count)
    if count == 0 { return nil }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
  }

  private func open() throws(TrustError) {
    applicationProtocol = selectedProtocol
    if applicationProtocol == ApplicationProtocol.node {
      peerKey = SSL_get0_peer_certificate(ssl).flatMap { Certificate.nodeID(of: $0) }
      guard peerKey != nil else {
        throw fail(
          TrustError(
            .wrongPeer, "what answered speaks \(ApplicationProtocol.node) without a node's key"))
      }
    } else if case .node(let id) = expected, context.protocols.contains(ApplicationProtocol.node) {
      throw fail(
        TrustError(
          .noSharedProtocol, "node \(id.short) does not speak \(ApplicationProtocol.node) there"))
    } else if expected == .anyNode {
      throw fail(
        TrustError(.noSharedProtocol, "no node answers there; is the address one of a node?"))
    }
    isOpen = true
  }

  // MARK: - In

  /// True when `decrypt` may find something without more bytes of the wire.
  package var hasKeptInput: Bool { kept != nil || SSL_pending(ssl) > 0 }

  /// Turns bytes of the wire into plaintext and answers how much. All of `input` is consumed or,
  /// where `space` ends first, kept for the next call, which must then bring no new bytes. Zero:
  /// no whole record yet, or `isInputEnded`. An error behind good records waits for the next call.
  package func decrypt(
    _ input: UnsafeRawBufferPointer, into space: UnsafeMutableRawBufferPointer
  ) throws(TrustError) -> Int {
    try checkUsable()
    precondition(isOpen, "the handshake comes first")
    let filled = withInput(input) { decrypt(into: space) }
    if filled == 0 { try checkUsable() }
    return filled
  }

  private func decrypt(into space: UnsafeMutableRawBufferPointer) -> Int {
    var filled = 0
    while filled < space.count, !isInputEnded {
      let rest = UnsafeMutableRawBufferPointer(rebasing: space[filled...])
      var count = 0
      ERR_clear_error()
      let status = SSL_read_ex(ssl, rest.baseAddress, rest.count, &count)
      if status == 1 {
        filled += count
        continue
      }
      switch SSL_get_error(ssl, status) {
      case SSL_ERROR_WANT_READ: return filled
      case SSL_ERROR_ZERO_RETURN: isInputEnded = true
      default:
        _ = fail(recordError())
        return filled
      }
    }
    return filled
  }

  /// What to throw when the wire ended before the other side said so.
  package func truncated() -> TrustError {
    fail(
      TrustError(
        .truncated,
        isOpen
          ? "the connection broke off; what came last may be incomplete"
          : "the other side hung up during the TLS handshake"))
  }

  // MARK: - Out

  /// Ciphertext that waits to be sent.
  package var pending: UnsafeRawBufferPointer { wire.pointee.pending }

  /// The first `count` bytes of `pending` are gone.
  package func dropPending(_ count: Int) { wire.pointee.dropPending(count) }

  /// Appends the records of at most `Limits.offerBytes` to `pending` and says how much it took.
  package func encrypt(_ bytes: UnsafeRawBufferPointer) throws(TrustError) -> Int {
    try checkUsable()
    precondition(isOpen && !isOutputEnded, "write after the handshake and before the end")
    let count = min(bytes.count, context.limits.offerBytes)
    if count == 0 { return 0 }
    let records = (count + Self.recordBytes - 1) / Self.recordBytes
    renewKey(for: records)
    _ = wire.pointee.reserve(count + records * Self.recordOverhead)
    var written = 0
    ERR_clear_error()
    guard SSL_write_ex(ssl, bytes.baseAddress, count, &written) == 1, written == count else {
      throw fail(recordError())
    }
    return count
  }

  private static let recordBytes = 16 * 1024
  /// Header, type and tag (RFC 8446 5.2).
  private static let recordOverhead = 5 + 1 + 16

  private func renewKey(for records: Int) {
    if recordsLeft < records {
      CryptoLibrary.require(
        SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED), "schedule a new key")
      recordsLeft = context.limits.recordsPerKey
    }
    recordsLeft -= records
  }

  /// Appends close_notify: nothing more comes from this side. The other direction stays open.
  package func endOutput() {
    if isOutputEnded || !isOpen || failure != nil { return }
    isOutputEnded = true
    ERR_clear_error()
    _ = SSL_shutdown(ssl)
    ERR_clear_error()
  }

  // MARK: - Keys

  /// A secret only the two ends of this session know (RFC 8446 7.5).
  package func exportSecret(
    label: String, context: [UInt8] = [], count: Int = 32
  ) -> SecretBytes {
    precondition(isOpen, "the handshake comes first")
    return SecretBytes(count: count) { bytes in
      let status = SSL_export_keying_material(
        ssl, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, label, label.utf8.count,
        context, context.count, 1)
      CryptoLibrary.require(status, "export a secret")
    }
  }

  package var cipher: String {
    SSL_get_current_cipher(ssl).map { String(cString: SSL_CIPHER_get_name($0)) } ?? "none"
  }

  // MARK: - Helpers

  private func checkUsable() throws(TrustError) {
    if let failure { throw failure }
  }

  private func fail(_ error: TrustError) -> TrustError {
    if failure == nil { failure = error }
    return error
  }

  private func withInput<Result>(
    _ input: UnsafeRawBufferPointer, _ body: () -> Result
  ) -> Result {
    if let kept {
      precondition(input.isEmpty, "what was kept comes before new bytes")
      wire.pointee.lend(UnsafeRawBufferPointer(rebasing: kept[keptStart...]))
    } else {
      wire.pointee.lend(input)
    }
    defer { keepRest() }
    return body()
  }

  private func keepRest() {
    let rest = wire.pointee.takeBack()
    if let kept, rest.isEmpty || failure != nil || isInputEnded {
      kept.deallocate()
      self.kept = nil
    } else if let kept {
      keptStart = kept.count - rest.count
    } else if !rest.isEmpty, failure == nil, !isInputEnded {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: rest.count, alignment: 16)
      copy.copyMemory(from: rest)
      kept = copy
      keptStart = 0
    }
  }
}

// MARK: - Errors

extension TLSSession {
  private func handshakeError() -> TrustError {
    let code = CryptoLibrary.takeCode()
    if let refused = wire.pointee.refused, case .node(let id) = expected {
      return TrustError(
        .wrongPeer,
        "expected node \(id) but \(refused) answered; check the address, or take the new key over")
    }
    let verification = SSL_get_verify_result(ssl)
    if verification != Int(X509_V_OK) { return certificateError(verification) }
    return TLSAlert.error(code, isHandshake: true)
  }

  private func certificateError(_ verification: Int) -> TrustError {
    let reason = String(cString: X509_verify_cert_error_string(verification))
    switch expected {
    case .host(let name):
      return TrustError(
        .untrustedCertificate,
        "the certificate of \(name) is not trusted: \(reason); "
          + "if it is yours, name its authority's file as a trusted root")
    case .node(let id):
      return TrustError(.wrongPeer, "what answered is not node \(id): it showed no node's key")
    case .anyNode:
      return TrustError(.wrongPeer, "what answered is no node: it showed no node's key")
    case nil:
      return TrustError(.untrustedCertificate, "the client showed no node's key: \(reason)")
    }
  }

  private func recordError() -> TrustError {
    TLSAlert.error(CryptoLibrary.takeCode(), isHandshake: false)
  }
}
