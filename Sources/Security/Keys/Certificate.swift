import COpenSSL
package import Primitives

/// An X.509 certificate. Immutable once made, and OpenSSL counts its owners atomically: any
/// thread may use it.
package final class Certificate: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { X509_free(pointer) }

  /// The certificate of a node: its key, signed by itself. Always the same bytes for one key,
  /// and always valid, because nothing is believed of it but the key.
  package convenience init(of key: SigningKey) {
    self.init(
      selfSigned: key.handle, name: key.id.description, alternatives: [],
      from: "20000101000000Z", to: "99991231235959Z", digest: nil)
  }

  convenience init(
    selfSigned key: KeyHandle, name: String, alternatives: [String], from: String, to: String,
    digest: OpaquePointer?
  ) {
    CryptoLibrary.start()
    let made = CryptoLibrary.require(X509_new(), "make a certificate")
    self.init(owning: made)
    CryptoLibrary.require(X509_set_version(made, 2), "make a certificate")
    CryptoLibrary.require(
      ASN1_INTEGER_set(X509_get_serialNumber(made), 1), "number a certificate")
    CryptoLibrary.require(ASN1_TIME_set_string(X509_getm_notBefore(made), from), "date it")
    CryptoLibrary.require(ASN1_TIME_set_string(X509_getm_notAfter(made), to), "date it")
    CryptoLibrary.require(X509_set_pubkey(made, key.pointer), "put the key into a certificate")
    let subject = X509_get_subject_name(made)
    CryptoLibrary.require(
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0), "name it")
    CryptoLibrary.require(X509_set_issuer_name(made, subject), "name its issuer")
    if !alternatives.isEmpty {
      addExtension(NID_subject_alt_name, alternatives.joined(separator: ","))
    }
    precondition(X509_sign(made, key.pointer, digest) > 0, "OpenSSL could not sign a certificate")
  }

  private func addExtension(_ kind: Int32, _ value: String) {
    let made = CryptoLibrary.require(
      X509V3_EXT_conf_nid(nil, nil, kind, value), "add names to a certificate")
    CryptoLibrary.require(X509_add_ext(pointer, made, -1), "add names to a certificate")
    X509_EXTENSION_free(made)
  }

  /// The node this certificate is of; nil unless its key is an Ed25519 one.
  package var nodeID: NodeID? { Self.nodeID(of: pointer) }

  static func nodeID(of pointer: OpaquePointer) -> NodeID? {
    guard let key = X509_get0_pubkey(pointer), EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519,
      let bytes = KeyHandle.publicBytes(of: key)
    else { return nil }
    return NodeID(bytes)
  }

  /// The encoded form (DER).
  package var encoded: [UInt8] {
    let count = i2d_X509(pointer, nil)
    precondition(count > 0, "OpenSSL could not encode a certificate")
    return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
      var cursor = buffer.baseAddress
      filled = Int(i2d_X509(pointer, &cursor))
    }
  }

  /// From the encoded form (DER).
  package convenience init(encoded bytes: [UInt8]) throws(TrustError) {
    CryptoLibrary.start()
    let made = bytes.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      return d2i_X509(nil, &cursor, buffer.count)
    }
    guard let made else {
      throw TrustError(
        .invalidCertificate, "this is no certificate: \(CryptoLibrary.takeReason())")
    }
    self.init(owning: made)
  }

  package var fingerprint: Digest { Digest.sha256(of: encoded) }
}
