import Primitives

/// What one side says of ranges of its set: ordered, disjoint, gaps allowed.
///
/// On the wire: a byte of version and flags, then a record per range. A record is one byte (2 bits
/// of kind, 1 bit for "to the end", 5 bits for how many leading bytes its upper bound shares with
/// the bound before), a byte that counts the bytes of the bound that follow, these bytes (the rest
/// of the bound is zeros), and what the kind says. A gap is a record too, without content. There is
/// exactly one way to write a message, and readers insist on it.
package struct ReconciliationMessage: Sendable, Equatable {
  package struct Limits: Sendable {
    package var bytes = 512 << 10
    /// Tags in one range.
    package var tags = 64
    package init() {}
  }

  package enum Claim: Sendable, Equatable {
    /// "All of mine here comes to this."
    case fingerprint(ItemTag)
    /// "These are all of mine here."
    case list([ItemTag])
    /// "Of those that you listed here I lack these."
    case want([ItemTag])
  }

  package struct Entry: Sendable, Equatable {
    package var range: KeyRange
    package var claim: Claim

    package init(_ range: KeyRange, _ claim: Claim) {
      self.range = range
      self.claim = claim
    }
  }

  package var entries: [Entry] = []
  /// Whoever sent this has more to say once it has been answered.
  package var hasMore = false

  package init(entries: [Entry] = [], hasMore: Bool = false) {
    self.entries = entries
    self.hasMore = hasMore
  }

  private static let version: UInt8 = 0x10
  private static let moreFlag: UInt8 = 0x01
  private static let endFlag: UInt8 = 0x04

  private enum Kind: UInt8 { case gap = 0, fingerprint, list, want }

  // MARK: Writing

  package var encoded: [UInt8] {
    var bytes = [Self.version | (hasMore ? Self.moreFlag : 0)]
    var bound = Bytes32.zero
    for entry in entries {
      if entry.range.lower != bound {
        Self.write(.gap, entry.range.lower, after: bound, to: &bytes)
      }
      switch entry.claim {
      case .fingerprint(let fingerprint):
        Self.write(.fingerprint, entry.range.upper, after: entry.range.lower, to: &bytes)
        fingerprint.append(to: &bytes)
      case .list(let tags):
        Self.write(.list, entry.range.upper, after: entry.range.lower, to: &bytes)
        Self.write(tags, to: &bytes)
      case .want(let tags):
        Self.write(.want, entry.range.upper, after: entry.range.lower, to: &bytes)
        Self.write(tags, to: &bytes)
      }
      bound = entry.range.upper ?? .zero
    }
    return bytes
  }

  /// At most how many bytes an entry adds, its gap included.
  package static func maximumSize(_ range: KeyRange, tags: Int) -> Int {
    8 + range.lower.significantCount + (range.upper?.significantCount ?? 0)
      + ItemTag.count * tags
  }

  private static func write(
    _ kind: Kind, _ bound: Bytes32?, after last: Bytes32, to bytes: inout [UInt8]
  ) {
    guard let bound else {
      bytes.append(kind.rawValue | endFlag)
      return
    }
    let shared = bound.sharedPrefix(with: last)
    bytes.append(kind.rawValue | UInt8(shared) << 3)
    let count = bound.significantCount - shared
    bytes.append(UInt8(count))
    for index in shared..<shared + count { bytes.append(bound[index]) }
  }

  private static func write(_ tags: [ItemTag], to bytes: inout [UInt8]) {
    var rest = tags.count
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
    for tag in tags { tag.append(to: &bytes) }
  }

  // MARK: Reading

  package init(decoding bytes: [UInt8], limits: Limits = Limits()) throws(NetworkError) {
    guard bytes.count <= limits.bytes else {
      throw .reconciliation("it has \(bytes.count) bytes; at most \(limits.bytes) are taken")
    }
    var reader = Reader(bytes: bytes)
    let head = try reader.byte()
    guard head & ~Self.moreFlag == Self.version else {
      throw .reconciliation("its first byte is \(head): another version wrote it")
    }
    hasMore = head & Self.moreFlag != 0
    var lower: Bytes32? = .zero
    var followsGap = false
    while !reader.isAtEnd {
      guard let start = lower else {
        throw .reconciliation("something follows the range that reaches to the end")
      }
      let (kind, upper) = try Self.readBound(&reader, after: start)
      lower = upper
      switch kind {
      case .gap:
        guard !followsGap, upper != nil, !reader.isAtEnd else {
          throw .reconciliation("a gap stands where none belongs")
        }
      case .fingerprint:
        let tag = try reader.tag()
        entries.append(Entry(KeyRange(lower: start, upper: upper), .fingerprint(tag)))
      case .list:
        let tags = try Self.readTags(&reader, limits)
        entries.append(Entry(KeyRange(lower: start, upper: upper), .list(tags)))
      case .want:
        let tags = try Self.readTags(&reader, limits)
        guard !tags.isEmpty else { throw .reconciliation("it wants nothing of a range") }
        entries.append(Entry(KeyRange(lower: start, upper: upper), .want(tags)))
      }
      followsGap = kind == .gap
    }
  }

  private static func readBound(
    _ reader: inout Reader, after last: Bytes32
  ) throws(NetworkError) -> (Kind, Bytes32?) {
    let head = try reader.byte()
    guard let kind = Kind(rawValue: head & 3) else { fatalError("two bits name four kinds") }
    let shared = Int(head >> 3)
    if head & endFlag != 0 {
      guard shared == 0 else { throw .reconciliation("the end of all keys has no prefix") }
      return (kind, nil)
    }
    let count = Int(try reader.byte())
    guard count > 0, shared + count <= Bytes32.count else {
      throw .reconciliation("a bound has \(shared) and \(count) bytes; keys have 32")
    }
    let bound = try reader.bound(shared: shared, count: count, of: last)
    guard bound > last, bound.sharedPrefix(with: last) == shared,
      bound.significantCount == shared + count
    else {
      throw .reconciliation("its bounds are not ascending, or not written the short way")
    }
    return (kind, bound)
  }

  private static func readTags(
    _ reader: inout Reader, _ limits: Limits
  ) throws(NetworkError) -> [ItemTag] {
    let first = try reader.byte()
    var count = Int(first & 0x7F)
    if first & 0x80 != 0 {
      let second = try reader.byte()
      guard second & 0x80 == 0, second != 0 else {
        throw .reconciliation("a list is longer than any that is taken")
      }
      count |= Int(second) << 7
    }
    guard count <= limits.tags else {
      throw .reconciliation("a list has \(count) items; at most \(limits.tags) are taken")
    }
    var tags: [ItemTag] = []
    tags.reserveCapacity(count)
    for _ in 0..<count { tags.append(try reader.tag()) }
    return tags
  }

  private struct Reader {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func byte() throws(NetworkError) -> UInt8 {
      guard index < bytes.count else { throw .reconciliation("it ends in the middle") }
      index += 1
      return bytes[index - 1]
    }

    mutating func tag() throws(NetworkError) -> ItemTag {
      guard bytes.count - index >= ItemTag.count else {
        throw .reconciliation("it ends in the middle")
      }
      index += ItemTag.count
      return ItemTag(bytes[index - ItemTag.count..<index])
    }

    mutating func bound(
      shared: Int, count: Int, of last: Bytes32
    ) throws(NetworkError) -> Bytes32 {
      guard bytes.count - index >= count else { throw .reconciliation("it ends in the middle") }
      let kept = last.prefix(shared).words
      var words = [kept.0, kept.1, kept.2, kept.3]
      for offset in 0..<count {
        let place = shared + offset
        words[place / 8] |= UInt64(bytes[index + offset]) << UInt64(56 - place % 8 * 8)
      }
      index += count
      return Bytes32(words: (words[0], words[1], words[2], words[3]))
    }
  }
}

extension NetworkError {
  static func reconciliation(_ what: String) -> NetworkError {
    NetworkError(.violation, "a message about sets cannot be read: \(what)")
  }
}
