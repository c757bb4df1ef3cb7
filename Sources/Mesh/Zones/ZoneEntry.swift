package import Primitives
package import Security

// # Entries
//
// A line of the index belongs to the node that *publishes* it. Its key names that node, and the
// publisher signs what stands there, how long, and in the place of which version. So every
// publisher has a place of its own under each term, and whoever keeps lines for a zone takes,
// replaces and removes one only at its publisher's word, from whomever it comes.
//
// The signature does not cover the term: a share has a dozen lines that differ in nothing else,
// and one signature serves them all. Under a term where it does not belong a line takes nobody
// else's place; whoever reads it sees that it does not fit.

/// One line of the index. What the payload says is the business of whoever puts it there.
package struct ZoneEntry: Hashable, Sendable {
  package static let payloadLimit = 1_024
  package static let purpose: SigningPurpose = "zone-entry"

  /// `ZoneKey` makes it: of the term, the subject and the publisher.
  package var key: Bytes32
  /// The higher one stands; a removal is a version too.
  package var version: UInt64
  package var expiresAt: WallTime
  package var isRemoved: Bool
  package var payload: [UInt8]
  package let publisher: NodeID
  package let signature: Signature

  /// As it came from somebody, or from the disk: nothing of it is proven.
  package init(
    key: Bytes32, version: UInt64, expiresAt: WallTime, payload: [UInt8], isRemoved: Bool = false,
    publisher: NodeID, signature: Signature
  ) {
    self.key = key
    self.version = version
    self.expiresAt = expiresAt
    self.payload = payload
    self.isRemoved = isRemoved
    self.publisher = publisher
    self.signature = signature
  }

  /// Signs it. Of both hashes `ZoneKey` says how much counts.
  package init(
    term: Bytes32, subject: Bytes32, version: UInt64, expiresAt: WallTime, payload: [UInt8],
    isRemoved: Bool = false, by signer: SigningKey
  ) {
    let key = ZoneKey.key(term: term, subject: subject, publisher: signer.id)
    let statement = Self.statement(key, version, expiresAt, isRemoved, payload)
    self.init(
      key: key, version: version, expiresAt: expiresAt, payload: payload, isRemoved: isRemoved,
      publisher: signer.id, signature: signer.sign(statement, for: Self.purpose))
  }

  /// The same line under another term; what was signed stays so.
  package func under(term: Bytes32) -> ZoneEntry {
    var other = self
    other.key = ZoneKey.moved(key, to: term)
    return other
  }

  /// It stands in its publisher's place, and the publisher signed exactly this.
  package var isGenuine: Bool {
    ZoneKey.isPlace(key, of: publisher)
      && publisher.isValid(
        signature, of: Self.statement(key, version, expiresAt, isRemoved, payload),
        for: Self.purpose)
  }

  private static func statement(
    _ key: Bytes32, _ version: UInt64, _ expiresAt: WallTime, _ isRemoved: Bool,
    _ payload: [UInt8]
  ) -> [UInt8] {
    var bytes = Array(key.bytes[ZoneKey.termBytes...])
    bytes.append(bigEndian: version)
    bytes.append(bigEndian: UInt64(bitPattern: expiresAt.nanoseconds))
    bytes.append(isRemoved ? 1 : 0)
    return bytes + payload
  }

  /// Tells versions of a line apart.
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
