package import Primitives

/// The wall clock of one simulated node: wrong by an offset, and going too fast or too slow.
package struct SimulatedClock: Sendable, Equatable {
  package var offset: Duration
  /// Seconds gained per second; a cheap quartz stays below 0.0001.
  package var drift: Double
  /// What a clock that is right shows when virtual time begins.
  package var epoch: WallTime

  /// 21 November 2026.
  package static let epoch = WallTime(nanoseconds: 1_795_219_200_000_000_000)

  package init(
    offset: Duration = .zero, drift: Double = 0, epoch: WallTime = SimulatedClock.epoch
  ) {
    self.offset = offset
    self.drift = drift
    self.epoch = epoch
  }

  /// Wrong by up to `offset` and `drift`, in either direction.
  package static func drawn(
    offset: Duration, drift: Double, using random: inout SeededRandom
  ) -> SimulatedClock {
    let share = random.fraction() * 2 - 1
    return SimulatedClock(
      offset: .nanoseconds(Int64(Double(offset.nanoseconds) * share)),
      drift: (random.fraction() * 2 - 1) * drift)
  }

  package func wall(at now: Instant) -> WallTime {
    let gained = Int64(Double(now.nanoseconds) * drift)
    return epoch.advanced(by: offset).advanced(by: .nanoseconds(now.nanoseconds + gained))
  }
}
