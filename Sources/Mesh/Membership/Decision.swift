import Calls
package import Primitives
package import Security

/// Something an admin says of a member. Of two about the same thing the later one holds.
package struct Decision: Statement {
  package struct Limits: Sendable {
    package var encodedBytes = 2048
    package var keyBytes = 64
    package var valueBytes = 256
    package init() {}
  }

  package enum Kind: Hashable, Sendable {
    /// It may join, or may not after all.
    case approved(Bool)
    case name(String)
    /// Nil takes the label off.
    case label(key: String, value: String?)
  }

  static let purpose: SigningPurpose = "apus decision 1"
  /// How long a node may take to join once it is approved.
  package static let approvalLife = Validity.days(30)

  package let issuer: NodeID
  package let number: UInt64
  package let time: WallTime
  package let node: NodeID
  package let kind: Kind
  package let adminCertificate: AdminCertificate
  package let encoded: [UInt8]

  /// Signs one.
  package init(
    _ kind: Kind, about node: NodeID, number: UInt64, at time: WallTime,
    by admin: AdminCertificate, signedBy key: SigningKey
  ) {
    precondition(key.id == admin.admin, "an admin signs with its own key")
    issuer = key.id
    self.number = number
    self.time = time
    self.node = node
    self.kind = kind
    adminCertificate = admin
    let message = NetworkV1.Decision {
      $0.network = admin.network.bytes
      $0.issuer = key.id.bytes
      $0.number = number
      $0.timeNanoseconds = time.nanoseconds
      $0.node = node.bytes
      $0.adminCertificate = admin.encoded
      $0.kind = Self.wire(kind)
    }
    encoded = Envelope(message, signedBy: key, for: Self.purpose).encoded
  }

  package init(decoding bytes: [UInt8]) throws(NetworkError) {
    try self.init(decoding: bytes, limits: Limits())
  }

  /// Reads one without believing it: see `verify`.
  package init(decoding bytes: [UInt8], limits: Limits) throws(NetworkError) {
    let fields = FieldReader(what: "a decision")
    let envelope = try Envelope(decoding: bytes, limit: limits.encodedBytes, as: fields.what)
    let message: NetworkV1.Decision = try Envelope.decode(envelope.payload, as: fields.what)
    issuer = try fields.node(message.issuer, "an issuer")
    number = message.number
    time = WallTime(nanoseconds: message.timeNanoseconds)
    node = try fields.node(message.node, "a node")
    adminCertificate = try AdminCertificate(decoding: message.adminCertificate)
    switch message.kind {
    case .approved(let isApproved): kind = .approved(isApproved)
    case .name(let name): kind = .name(try fields.name(name))
    case .label(let label):
      let key = try fields.text(label.key, "a label", limit: limits.keyBytes)
      guard !key.isEmpty else { throw fields.wrong("a label without a name") }
      var value = label.value
      if let given = value {
        value = try fields.text(given, "a label", limit: limits.valueBytes)
      }
      kind = .label(key: key, value: value)
    case nil: throw fields.wrong("a kind that this program does not know; update it")
    }
    guard number > 0, adminCertificate.admin == issuer,
      try fields.network(message.network) == adminCertificate.network
    else { throw fields.wrong("no number, or the certificate of another admin or network inside") }
    encoded = bytes
  }

  /// Says nothing any more.
  func isOver(at now: WallTime) -> Bool {
    guard case .approved = kind else { return false }
    return time.advanced(by: Self.approvalLife) <= now
  }

  private static func wire(_ kind: Kind) -> NetworkV1.Decision.KindChoice {
    switch kind {
    case .approved(let isApproved): .approved(isApproved)
    case .name(let name): .name(name)
    case .label(let key, let value):
      .label(
        NetworkV1.Label {
          $0.key = key
          $0.value = value
        })
    }
  }

  package func verify(network expected: NetworkID) throws(NetworkError) {
    try adminCertificate.verifySignature()
    let envelope = try Envelope(decoding: encoded, limit: encoded.count, as: "a decision")
    guard envelope.isSigned(by: issuer, for: Self.purpose) else {
      throw NetworkError(
        .forged,
        "a decision about \(node.short) is not signed by \(issuer.short); it was changed or made "
          + "up: do not trust where it came from")
    }
    guard adminCertificate.network == expected else {
      throw NetworkError(
        .wrongNetwork,
        "a decision about \(node.short) is one of the network \(adminCertificate.network.short), "
          + "not of \(expected.short)")
    }
    try adminCertificate.check(at: time)
  }
}
