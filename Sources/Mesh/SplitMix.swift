import Primitives
import Security

/// Which peer comes next, and waits that must not fall together: cheap numbers that a seed
/// repeats (SplitMix64). Cores get their seed from the shell. Never for secrets.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A seed that nobody can foresee, for a shell to give to its core.
  package static func freshSeed() -> UInt64 {
    SecureRandom.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 up to, not including, `bound`; the bias is below 2^-32.
  mutating func below(_ bound: Int) -> Int {
    Int(((next() >> 32) &* UInt64(bound)) >> 32)
  }

  mutating func chance(_ probability: Double) -> Bool {
    Double(next() >> 11) * 0x1p-53 < probability
  }

  /// Somewhere between half of `duration` and all of it.
  mutating func shorten(_ duration: Duration) -> Duration {
    let whole = max(2, duration.nanoseconds)
    return .nanoseconds(Int64.random(in: whole / 2...whole, using: &self))
  }

  /// Evenly within a quarter less and a quarter more, so that nodes do not march in step.
  mutating func about(_ duration: Duration) -> Duration {
    let nanoseconds = Double(duration.nanoseconds)
    return .nanoseconds(Int64(nanoseconds * (0.75 + Double(next() >> 11) * 0x1p-54)))
  }

  /// From half of `duration` to one and a half of it.
  mutating func around(_ duration: Duration) -> Duration {
    .nanoseconds(Int64(Double(duration.nanoseconds) * Double.random(in: 0.5..<1.5, using: &self)))
  }
}
