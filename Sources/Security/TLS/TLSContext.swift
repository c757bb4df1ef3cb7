import COpenSSL
import Primitives

/// What many TLS sessions have in common: one per listener and one per kind of dialling.
/// Making one takes about a millisecond; it may be shared by all loops.
///
/// TLS 1.3 only; no tickets, no resumption, no early data. Immutable once made, and OpenSSL
/// counts its owners atomically: the reason for `@unchecked`.
package final class TLSContext: @unchecked Sendable {
  package struct Limits: Sendable {
    /// Plaintext taken by one `offer`: eight records, which leave in one call of the kernel.
    package var offerBytes = 128 * 1024
    /// Ciphertext that may wait to leave; a handshake's certificates must fit too.
    package var outputBytes = 512 * 1024
    /// The chain a peer may show.
    package var chainBytes = 32 * 1024
    /// Records under one key before a new one is agreed (RFC 8446 5.5 allows 24 million).
    package var recordsPerKey = 1 << 23
    /// Read and thrown away after a refusal, so that the alert is not lost to a reset.
    package var refusedBytes = 64 * 1024
    package var refusedTime = Duration.seconds(1)
    package init() {}
  }

  /// Whom to trust for `ExpectedPeer.host`.
  package enum Roots: Sendable {
    /// The machine's certificate authorities.
    case system
    /// A file of certificates in PEM form.
    case file(String)
    /// Nobody: only nodes can be dialled.
    case none
  }

  let pointer: OpaquePointer
  let isServer: Bool
  let limits: Limits
  package let protocols: [String]
  /// What the callbacks of a server look at; kept here because C does not own it.
  private let choice: ServerChoice?

  /// For a listener. `node` is shown to clients that offer `apus/1`, who must then prove a key of
  /// their own; everybody else sees `web`, or `node` when there is none, and proves nothing.
  /// `protocols` in order of preference; `apus/1`, where listed, always wins.
  package init(
    server node: Credentials, web: Credentials? = nil, protocols: [String],
    limits: Limits = Limits()
  ) throws(TrustError) {
    let forNodes = try Self.make(TLS_server_method(), node, limits)
    var forOthers: OpaquePointer?
    if let web { forOthers = try Self.make(TLS_server_method(), web, limits) }
    let choice = ServerChoice(forNodes: forNodes, protocols: protocols)
    for context in [forNodes, forOthers].compactMap({ $0 }) { choice.install(in: context) }
    self.choice = choice
    pointer = forOthers ?? forNodes
    isServer = true
    self.protocols = protocols
    self.limits = limits
  }

  /// For dialling. `identity` is shown to servers that ask for it. `protocols` in order of
  /// preference.
  package init(
    client identity: Credentials? = nil, roots: Roots = .none, protocols: [String],
    limits: Limits = Limits()
  ) throws(TrustError) {
    pointer = try Self.make(TLS_client_method(), identity, limits)
    isServer = false
    self.protocols = protocols
    self.limits = limits
    choice = nil
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    if !protocols.isEmpty {
      let list = ApplicationProtocol.encode(protocols)
      // This one call answers 0 when it succeeds.
      precondition(
        SSL_CTX_set_alpn_protos(pointer, list, UInt32(list.count)) == 0, "no memory for ALPN")
    }
    try trust(roots)
  }

  deinit {
    SSL_CTX_free(pointer)
    if let choice, choice.forNodes != pointer { SSL_CTX_free(choice.forNodes) }
  }

  private func trust(_ roots: Roots) throws(TrustError) {
    switch roots {
    case .none: return
    case .system:
      CryptoLibrary.require(SSL_CTX_set_default_verify_paths(pointer), "find trusted roots")
    case .file(let path):
      ERR_clear_error()
      guard SSL_CTX_load_verify_file(pointer, path) == 1 else {
        throw TrustError(
          .invalidCertificate,
          "the trusted roots in \(path) cannot be read (\(CryptoLibrary.takeReason())); "
            + "the file must hold certificates in PEM form")
      }
    }
  }

  private static func make(
    _ method: OpaquePointer?, _ credentials: Credentials?, _ limits: Limits
  ) throws(TrustError) -> OpaquePointer {
    CryptoLibrary.start()
    ERR_clear_error()
    let context = CryptoLibrary.require(SSL_CTX_new(method), "make a TLS context")
    CryptoLibrary.require(
      Int32(apus_SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)), "set the version")
    CryptoLibrary.require(
      Int32(apus_SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION)), "set the version")
    CryptoLibrary.require(
      SSL_CTX_set_ciphersuites(
        context,
        "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"),
      "set the cipher suites")
    CryptoLibrary.require(
      Int32(apus_SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384")), "set the curves")
    // A client without AES instructions names ChaCha20 first and then gets it.
    _ = SSL_CTX_set_options(
      context,
      apus_SSL_OP_NO_TICKET | apus_SSL_OP_CIPHER_SERVER_PREFERENCE
        | apus_SSL_OP_PRIORITIZE_CHACHA)
    SSL_CTX_set_num_tickets(context, 0)
    _ = apus_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
    _ = apus_SSL_CTX_set_mode(
      context, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
    _ = apus_SSL_CTX_set_max_cert_list(context, limits.chainBytes)
    SSL_CTX_set_cert_verify_callback(context, checkCertificate, nil)
    if let credentials {
      do { try use(credentials, in: context) } catch {
        SSL_CTX_free(context)
        throw error
      }
    }
    return context
  }

  private static func use(
    _ credentials: Credentials, in context: OpaquePointer
  ) throws(TrustError) {
    guard SSL_CTX_use_certificate(context, credentials.certificate.pointer) == 1,
      SSL_CTX_use_PrivateKey(context, credentials.key.pointer) == 1
    else {
      throw TrustError(
        .invalidCertificate,
        "the certificate cannot be used for TLS: \(CryptoLibrary.takeReason())")
    }
    for certificate in credentials.chain {
      CryptoLibrary.require(
        Int32(apus_SSL_CTX_add1_chain_cert(context, certificate.pointer)), "add to the chain")
    }
  }
}

// MARK: - Callbacks

/// What a server decides by. Immutable.
private final class ServerChoice: @unchecked Sendable {
  let forNodes: OpaquePointer
  /// Most wanted first.
  let protocols: [String]
  let servesNodes: Bool

  init(forNodes: OpaquePointer, protocols: [String]) {
    self.forNodes = forNodes
    servesNodes = protocols.contains(ApplicationProtocol.node)
    let others = protocols.filter { $0 != ApplicationProtocol.node }
    self.protocols = servesNodes ? [ApplicationProtocol.node] + others : others
  }

  func install(in context: OpaquePointer) {
    let this = Unmanaged.passUnretained(self).toOpaque()
    SSL_CTX_set_client_hello_cb(context, lookAtHello, this)
    if !protocols.isEmpty { SSL_CTX_set_alpn_select_cb(context, chooseProtocol, this) }
  }
}

/// Runs before anything of the hello is acted upon: nodes, and only nodes, are asked for a key.
private func lookAtHello(
  _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _ this: UnsafeMutableRawPointer?
) -> Int32 {
  guard let this else { return SSL_CLIENT_HELLO_ERROR }
  let choice = Unmanaged<ServerChoice>.fromOpaque(this).takeUnretainedValue()
  var bytes: UnsafePointer<UInt8>?
  var count = 0
  guard choice.servesNodes,
    SSL_client_hello_get0_ext(
      ssl, UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation), &bytes, &count) == 1,
    ApplicationProtocol.isOffered(
      ApplicationProtocol.node, inExtension: UnsafeRawBufferPointer(start: bytes, count: count))
  else { return SSL_CLIENT_HELLO_SUCCESS }
  if SSL_get_SSL_CTX(ssl) != choice.forNodes { SSL_set_SSL_CTX(ssl, choice.forNodes) }
  SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
  return SSL_CLIENT_HELLO_SUCCESS
}

