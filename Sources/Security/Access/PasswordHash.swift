import COpenSSL
import IO
import Primitives

/// A password as it is stored: scrypt (RFC 7914), which needs memory as well as time, with its
/// parameters, in the text form `$scrypt$ln=15,r=8,p=3$salt$hash`.
package struct PasswordHash: Sendable, CustomStringConvertible, CustomReflectable {
  package struct Limits: Sendable {
    /// Longer passwords are refused before any work.
    package var passwordBytes = 1024
    /// Parameters of stored text beyond these are refused: a changed row must not be able to
    /// claim the machine's memory.
    package var logarithm = 10...17
    package var blockSize = 1...8
    package var parallelism = 1...8
    /// Checks that run or wait at once. Two run; each takes 32 MiB.
    package var waiting = 64
    package init() {}
  }

  struct Parameters: Equatable {
    /// Of the number of rounds: 32 MiB at 15.
    var logarithm = 15
    var blockSize = 8
    var parallelism = 3
  }

  let parameters: Parameters
  private let salt: [UInt8]
  private let hash: [UInt8]

  private static let pool: BlockingPool = {
    var limits = BlockingPool.Limits()
    limits.threads = 2
    return BlockingPool(name: "passwords", limits: limits)
  }()
  private static let waiting = Locked(0)

  /// Hashes on a thread of its own, never on a loop.
  package static func make(
    _ password: String, limits: Limits = Limits()
  ) async throws -> PasswordHash {
    try await make(password, Parameters(), limits)
  }

  static func make(
    _ password: String, _ parameters: Parameters, _ limits: Limits = Limits()
  ) async throws -> PasswordHash {
    let salt = SecureRandom.bytes(16)
    let hash = try await inPool(password, limits) {
      scrypt($0, salt: salt, parameters, count: 32)
    }
    return PasswordHash(parameters: parameters, salt: salt, hash: hash)
  }

  /// True when it is the password. Takes as long for a nearly right one as for a wrong one.
  package func matches(_ password: String, limits: Limits = Limits()) async throws -> Bool {
    let (salt, parameters, count) = (salt, parameters, hash.count)
    let candidate = try await Self.inPool(password, limits) {
      Self.scrypt($0, salt: salt, parameters, count: count)
    }
    return ConstantTime.areEqual(candidate, hash)
  }

  /// Costs what a check costs: for names nobody has, so that an answer's time does not tell
  /// which names exist.
  package static func matchesNobody(_ password: String, limits: Limits = Limits()) async throws {
    _ = try await inPool(password, limits) {
      scrypt($0, salt: [UInt8](repeating: 0, count: 16), Parameters(), count: 32)
    }
  }

  /// The bytes of a key that only this password and salt give.
  static func stretch(_ password: String, salt: [UInt8], count: Int) async throws -> [UInt8] {
    try await inPool(password, Limits()) {
      scrypt($0, salt: salt, Parameters(), count: count)
    }
  }

  private static func inPool(
    _ password: String, _ limits: Limits, _ work: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) async throws -> [UInt8] {
    let bytes = Array(password.utf8)
    guard bytes.count <= limits.passwordBytes else {
      throw TrustError(
        .passwordTooLong, "the password is longer than \(limits.passwordBytes) bytes")
    }
    let isTaken = waiting.withLock {
      if $0 >= limits.waiting { return false }
      $0 += 1
      return true
    }
    guard isTaken else {
      throw TrustError(.busy, "too many passwords are being checked; try again in a moment")
    }
    defer { waiting.withLock { $0 -= 1 } }
    return try await pool.run { work(bytes) }
  }

  static func scrypt(
    _ password: [UInt8], salt: [UInt8], _ parameters: Parameters, count: Int
  ) -> [UInt8] {
    CryptoLibrary.start()
    var hash = [UInt8](repeating: 0, count: count)
    let rounds = UInt64(1) << UInt64(parameters.logarithm)
    let memory = 128 * UInt64(parameters.blockSize) * (rounds + UInt64(parameters.parallelism) + 2)
    let status = password.withUnsafeBytes { bytes in
      EVP_PBE_scrypt(
        bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, salt, salt.count, rounds,
        UInt64(parameters.blockSize), UInt64(parameters.parallelism), memory, &hash, hash.count)
    }
    CryptoLibrary.require(status, "hash a password")
    return hash
  }

  package var description: String { "(password hash)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

// MARK: - Text

extension PasswordHash {
  /// What is stored.
  package var encoded: String {
    let numbers =
      "ln=\(parameters.logarithm),r=\(parameters.blockSize),p=\(parameters.parallelism)"
    return "$scrypt$\(numbers)$\(Base64.encode(salt))$\(Base64.encode(hash))"
  }

  package init(encoded text: String, limits: Limits = Limits()) throws(TrustError) {
    let unreadable = TrustError(
      .invalidPasswordHash, "the stored password cannot be read; set the password anew")
    let fields = text.utf8.count <= 256 ? text.split(separator: "$") : []
    guard fields.count == 4, fields[0] == "scrypt", let salt = Base64.decode(fields[2]),
      let hash = Base64.decode(fields[3]), (8...64).contains(salt.count),
      (16...64).contains(hash.count),
      let logarithm = Self.number("ln", 0, fields[1], limits.logarithm),
      let blockSize = Self.number("r", 1, fields[1], limits.blockSize),
      let parallelism = Self.number("p", 2, fields[1], limits.parallelism)
    else { throw unreadable }
    self.init(
      parameters: Parameters(
        logarithm: logarithm, blockSize: blockSize, parallelism: parallelism),
      salt: salt, hash: hash)
    guard encoded == text else { throw unreadable }
  }

  private static func number(
    _ name: String, _ index: Int, _ list: Substring, _ allowed: ClosedRange<Int>
  ) -> Int? {
    let fields = list.split(separator: ",")
    guard fields.count == 3, fields[index].hasPrefix(name + "="),
      let value = Int(fields[index].dropFirst(name.count + 1)), allowed.contains(value)
    else { return nil }
    return value
  }
}
