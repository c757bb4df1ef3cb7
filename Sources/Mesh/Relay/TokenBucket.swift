package import Primitives

/// So many a second, and so many saved up. Exact: what was allowed over any time is never more
/// than the savings and the rate times that time, to the unit.
package struct TokenBucket: Equatable, Sendable {
  package struct Rate: Equatable, Sendable {
    package var perSecond: Int
    package var burst: Int

    package init(perSecond: Int, burst: Int) {
      precondition(perSecond > 0 && burst > 0, "a rate allows something")
      self.perSecond = perSecond
      self.burst = burst
    }
  }

  package let rate: Rate
  package private(set) var level: Int
  /// Billionths of a unit that came in since.
  private var fraction: Int64 = 0
  private var last: Instant

  /// Full.
  package init(_ rate: Rate, now: Instant) {
    self.rate = rate
    level = rate.burst
    last = now
  }

  package var isFull: Bool { level >= rate.burst }

  package mutating func refill(now: Instant) {
    let elapsed = last.duration(to: now).nanoseconds
    if elapsed <= 0 { return }
    last = now
    let (high, low) = elapsed.multipliedFullWidth(by: Int64(rate.perSecond))
    let (sum, carry) = low.addingReportingOverflow(UInt64(fraction))
    let top = high + (carry ? 1 : 0)
    // More than a burst could ever need, and more than the division could give.
    guard top < 500_000_000 else {
      level = rate.burst
      fraction = 0
      return
    }
    let (units, rest) = Int64(1_000_000_000).dividingFullWidth((top, sum))
    let (filled, overflow) = level.addingReportingOverflow(Int(units))
    if overflow || filled >= rate.burst {
      level = max(level, rate.burst)
      fraction = 0
    } else {
      level = filled
      fraction = rest
    }
  }

  /// False, and nothing taken, when fewer are there.
  package mutating func take(_ count: Int, now: Instant) -> Bool {
    refill(now: now)
    guard level >= count else { return false }
    level -= count
    return true
  }

  package mutating func giveBack(_ count: Int) { level = min(rate.burst, level + count) }

  /// When `count` will be there if nobody takes any; call after `refill`.
  package func time(of count: Int) -> Instant {
    let missing = min(count, rate.burst) - level
    if missing <= 0 { return last }
    let needed = Double(missing) * 1e9 - Double(fraction)
    return last.advanced(by: .nanoseconds(Int64((needed / Double(rate.perSecond)).rounded(.up))))
  }
}
