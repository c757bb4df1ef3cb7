import Calls
package import Primitives
import Security

/// By this the network's key says that a node may sign members.
package struct AdminCertificate: Hashable, Sendable {
  package struct Limits: Sendable {
    package var encodedBytes = 1024
    /// No certificate holds longer, whatever it says.
    package var life = Validity.days(3660)
    package init() {}
  }

  /// Long, because the network key may be in a safe.
  package static let life = Validity.days(5 * 365)
  static let purpose: SigningPurpose = "apus admin certificate 1"

  package let network: NetworkID
  package let admin: NodeID
  package let serial: UInt64
  package let validity: Validity
  package let name: String
  package let encoded: [UInt8]

  package var expiresAt: WallTime { validity.expiresAt }

  /// Signs one.
  package init(
    of admin: NodeID, name: String, serial: UInt64, at time: WallTime, signedBy key: NetworkKey,
    life: Duration = AdminCertificate.life
  ) {
    network = key.id
    self.admin = admin
    self.name = name
    self.serial = serial
    validity = Validity(issuedAt: time, expiresAt: time.advanced(by: life))
    let message = NetworkV1.AdminCertificate { [network, validity] in
      $0.network = network.bytes
      $0.admin = admin.bytes
      $0.serial = serial
      $0.issuedNanoseconds = validity.issuedAt.nanoseconds
      $0.expiresNanoseconds = validity.expiresAt.nanoseconds
      $0.name = name
    }
    encoded = Envelope(message, signedBy: key.key, for: Self.purpose).encoded
  }

  /// Reads one without believing it: see `verify`.
  package init(decoding bytes: [UInt8], limits: Limits = Limits()) throws(NetworkError) {
    let fields = FieldReader(what: "an admin certificate")
    let envelope = try Envelope(decoding: bytes, limit: limits.encodedBytes, as: fields.what)
    let message: NetworkV1.AdminCertificate = try Envelope.decode(
      envelope.payload, as: fields.what)
    network = try fields.network(message.network)
    admin = try fields.node(message.admin, "an admin")
    serial = message.serial
    validity = try fields.validity(
      message.issuedNanoseconds, message.expiresNanoseconds, life: limits.life)
    name = try fields.name(message.name)
    encoded = bytes
  }

  /// That the network it names has signed it.
  package func verifySignature() throws(NetworkError) {
    let envelope = try Envelope(
      decoding: encoded, limit: encoded.count, as: "an admin certificate")
    guard envelope.isSigned(by: network.signer, for: Self.purpose) else {
      throw NetworkError(
        .forged,
        "the admin certificate of \(admin.short) is not signed by the network it names; "
          + "it was changed or made up: do not trust where it came from")
    }
  }

  /// That this node may sign members of the network now.
  package func verify(
    network expected: NetworkID, at time: WallTime, revocations: RevocationSet
  ) throws(NetworkError) {
    try verifySignature()
    guard network == expected else {
      throw NetworkError(
        .wrongNetwork,
        "\(admin.short) is an admin of the network \(network.short), not of \(expected.short)")
    }
    try check(at: time)
    guard revocations.standing(of: admin).isAdmin else {
      throw NetworkError(
        .revoked, "\(admin.short) is no admin any more; ask another admin of the network")
    }
  }

  func check(at time: WallTime) throws(NetworkError) {
    try validity.check(
      at: time, "the admin certificate of \(name)",
      remedy: "whoever holds the network key makes a new one with `apus network add-admin`")
  }
}
