import Primitives

/// Random numbers that a seed repeats exactly. For tests and simulations alone.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var numbers: SplitMix

  package init(seed: UInt64) { numbers = SplitMix(seed: seed) }

  package mutating func next() -> UInt64 { numbers.next() }

  /// True as often as `probability`, from 0 to 1, says.
  package mutating func chance(_ probability: Double) -> Bool {
    probability > 0 && Double.random(in: 0..<1, using: &self) < probability
  }

  /// Evenly from 0 up to, not including, 1.
  package mutating func fraction() -> Double { numbers.fraction() }

  /// Nanoseconds, evenly from 0 up to the duration.
  package mutating func share(of duration: Duration) -> Int64 {
    let nanoseconds = duration.nanoseconds
    return nanoseconds <= 0 ? 0 : Int64(fraction() * Double(nanoseconds))
  }

  /// `next()` is below this as often as the probability says.
  package static func threshold(_ probability: Double) -> UInt64 {
    if probability <= 0 { return 0 }
    return probability >= 1 ? .max : UInt64(probability * 0x1p64)
  }

  /// Another series, which does not change with how much is drawn from this one.
  package func branch(_ label: UInt64) -> SeededRandom {
    let label = label &* 0xD605_BBB5_8C8A_BC03
    return SeededRandom(seed: SplitMix.number(at: 0, seed: numbers.state ^ label))
  }
}
