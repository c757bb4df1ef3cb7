/// Cheap numbers that a seed repeats (SplitMix64). Never for secrets.
package struct SplitMix: RandomNumberGenerator, Sendable {
  /// By how much the state goes on at each number.
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The seed of all numbers to come.
  package private(set) var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mix(state)
  }

  /// Evenly from 0 up to, not including, 1.
  package mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The number that `next` gives at its `place`th call, from 0, without those before.
  package static func number(at place: UInt64, seed: UInt64) -> UInt64 {
    mix(seed &+ (place &+ 1) &* step)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
