package import Primitives

/// Sixteen random bytes: a share's own, whatever its name. As text 32 characters of hexadecimal.
package struct ShareID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let count = 16

  private let high: UInt64
  private let low: UInt64

  /// Nil unless there are exactly sixteen bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.count else { return nil }
    high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Reads the text form; nil when it is not one.
  package init?(_ text: String) {
    guard let bytes = Hex.decode(text) else { return nil }
    self.init(bytes)
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: high)
    bytes.append(bigEndian: low)
    return bytes
  }

  package var description: String { Hex.encode(bytes) }

  package static func < (left: Self, right: Self) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

/// What tells shares apart. The owner is part of it, so that nobody can take over another's.
package struct ShareKey: Hashable, Sendable, Comparable {
  package var owner: NodeID
  package var id: ShareID

  package init(owner: NodeID, id: ShareID) {
    self.owner = owner
    self.id = id
  }

  package static let count = 32 + ShareID.count

  /// Nil for any other number of bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.count, let owner = NodeID(Array(bytes.prefix(32))),
      let id = ShareID(Array(bytes.dropFirst(32)))
    else { return nil }
    self.init(owner: owner, id: id)
  }

  package var bytes: [UInt8] { owner.bytes + id.bytes }

  package static func < (left: Self, right: Self) -> Bool {
    left.owner != right.owner ? left.owner < right.owner : left.id < right.id
  }
}
