/// Thirty-two bytes held inline: the storage of a key or a hash.
package struct Bytes32: Hashable, Sendable, Comparable {
  /// The first byte is the highest of the first word.
  package private(set) var words: (UInt64, UInt64, UInt64, UInt64)

  package static let count = 32

  /// Nil unless there are exactly thirty-two bytes.
  package init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.count else { return nil }
    self.init(Array(bytes))
  }

  /// The same for every hash and key: not generic, which across modules costs thirty times this.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.count else { return nil }
    words = (
      Self.word(bytes, at: 0), Self.word(bytes, at: 8), Self.word(bytes, at: 16),
      Self.word(bytes, at: 24)
    )
  }

  private static func word(_ bytes: [UInt8], at start: Int) -> UInt64 {
    var word: UInt64 = 0
    var index = start
    while index < start + 8 {
      word = word << 8 | UInt64(bytes[index])
      index += 1
    }
    return word
  }

  package init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.count)
    bytes.append(bigEndian: words.0)
    bytes.append(bigEndian: words.1)
    bytes.append(bigEndian: words.2)
    bytes.append(bigEndian: words.3)
    return bytes
  }

  /// Word by word: comparing tuples asks the runtime for their type in builds that do not
  /// optimise, and all threads wait for each other there.
  package static func == (left: Self, right: Self) -> Bool {
    left.words.0 == right.words.0 && left.words.1 == right.words.1
      && left.words.2 == right.words.2 && left.words.3 == right.words.3
  }
  package static func < (left: Self, right: Self) -> Bool { left.words < right.words }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

extension [UInt8] {
  /// The highest byte first.
  package mutating func append(bigEndian number: UInt64) {
    var shift: UInt64 = 64
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
