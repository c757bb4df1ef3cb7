import Primitives
import Security

/// Which peer comes next, and waits that must not fall together. Cores get their seed from the
/// shell.
extension SplitMix {
  /// A seed that nobody can foresee, for a shell to give to its core.
  package static func freshSeed() -> UInt64 {
    SecureRandom.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// From 0 up to, not including, `bound`; the bias is below 2^-32.
  mutating func below(_ bound: Int) -> Int {
    Int(((next() >> 32) &* UInt64(bound)) >> 32)
  }

  mutating func chance(_ probability: Double) -> Bool { fraction() < probability }

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
