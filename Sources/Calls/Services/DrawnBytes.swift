/// An endless row of bytes that a seed repeats (SplitMix64, which counts): any piece of it can be
/// made without those before. Never for secrets.
package struct DrawnBytes: Sendable {
  private let seed: UInt64

  package init(seed: UInt64) { self.seed = seed }

  package func piece(at offset: UInt64, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    var word = offset / 8
    var skipped = Int(offset % 8)
    while bytes.count < count {
      var left = Self.mix(seed &+ (word &+ 1) &* 0x9E37_79B9_7F4A_7C15) >> (8 * skipped)
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

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
