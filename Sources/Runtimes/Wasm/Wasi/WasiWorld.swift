import CSystem
import Primitives

/// Time and randomness as a guest meets them: the machine's, or ones that a seed repeats.
struct WasiWorld {
  enum Clock: UInt32 {
    case wall = 0
    case monotonic = 1
    case process = 2
    case thread = 3
  }

  /// Where seeded time begins: 2000-01-01T00:00:00Z, in nanoseconds.
  static let seededStart: UInt64 = 946_684_800_000_000_000
  /// What every look at a seeded clock lets pass, so that loops which wait for time end.
  static let seededStep: UInt64 = 1000

  private var random: SplitMix?
  /// Nanoseconds since the attempt began, by the seeded clock.
  private var elapsed: UInt64 = 0
  /// What the machine's clocks said when the attempt began: a guest need not know how long the
  /// machine is up, or what ran in the box before.
  private let start: [UInt64]

  init(seed: UInt64?) {
    random = seed.map { SplitMix(seed: $0) }
    start = seed == nil ? [0, Self.read(1), Self.read(2), Self.read(3)] : []
  }

  var isSeeded: Bool { random != nil }

  mutating func time(_ clock: Clock) -> UInt64 {
    guard isSeeded else {
      return Self.read(clock.rawValue) &- start[Int(clock.rawValue)]
    }
    elapsed += Self.seededStep
    return clock == .wall ? Self.seededStart + elapsed : elapsed
  }

  func resolution(_ clock: Clock) -> UInt64 {
    if isSeeded { return Self.seededStep }
    return apus_clock_resolution(Int32(clock.rawValue))
  }

  /// Lets time pass.
  mutating func sleep(nanoseconds: UInt64) {
    guard !isSeeded else {
      // No clock of 64 bits outlives five centuries: longer sleep ends sooner.
      elapsed = min(elapsed, .max / 4) + min(nanoseconds, .max / 4)
      return
    }
    apus_sleep(nanoseconds)
  }

  mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(WasiErrno) {
    guard var numbers = random else {
      var rest = bytes
      while !rest.isEmpty {
        let count = try WasiErrno.check(apus_getrandom(rest.baseAddress, rest.count))
        rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
      }
      return
    }
    for start in stride(from: 0, to: bytes.count, by: 8) {
      let number = numbers.next()
      for offset in 0..<min(8, bytes.count - start) {
        bytes[start + offset] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(offset)))
      }
    }
    random = numbers
  }

  private static func read(_ clock: UInt32) -> UInt64 { apus_clock(Int32(clock)) }
}
