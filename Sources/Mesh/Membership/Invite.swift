import Calls
package import IO
package import Primitives
import Security

/// What lets a node into a network, as one line of text to be copied: the network, the admin
/// that will sign, a secret, and where to find the network.
package struct Invite: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  package struct Limits: Sendable {
    package var textBytes = 4096
    package var addresses = 8
    package var addressBytes = 255
    package init() {}
  }

  package static let secretBytes = 16
  private static let prefix = "apus1-"
  private static let checksumBytes = 4

  package let network: NetworkID
  /// Who signs the new member.
  package let admin: NodeID
  /// To be shown to this admin alone.
  let secret: [UInt8]
  /// In whole seconds.
  package let expiresAt: WallTime
  /// Where to begin; names are allowed.
  package let addresses: [Endpoint]

  init(
    network: NetworkID, admin: NodeID, secret: [UInt8], expiresAt: WallTime,
    addresses: [Endpoint]
  ) {
    precondition(secret.count == Self.secretBytes, "the secret of an invite has 16 bytes")
    self.network = network
    self.admin = admin
    self.secret = secret
    self.expiresAt = WallTime(nanoseconds: 0).advanced(by: .seconds(expiresAt.secondsSince1970))
    self.addresses = addresses
  }

  /// What an admin keeps of a secret. It needs no salt: 128 random bits cannot be guessed.
  package static func digest(ofSecret secret: [UInt8]) -> Digest {
    Digest.sha256(of: Array("apus invite 1".utf8) + secret)
  }

  package var digest: Digest { Self.digest(ofSecret: secret) }

  /// The whole invite: a secret, to be shown once.
  package var revealed: String {
    let content = NetworkV1.InviteContent {
      $0.network = network.bytes
      $0.admin = admin.bytes
      $0.secret = secret
      $0.expiresSeconds = expiresAt.secondsSince1970
      $0.addresses = addresses.map(\.description)
    }.encoded()
    return Self.text(ofContent: content)
  }

  package static func text(ofContent content: [UInt8]) -> String {
    prefix + Base32.encode(content + checksum(content))
  }

  /// Reads the text form. Errors tell a text that is no invite, a typo, and one that a newer
  /// program has made.
  package init(_ text: String, limits: Limits = Limits()) throws(NetworkError) {
    let words =
      text.utf8.count <= limits.textBytes ? text.split(whereSeparator: \.isWhitespace) : []
    guard words.count == 1 else {
      throw NetworkError(
        .violation,
        "this is no invite: an invite is one line of at most \(limits.textBytes) characters "
          + "without spaces")
    }
    guard words[0].lowercased().hasPrefix(Self.prefix) else {
      throw NetworkError(
        .violation, "this is no invite: an invite begins with \(Self.prefix); copy all of it")
    }
    guard let bytes = Base32.decode(words[0].dropFirst(Self.prefix.utf8.count)),
      bytes.count > Self.checksumBytes,
      Self.checksum(Array(bytes.dropLast(Self.checksumBytes)))
        == Array(bytes.suffix(Self.checksumBytes))
    else {
      throw NetworkError(
        .violation, "the invite has a typo or is cut off; copy all of it once more")
    }
    try self.init(content: Array(bytes.dropLast(Self.checksumBytes)), limits)
  }

  private init(content bytes: [UInt8], _ limits: Limits) throws(NetworkError) {
    let fields = FieldReader(what: "the invite")
    let content: NetworkV1.InviteContent = try Envelope.decode(bytes, as: fields.what)
    network = try fields.network(content.network)
    admin = try fields.node(content.admin, "an admin")
    guard content.secret.count == Self.secretBytes else {
      throw fields.wrong("a secret of \(content.secret.count) bytes, not \(Self.secretBytes)")
    }
    secret = content.secret
    guard (0...9_000_000_000).contains(content.expiresSeconds) else {
      throw fields.wrong("an impossible time of expiry")
    }
    expiresAt = WallTime(nanoseconds: 0).advanced(by: .seconds(content.expiresSeconds))
    guard content.addresses.count <= limits.addresses else {
      throw fields.wrong("\(content.addresses.count) addresses, more than \(limits.addresses)")
    }
    var addresses: [Endpoint] = []
    for text in content.addresses {
      guard text.utf8.count <= limits.addressBytes, let endpoint = Endpoint(text) else {
        throw fields.wrong("an address that is none: they read host:port")
      }
      addresses.append(endpoint)
    }
    self.addresses = addresses
    guard content.unknownFields.bytes.isEmpty, content.encoded() == bytes else {
      throw fields.wrong("parts that this program does not know; update it")
    }
  }

  private static func checksum(_ content: [UInt8]) -> [UInt8] {
    Array(Digest.sha256(of: content).bytes.prefix(checksumBytes))
  }

  package var description: String { "an invite to network \(network.short)" }
  package var customMirror: Mirror { Mirror(self, children: ["network": network, "admin": admin]) }
}