private func chooseProtocol(
  _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
  _ offeredCount: UInt32, _ this: UnsafeMutableRawPointer?
) -> Int32 {
  guard let this, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  let choice = Unmanaged<ServerChoice>.fromOpaque(this).takeUnretainedValue()
  let list = UnsafeRawBufferPointer(start: offered, count: Int(offeredCount))
  for name in choice.protocols {
    guard let range = ApplicationProtocol.find(name, in: list) else { continue }
    chosen?.pointee = offered + range.lowerBound
    chosenCount?.pointee = UInt8(range.count)
    return SSL_TLSEXT_ERR_OK
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL
}

/// Decides about the other side's certificate. That it holds the private key is proven by TLS
/// itself (RFC 8446 4.4.3), whatever the certificate says of itself.
private func checkCertificate(
  _ store: OpaquePointer?, _ unused: UnsafeMutableRawPointer?
) -> Int32 {
  let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
  guard let ssl, let data = SSL_get_ex_data(OpaquePointer(ssl), 0) else { return 0 }
  let wire = data.assumingMemoryBound(to: Wire.self)
  let node = X509_STORE_CTX_get0_cert(store).flatMap { Certificate.nodeID(of: $0) }
  switch wire.pointee.expectation {
  case .chain: return X509_verify_cert(store)
  case .anyNode where node != nil: return 1
  case .node(let expected) where node == expected: return 1
  case .anyNode, .node:
    wire.pointee.refused = node
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
  }
}
