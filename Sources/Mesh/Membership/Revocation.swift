import Calls
package import Primitives
package import Security

/// By this an admin, or the network key, takes a node's membership or office back, for good: a
/// node that was revoked by mistake comes back with a new key.
package struct Revocation: Statement {
  package struct Limits: Sendable {
    package var encodedBytes = 2048
    package var reasonBytes = 200
    package init() {}
  }

  /// What becomes of the members that a revoked admin has signed.
  package enum SignedMembers: Hashable, Sendable {
    /// What it signed before it was revoked holds until it expires: it has retired.
    case keep
    /// Nothing it ever signed holds, its own revocations included when the network key says so:
    /// its key is in wrong hands.
    case revoke
  }

  package enum Subject: Hashable, Sendable {
    /// The node is no member and no admin any more.
    case member
    /// It is no admin any more, and with `revoke` no member either.
    case admin(SignedMembers)
  }

  static let purpose: SigningPurpose = "apus revocation 1"

  package let network: NetworkID
  package let issuer: NodeID
  package let number: UInt64
  package let time: WallTime
  package let node: NodeID
  package let subject: Subject
  package let reason: String
  /// Nil when the network key signs.
  package let adminCertificate: AdminCertificate?
  package let encoded: [UInt8]

  /// Who may sign: an admin under its certificate, or the network.
  package enum Signer: Sendable {
    case admin(AdminCertificate, SigningKey)
    case network(NetworkKey)
  }

  /// Signs one.
  package init(
    of node: NodeID, as subject: Subject, reason: String, number: UInt64, at time: WallTime,
    signedBy signer: Signer
  ) {
    let key: SigningKey
    switch signer {
    case .admin(let certificate, let own):
      precondition(own.id == certificate.admin, "an admin signs with its own key")
      (network, issuer, adminCertificate, key) = (certificate.network, own.id, certificate, own)
    case .network(let own):
      (network, issuer, adminCertificate, key) = (own.id, own.id.signer, nil, own.key)
    }
    self.number = number
    self.time = time
    self.node = node
    self.subject = subject
    self.reason = reason
    let message = NetworkV1.Revocation { [network, issuer, adminCertificate] in
      $0.network = network.bytes
      $0.issuer = issuer.bytes
      $0.number = number
      $0.timeNanoseconds = time.nanoseconds
      $0.node = node.bytes
      $0.signedMembers = Self.wire(subject)
      $0.reason = reason
      $0.adminCertificate = adminCertificate?.encoded ?? []
    }
    encoded = Envelope(message, signedBy: key, for: Self.purpose).encoded
  }

  package init(decoding bytes: [UInt8]) throws(NetworkError) {
    try self.init(decoding: bytes, limits: Limits())
  }

  /// Reads one without believing it: see `verify`.
  package init(decoding bytes: [UInt8], limits: Limits) throws(NetworkError) {
    let fields = FieldReader(what: "a revocation")
    let envelope = try Envelope(decoding: bytes, limit: limits.encodedBytes, as: fields.what)
    let message: NetworkV1.Revocation = try Envelope.decode(envelope.payload, as: fields.what)
    network = try fields.network(message.network)
    issuer = try fields.node(message.issuer, "an issuer")
    number = message.number
    time = WallTime(nanoseconds: message.timeNanoseconds)
    node = try fields.node(message.node, "a node")
    switch message.signedMembers {
    case .unspecified: subject = .member
    case .keep: subject = .admin(.keep)
    case .revoke: subject = .admin(.revoke)
    default: throw fields.wrong("a kind that this program does not know; update it")
    }
    reason = try fields.text(message.reason, "a reason", limit: limits.reasonBytes)
    adminCertificate =
      message.adminCertificate.isEmpty
      ? nil : try AdminCertificate(decoding: message.adminCertificate)
    guard number > 0 else { throw fields.wrong("no number") }
    if let adminCertificate {
      guard adminCertificate.admin == issuer, adminCertificate.network == network else {
        throw fields.wrong("the certificate of another admin or network inside")
      }
    } else if issuer != network.signer {
      throw fields.wrong("no certificate of the admin who signed it")
    }
    encoded = bytes
  }

  private static func wire(_ subject: Subject) -> NetworkV1.SignedMembers {
    switch subject {
    case .member: .unspecified
    case .admin(.keep): .keep
    case .admin(.revoke): .revoke
    }
  }

  package var isByNetwork: Bool { adminCertificate == nil }

  /// That whoever signed it was allowed to when it says it did. It never expires.
  package func verify(network expected: NetworkID) throws(NetworkError) {
    try adminCertificate?.verifySignature()
    let envelope = try Envelope(decoding: encoded, limit: encoded.count, as: "a revocation")
    guard envelope.isSigned(by: issuer, for: Self.purpose) else {
      throw NetworkError(
        .forged,
        "the revocation of \(node.short) is not signed by \(issuer.short); it was changed or "
          + "made up: do not trust where it came from")
    }
    guard network == expected else {
      throw NetworkError(
        .wrongNetwork,
        "the revocation of \(node.short) is one of the network \(network.short), not of "
          + "\(expected.short)")
    }
    try adminCertificate?.check(at: time)
  }
}
