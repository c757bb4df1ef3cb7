import Primitives

/// An endless row of bytes that a seed repeats: any piece of it can be made without those before.
/// Never for secrets.
package struct DrawnBytes: Sendable {
  private let seed: UInt64

  package init(seed: UInt64) { self.seed = seed }

  package func piece(at offset: UInt64, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    var word = offset / 8
    var skipped = Int(offset % 8)
    while bytes.count < count {
      var left = SplitMix.number(at: word, seed: seed) >> (8 * skipped)
      for _ in skipped..<8 {
        bytes.append(UInt8(truncatingIfNeeded: left))
        left >>= 8
      }
      skipped = 0
      word &+= 1
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
