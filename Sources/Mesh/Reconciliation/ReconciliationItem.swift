package import Primitives

/// One member of a set that two nodes make equal.
package struct ReconciliationItem: Hashable, Sendable {
  /// What the set is ordered by.
  package var key: Bytes32
  /// A SHA-256 hash that changes when the item does. Where the key is such a hash itself (what it
  /// names never changes), it serves as the digest too.
  package var digest: Bytes32

  package init(key: Bytes32, digest: Bytes32) {
    self.key = key
    self.digest = digest
  }

  package init(_ key: Bytes32) { self.init(key: key, digest: key) }

  package var tag: ItemTag { ItemTag(digest) }
}

/// What names an item on the wire: the first half of its digest. Two items of one tag would take
/// 2^64 trials to find, and would only keep themselves from being exchanged.
package struct ItemTag: Hashable, Sendable {
  package static let count = 16

  private var high: UInt64
  private var low: UInt64

  package init(_ digest: Bytes32) { (high, low, _, _) = digest.words }

  /// Exactly sixteen bytes.
  init(_ bytes: ArraySlice<UInt8>) {
    precondition(bytes.count == Self.count, "a tag has sixteen bytes")
    (high, low) = (0, 0)
    for (index, byte) in bytes.enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
    }
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: high)
    bytes.append(bigEndian: low)
  }
}
