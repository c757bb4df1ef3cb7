import Primitives

/// Random numbers for waits that must not fall together, from a seed of the shell's (SplitMix64).
/// Not for secrets.
package struct Jitter: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Somewhere between half of `duration` and all of it.
  package mutating func shorten(_ duration: Duration) -> Duration {
    let whole = max(2, duration.nanoseconds)
    return .nanoseconds(Int64.random(in: whole / 2...whole, using: &self))
  }
}

/// Waits that double from `first` to `most`, each shortened by chance to down to its half.
package struct Backoff: Sendable {
  package let first: Duration
  package let most: Duration
  private var coming: Duration

  package init(first: Duration, most: Duration) {
    self.first = first
    self.most = most
    coming = first
  }

  package mutating func next(_ jitter: inout Jitter) -> Duration {
    defer { coming = min(most, coming * 2) }
    return jitter.shorten(coming)
  }

  package mutating func reset() { coming = first }
}
