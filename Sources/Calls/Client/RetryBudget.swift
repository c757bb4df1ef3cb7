import Primitives

/// Retries that a channel has left. Each takes one; each call that ends gives a tenth back. So
/// retries stay a small part of the load when a server refuses everything (gRFC A6, throttling).
struct RetryBudget {
  private static let callsPerRetry = 10
  private let limit: Int
  private var tenths: Int

  init(limit: Int) {
    self.limit = limit * Self.callsPerRetry
    tenths = self.limit
  }

  /// False when none is left.
  mutating func take() -> Bool {
    guard tenths >= Self.callsPerRetry else { return false }
    tenths -= Self.callsPerRetry
    return true
  }

  mutating func callEnded() { tenths = min(limit, tenths + 1) }
}

/// How long to wait between attempts: doubled each time, and anywhere in the upper half of that,
/// so that many clients of one server do not come back together.
struct RetryPause {
  private let shortest: Duration
  private let longest: Duration
  private var current: Duration

  init(shortest: Duration, longest: Duration) {
    self.shortest = shortest
    self.longest = longest
    current = shortest
  }

  mutating func next(random: UInt64) -> Duration {
    let half = current.nanoseconds / 2
    current = min(longest, current * 2)
    return .nanoseconds(half + Int64(random % UInt64(half + 1)))
  }

  mutating func reset() { current = shortest }
}
