package import Primitives
package import Security

/// A record as it travels: the very bytes that were signed, and the signature. Shared, never
/// changed: every message that passes a record on holds the same one.
package final class SignedRecord: Sendable {
  package static let purpose: SigningPurpose = "node-record"

  package let record: NodeRecord
  package let payload: [UInt8]
  package let signature: [UInt8]
  /// Tells apart all records of all nodes; the same everywhere. Sums of it compare tables.
  package let fingerprint: UInt64

  package var id: NodeID { record.id }
  package var sequence: UInt64 { record.sequence }

  /// Signs it. Throws when the record breaks a bound, so that no node sends what all refuse.
  package convenience init(_ record: NodeRecord, key: SigningKey) throws(NetworkError) {
    precondition(record.id == key.id, "a node signs its own record")
    try record.check()
    let payload = record.encoded
    try self.init(
      payload: payload, signature: key.sign(payload, for: Self.purpose).bytes)
  }

  /// Reads what a peer sent. Nothing is believed before `RecordChecking` has said so.
  package init(payload: [UInt8], signature: [UInt8]) throws(NetworkError) {
    record = try NodeRecord(decoding: payload)
    guard signature.count == 64 else {
      throw NetworkError(.violation, "A record's signature has \(signature.count) bytes, not 64.")
    }
    self.payload = payload
    self.signature = signature
    fingerprint = Self.fingerprint(of: payload)
  }

  /// For simulations, where reading and signing would cost more than the protocol.
  package init(simulating record: NodeRecord, payloadBytes: Int, signature: [UInt8]) {
    self.record = record
    payload = Array(repeating: 0, count: payloadBytes)
    self.signature = signature
    fingerprint = Self.fingerprint(of: record.id.bytes + Self.bytes(record.sequence))
  }

  /// FNV-1a, mixed: equal everywhere and cheap. Whoever signs bad records on purpose can only
  /// make comparisons of its own entry fail.
  private static func fingerprint(of bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return hash ^ (hash >> 29)
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }
}
