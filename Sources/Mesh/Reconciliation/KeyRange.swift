package import Primitives

/// A half-open interval of keys. Without an upper bound it reaches to the end.
package struct KeyRange: Hashable, Sendable {
  package var lower: Bytes32
  package var upper: Bytes32?

  package init(lower: Bytes32, upper: Bytes32?) {
    self.lower = lower
    self.upper = upper
  }

  package static let all = KeyRange(lower: .zero, upper: nil)

  package func contains(_ key: Bytes32) -> Bool {
    lower <= key && upper.map { key < $0 } ?? true
  }

  package func contains(_ other: KeyRange) -> Bool {
    guard lower <= other.lower else { return false }
    guard let upper else { return true }
    return other.upper.map { $0 <= upper } ?? false
  }

  package var isEmpty: Bool { upper.map { $0 <= lower } ?? false }
}

extension Bytes32 {
  package static let zero = Bytes32(words: (0, 0, 0, 0))

  /// Counted from the first.
  subscript(index: Int) -> UInt8 {
    let words = words
    let word =
      switch index / 8 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - index % 8 * 8))
  }

  /// How many leading bytes both have in common.
  func sharedPrefix(with other: Bytes32) -> Int {
    let (left, right) = (words, other.words)
    let differences = [
      left.0 ^ right.0, left.1 ^ right.1, left.2 ^ right.2, left.3 ^ right.3,
    ]
    for (index, difference) in differences.enumerated() where difference != 0 {
      return index * 8 + difference.leadingZeroBitCount / 8
    }
    return Self.count
  }

  /// How many bytes there are before the zeros at the end.
  var significantCount: Int {
    let words = words
    for (index, word) in [words.3, words.2, words.1, words.0].enumerated() where word != 0 {
      return (4 - index) * 8 - word.trailingZeroBitCount / 8
    }
    return 0
  }

  /// The first `count` bytes, then zeros.
  func prefix(_ count: Int) -> Bytes32 {
    func masked(_ word: UInt64, _ index: Int) -> UInt64 {
      let kept = min(max(count - index * 8, 0), 8)
      return kept == 0 ? 0 : word & (~0 << UInt64(64 - kept * 8))
    }
    let words = words
    return Bytes32(
      words: (masked(words.0, 0), masked(words.1, 1), masked(words.2, 2), masked(words.3, 3)))
  }

  /// The shortest key above `below` and not above this one.
  func shortest(above below: Bytes32) -> Bytes32 { prefix(sharedPrefix(with: below) + 1) }
}
