/// Which chunks of a blob are there: a bit each.
package struct ChunkMap: Hashable, Sendable {
  package let count: Int
  /// The lowest bit of the first word is chunk 0; bits beyond `count` are clear.
  private var words: [UInt64]
  package private(set) var held: Int

  /// None, or all.
  package init(count: Int, full: Bool = false) {
    self.count = count
    words = Array(repeating: full ? .max : 0, count: (count + 63) / 64)
    held = full ? count : 0
    if full, count % 64 != 0, let last = words.indices.last {
      words[last] = (1 << UInt64(count % 64)) - 1
    }
  }

  package var isFull: Bool { held == count }

  package subscript(chunk: Int) -> Bool {
    get {
      precondition(0..<count ~= chunk, "chunk \(chunk) of \(count)")
      return words[chunk / 64] >> UInt64(chunk % 64) & 1 == 1
    }
    set {
      guard self[chunk] != newValue else { return }
      words[chunk / 64] ^= 1 << UInt64(chunk % 64)
      held += newValue ? 1 : -1
    }
  }

  /// Those that are not there, in order.
  package var missing: [Int] {
    var found: [Int] = []
    found.reserveCapacity(count - held)
    for (place, word) in words.enumerated() {
      var open = ~word
      while open != 0 {
        let chunk = place * 64 + open.trailingZeroBitCount
        if chunk >= count { break }
        found.append(chunk)
        open &= open - 1
      }
    }
    return found
  }

  /// A bit a chunk, the lowest first, in as many bytes as that takes.
  package var encoded: [UInt8] {
    (0..<(count + 7) / 8).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64($0 % 8 * 8)) }
  }

  package init(decoding bytes: [UInt8], count: Int) throws(BlobError) {
    self.init(count: count)
    guard bytes.count == (count + 7) / 8 else {
      throw BlobError(
        .damaged, "a map of \(count) chunks takes \((count + 7) / 8) bytes, not \(bytes.count)")
    }
    for (place, byte) in bytes.enumerated() {
      words[place / 8] |= UInt64(byte) << UInt64(place % 8 * 8)
    }
    if count % 64 != 0, let last = words.last, last >> UInt64(count % 64) != 0 {
      throw BlobError(.damaged, "a map names chunks beyond the last one")
    }
    held = words.reduce(0) { $0 + $1.nonzeroBitCount }
  }
}
