import COpenSSL

/// Alerts (RFC 8446 6) and OpenSSL's reasons as errors a person can act on.
enum TLSAlert {
  /// OpenSSL's reason for an alert that came in is this much above the alert's number.
  private static let reasonOffset: Int32 = 1000

  static func error(_ code: UInt, isHandshake: Bool) -> TrustError {
    let reason = ERR_GET_REASON(code)
    let isOfTLS = ERR_GET_LIB(code) == ERR_LIB_SSL
    if isOfTLS, let alert = UInt8(exactly: reason - reasonOffset) { return refusal(alert) }
    if isOfTLS {
      switch reason {
      case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_WRONG_VERSION_NUMBER,
        SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_UNKNOWN_PROTOCOL, SSL_R_NO_PROTOCOLS_AVAILABLE,
        SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_BAD_RECORD_TYPE, SSL_R_PACKET_LENGTH_TOO_LONG:
        if !isHandshake { break }
        return TrustError(.notTLS, "what arrived is not TLS 1.3; check address, port and scheme")
      case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return TrustError(
          .untrustedCertificate, "the client offered \(ApplicationProtocol.node) without a key")
      case SSL_R_NO_APPLICATION_PROTOCOL:
        return TrustError(
          .noSharedProtocol, "the client offers only application protocols not spoken here")
      case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        return TrustError(.corrupted, "a TLS record was changed on its way; connect anew")
      default: break
      }
    }
    let text = CryptoLibrary.reason(of: code)
    return isHandshake
      ? TrustError(.handshakeFailed, "the TLS handshake failed: \(text)")
      : TrustError(.corrupted, "the TLS session broke: \(text); connect anew")
  }

  private static func refusal(_ alert: UInt8) -> TrustError {
    let text =
      SSL_alert_desc_string_long(Int32(alert)).map { String(cString: $0) } ?? "alert \(alert)"
    return TrustError(
      .refusedByPeer(alert: alert), "the other side ended the TLS session: \(text)\(hint(alert))")
  }

  private static func hint(_ alert: UInt8) -> String {
    switch Int32(alert) {
    case SSL_AD_BAD_CERTIFICATE: "; it expected another key or could not use ours"
    case SSL_AD_CERTIFICATE_REQUIRED: "; it wants a key of this side"
    case SSL_AD_NO_APPLICATION_PROTOCOL: "; it does not speak what was asked for"
    case SSL_AD_PROTOCOL_VERSION: "; it speaks no TLS 1.3"
    case SSL_AD_UNRECOGNIZED_NAME: "; it serves no such name"
    default: ""
    }
  }
}
