package import Primitives

/// The first bits of keys: what a zone owns. The empty prefix owns everything.
package struct ZonePrefix: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// 2^32 zones of six are more nodes than there will be.
  package static let maximumLength = 32

  /// From the highest bit on; those beyond `length` are zero.
  package let bits: UInt64
  package let length: Int

  /// Nil when too long, or when bits beyond the length are set.
  package init?(bits: UInt64, length: Int) {
    guard (0...Self.maximumLength).contains(length) else { return nil }
    guard length > 0 ? bits << UInt64(length) == 0 : bits == 0 else { return nil }
    self.bits = bits
    self.length = length
  }

  private init(unchecked bits: UInt64, _ length: Int) {
    self.bits = bits
    self.length = length
  }

  package static let root = ZonePrefix(unchecked: 0, 0)

  package func contains(_ key: Bytes32) -> Bool {
    length == 0 || (key.words.0 ^ bits) >> UInt64(64 - length) == 0
  }

  package func contains(_ other: ZonePrefix) -> Bool {
    length <= other.length && (length == 0 || (other.bits ^ bits) >> UInt64(64 - length) == 0)
  }

  /// The half whose next bit is 0, and the one whose next bit is 1.
  package var halves: (ZonePrefix, ZonePrefix) {
    precondition(length < Self.maximumLength, "the prefix cannot be longer")
    return (
      ZonePrefix(unchecked: bits, length + 1),
      ZonePrefix(unchecked: bits | 1 << UInt64(63 - length), length + 1)
    )
  }

  package func half(of key: Bytes32) -> ZonePrefix {
    let (low, high) = halves
    return high.contains(key) ? high : low
  }

  package var parent: ZonePrefix? {
    guard length > 0 else { return nil }
    let kept = length - 1
    return ZonePrefix(unchecked: kept == 0 ? 0 : bits & (~0 << UInt64(64 - kept)), kept)
  }

  package var keys: KeyRange {
    guard length > 0 else { return .all }
    let (end, overflow) = bits.addingReportingOverflow(1 << UInt64(64 - length))
    return KeyRange(
      lower: Bytes32(words: (bits, 0, 0, 0)),
      upper: overflow ? nil : Bytes32(words: (end, 0, 0, 0)))
  }

  /// Its bits as text; `-` for everything.
  package var description: String {
    if length == 0 { return "-" }
    return String(
      (0..<length).map { bits >> UInt64(63 - $0) & 1 == 1 ? "1" as Character : "0" })
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.bits, left.length) < (right.bits, right.length)
  }
}
