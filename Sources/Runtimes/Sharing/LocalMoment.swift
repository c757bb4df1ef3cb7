package import Primitives

/// A moment as the clock on the wall shows it.
package struct LocalMoment: Sendable, Equatable {
  package var wall: WallTime
  /// By how much the local clock is ahead of UTC.
  package var offset: Duration

  package init(_ wall: WallTime, offset: Duration = .zero) {
    self.wall = wall
    self.offset = offset
  }

  /// Minutes since Monday began.
  var minuteOfWeek: Int {
    let seconds = (wall.nanoseconds + offset.nanoseconds).flooredQuotient(by: 1_000_000_000)
    // The first of January 1970 was a Thursday.
    let minutes = seconds.flooredQuotient(by: 60) + 3 * 1440
    return Int(minutes - minutes.flooredQuotient(by: 10_080) * 10_080)
  }

  /// When the minute began that comes `count` minutes after this one's.
  func startOfMinute(after count: Int) -> WallTime {
    let local = (wall.nanoseconds + offset.nanoseconds).flooredQuotient(by: 60_000_000_000)
    let begun = (local + Int64(count)) * 60_000_000_000 - offset.nanoseconds
    return WallTime(nanoseconds: begun)
  }
}

extension Int64 {
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
