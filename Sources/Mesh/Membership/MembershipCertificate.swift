package import Calls
package import Primitives
package import Security

/// By this an admin says that a node is a member, what it is called and what it may do.
package struct MembershipCertificate: Hashable, Sendable {
  package struct Limits: Sendable {
    package var encodedBytes = 4096
    package var roles = 16
    package var permissions = 64
    package var permissionBytes = 64
    /// No certificate holds longer, whatever it says: what a retired admin signed ends.
    package var life = Validity.days(90)
    package init() {}
  }

  package static let life = Validity.days(30)
  static let purpose: SigningPurpose = "apus membership certificate 1"

  package let network: NetworkID
  package let member: NodeID
  package let name: String
  /// Those that this program knows.
  package let roles: Set<Role>
  package let permissions: Set<Permission>
  package let serial: UInt64
  package let validity: Validity
  package let adminCertificate: AdminCertificate
  package let encoded: [UInt8]

  package var issuer: NodeID { adminCertificate.admin }
  package var issuedAt: WallTime { validity.issuedAt }
  package var expiresAt: WallTime { validity.expiresAt }

  /// What an admin grants a node.
  package struct Grant: Hashable, Sendable {
    package var name: String
    package var roles: Set<Role>
    package var permissions: Set<Permission>

    package init(name: String, roles: Set<Role>, permissions: Set<Permission>) {
      self.name = name
      self.roles = roles
      self.permissions = permissions
    }
  }

  package var grant: Grant { Grant(name: name, roles: roles, permissions: permissions) }

  /// Signs one. It never outlives the admin's own.
  package init(
    of member: NodeID, _ grant: Grant, serial: UInt64, at time: WallTime,
    by admin: AdminCertificate, signedBy key: SigningKey,
    life: Duration = MembershipCertificate.life
  ) {
    precondition(key.id == admin.admin, "an admin signs with the key its certificate names")
    network = admin.network
    self.member = member
    name = grant.name
    roles = grant.roles
    permissions = grant.permissions
    self.serial = serial
    validity = Validity(
      issuedAt: time, expiresAt: min(time.advanced(by: life), admin.expiresAt))
    adminCertificate = admin
    let message = NetworkV1.MembershipCertificate { [network, validity] in
      $0.network = network.bytes
      $0.member = member.bytes
      $0.serial = serial
      $0.issuedNanoseconds = validity.issuedAt.nanoseconds
      $0.expiresNanoseconds = validity.expiresAt.nanoseconds
      $0.name = grant.name
      $0.roles = grant.roles.map(\.rawValue).sorted()
      $0.permissions = grant.permissions.map(\.name).sorted()
      $0.issuer = admin.admin.bytes
      $0.adminCertificate = admin.encoded
    }
    encoded = Envelope(message, signedBy: key, for: Self.purpose).encoded
  }

  /// Reads one without believing it: see `verify`.
  package init(decoding bytes: [UInt8], limits: Limits = Limits()) throws(NetworkError) {
    let fields = FieldReader(what: "a membership certificate")
    let envelope = try Envelope(decoding: bytes, limit: limits.encodedBytes, as: fields.what)
    let message: NetworkV1.MembershipCertificate = try Envelope.decode(
      envelope.payload, as: fields.what)
    network = try fields.network(message.network)
    member = try fields.node(message.member, "a member")
    serial = message.serial
    validity = try fields.validity(
      message.issuedNanoseconds, message.expiresNanoseconds, life: limits.life)
    name = try fields.name(message.name)
    guard message.roles.count <= limits.roles, message.permissions.count <= limits.permissions
    else {
      throw fields.wrong(
        "\(message.roles.count) roles and \(message.permissions.count) permissions, where "
          + "\(limits.roles) and \(limits.permissions) are allowed")
    }
    for role in message.roles {
      _ = try fields.text(role, "a role", limit: limits.permissionBytes)
    }
    for permission in message.permissions {
      _ = try fields.text(permission, "a permission", limit: limits.permissionBytes)
    }
    // A newer program's roles mean nothing here.
    roles = Set(message.roles.compactMap(Role.init(rawValue:)))
    permissions = Set(message.permissions.map { Permission($0) })
    adminCertificate = try AdminCertificate(decoding: message.adminCertificate)
    guard try fields.node(message.issuer, "an issuer") == adminCertificate.admin,
      network == adminCertificate.network
    else { throw fields.wrong("the certificate of another admin or network inside") }
    encoded = bytes
  }
}

// MARK: - Belief

extension MembershipCertificate {
  /// That the member belongs to the network now. Forgery is told from everything else: a
  /// certificate of another network is a genuine one.
  package func verify(
    network expected: NetworkID, at time: WallTime, revocations: RevocationSet
  ) throws(NetworkError) {
    try verifySignatures()
    try check(network: expected, at: time, revocations: revocations)
  }

  /// That the network it names has signed the admin, and the admin this. Both cost a tenth of a
  /// millisecond, and hold for ever.
  func verifySignatures() throws(NetworkError) {
    try adminCertificate.verifySignature()
    let envelope = try Envelope(
      decoding: encoded, limit: encoded.count, as: "a membership certificate")
    guard envelope.isSigned(by: issuer, for: Self.purpose) else {
      throw NetworkError(
        .forged,
        "the certificate of \(member.short) is not signed by the admin it names; it was changed "
          + "or made up: do not trust where it came from")
    }
  }

  /// What may change from one moment to the next.
  func check(
    network expected: NetworkID, at time: WallTime, revocations: RevocationSet
  ) throws(NetworkError) {
    guard network == expected else {
      throw NetworkError(
        .wrongNetwork,
        "\(name) (\(member.short)) belongs to the network \(network.short), not to "
          + "\(expected.short): invite it with `apus invite`")
    }
    try validity.check(
      at: time, "the certificate of \(name)",
      remedy: "let the node reach an admin before its 30 days are over, "
        + "or let it join again with an invite")
    try adminCertificate.check(at: time)
    if revocations.isRevoked(self) {
      throw NetworkError(
        .revoked,
        "\(name) (\(member.short)) was revoked; if that was a mistake, start it with a new key "
          + "and invite it again")
    }
  }
}
