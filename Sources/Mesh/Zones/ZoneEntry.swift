package import Primitives
import Security

/// One line of the index. What the payload says is the business of whoever puts it there.
package struct ZoneEntry: Hashable, Sendable {
  package static let payloadLimit = 1_024

  /// Begins with the hash of the term; what follows tells entries of one term apart.
  package var key: Bytes32
  /// The higher one stands; a removal is a version too.
  package var version: UInt64
  package var expiresAt: WallTime
  package var isRemoved: Bool
  package var payload: [UInt8]

  package init(
    key: Bytes32, version: UInt64, expiresAt: WallTime, payload: [UInt8], isRemoved: Bool = false
  ) {
    self.key = key
    self.version = version
    self.expiresAt = expiresAt
    self.payload = payload
    self.isRemoved = isRemoved
  }

  package var digest: Bytes32 {
    var bytes = key.bytes
    bytes.reserveCapacity(bytes.count + 17 + payload.count)
    bytes.append(bigEndian: version)
    bytes.append(bigEndian: UInt64(bitPattern: expiresAt.nanoseconds))
    bytes.append(isRemoved ? 1 : 0)
    bytes.append(contentsOf: payload)
    return Digest.sha256(of: bytes).value
  }

  package func check() throws(NetworkError) {
    guard payload.count <= Self.payloadLimit, !isRemoved || payload.isEmpty else {
      throw NetworkError(
        .violation,
        "an index entry has \(payload.count) bytes; at most \(Self.payloadLimit) are kept, none "
          + "for a removed one: put a reference there instead")
    }
  }
}
