import Calls
import Primitives
package import Security

/// The private half of a network. It signs admin certificates, and revocations of admins, and
/// nothing else, so it can be kept offline.
package struct NetworkKey: Sendable, CustomStringConvertible, CustomReflectable {
  package struct Limits: Sendable {
    /// Of the text of a backup.
    package var backupBytes = 1024
    package init() {}
  }

  private static let backupPrefix = "apus-network-key-1:"

  let key: SigningKey
  private let seed: SecretBytes
  package let id: NetworkID

  /// A new one.
  package init() { self.init(checked: .random(count: 32)) }

  package init(seed: SecretBytes) throws(NetworkError) {
    guard seed.count == 32 else {
      throw NetworkError(.violation, "a network key has 32 bytes, this one has \(seed.count)")
    }
    self.init(checked: seed)
  }

  private init(checked seed: SecretBytes) {
    do {
      key = try SigningKey(seed: seed)
    } catch {
      fatalError("thirty-two bytes are a key: \(error)")
    }
    self.seed = seed
    id = NetworkID(key.id.key)
  }

  func sign(_ message: [UInt8], for purpose: SigningPurpose) -> Signature {
    key.sign(message, for: purpose)
  }

  /// For the state folder's database: only the node whose key this secret comes from opens it.
  func sealed(under secret: SecretBytes) throws(TrustError) -> [UInt8] {
    let bytes = seed.withBytes { Array($0) }
    return try SealingKey(secret).seal(bytes, associated: Self.associated(id))
  }

  init(opening sealed: [UInt8], of network: NetworkID, under secret: SecretBytes) throws {
    let bytes = try SealingKey(secret).open(sealed, associated: Self.associated(network))
    try self.init(seed: SecretBytes(bytes))
    guard id == network else {
      throw NetworkError(
        .forged, "the stored network key is not that of \(network.short); restore it from a backup")
    }
  }

  private static func associated(_ network: NetworkID) -> [UInt8] {
    Array("apus network key 1".utf8) + network.bytes
  }

  package var description: String { "the private key of network \(id)" }
  package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

// MARK: - Backup

extension NetworkKey {
  /// One line of text from which whoever knows the password gets the key back. For a file of
  /// mode 0600, or paper.
  package func backup(password: String) async throws -> String {
    let bytes = seed.withBytes { Array($0) }
    let sealed = try await PasswordSeal.seal(
      bytes, password: password, associated: Self.associated(id))
    let message = NetworkV1.NetworkKeyBackup {
      $0.network = id.bytes
      $0.sealed = sealed
    }
    return Self.backupPrefix + Base32.encode(message.encoded())
  }

  package init(
    backup text: String, password: String, limits: Limits = Limits()
  ) async throws {
    let (network, sealed) = try Self.read(text, limits)
    let bytes: [UInt8]
    do {
      bytes = try await PasswordSeal.open(
        sealed, password: password, associated: Self.associated(network))
    } catch let error as TrustError where error.code == .tampered {
      throw NetworkError(
        .denied, "the password is not the one of this backup, or the backup was changed",
        cause: error)
    }
    try self.init(seed: SecretBytes(bytes))
    guard id == network else {
      throw NetworkError(.forged, "the backup names another network than its key belongs to")
    }
  }

  /// Which network a backup belongs to, without its password.
  package static func network(
    ofBackup text: String, limits: Limits = Limits()
  ) throws(NetworkError) -> NetworkID {
    try read(text, limits).network
  }

  private static func read(
    _ text: String, _ limits: Limits
  ) throws(NetworkError) -> (network: NetworkID, sealed: [UInt8]) {
    let line = text.split(whereSeparator: \.isWhitespace)
    guard text.utf8.count <= limits.backupBytes, line.count == 1,
      line[0].hasPrefix(backupPrefix),
      let bytes = Base32.decode(line[0].dropFirst(backupPrefix.utf8.count)),
      // Any failure means the same: this is no backup.
      let message = try? NetworkV1.NetworkKeyBackup(decoding: bytes),
      let network = NetworkID(message.network)
    else {
      throw NetworkError(
        .violation,
        "this is no backup of a network key; it is one line that begins with \(backupPrefix)")
    }
    return (network, message.sealed)
  }
}
