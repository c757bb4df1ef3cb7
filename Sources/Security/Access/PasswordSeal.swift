import Primitives

/// Seals bytes under a password: for what is kept offline. A version, 16 bytes of salt, and a
/// sealed message under the key that scrypt makes of password and salt.
package enum PasswordSeal {
  private static let version: UInt8 = 1
  private static let saltCount = 16

  /// Works on a thread of its own, never on a loop.
  package static func seal(
    _ message: [UInt8], password: String, associated: [UInt8] = []
  ) async throws -> [UInt8] {
    let salt = SecureRandom.bytes(saltCount)
    let key = try await key(password, salt)
    return [version] + salt + key.seal(message, associated: associated)
  }

  /// Fails with `.tampered` for another password as for changed bytes: nobody can tell them apart.
  package static func open(
    _ sealed: [UInt8], password: String, associated: [UInt8] = []
  ) async throws -> [UInt8] {
    guard sealed.count > 1 + saltCount, sealed[0] == version else {
      throw TrustError(.tampered, "this was not sealed under a password by a known version")
    }
    let key = try await key(password, Array(sealed[1...saltCount]))
    return try key.open(Array(sealed[(1 + saltCount)...]), associated: associated)
  }

  private static func key(_ password: String, _ salt: [UInt8]) async throws -> SealingKey {
    try SealingKey(SecretBytes(await PasswordHash.stretch(password, salt: salt, count: 32)))
  }
}
