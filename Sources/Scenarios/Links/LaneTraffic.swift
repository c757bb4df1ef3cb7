import Primitives
import Simulation

/// One direction of a lane: what was written, when, and how much of it arrived. What each byte
/// must be follows from its place.
struct LaneTraffic {
  private struct Mark {
    var end: Int
    var at: Instant
  }

  /// Every direction has bytes of its own.
  private let shift: Int
  private(set) var written = 0
  private(set) var received = 0
  /// Came and was not read.
  var unread = 0
  private var marks: [Mark] = []
  private var next = 0
  private var longest = Duration.zero

  init(shift: Int) { self.shift = shift }

  var isDone: Bool { received == written }

  /// A prime, so that no mistake by a round number of bytes goes unseen.
  private static let period = 65_521
  private static let pattern: [UInt8] = {
    var random = SeededRandom(seed: 7)
    let once = (0..<period).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return once + once
  }()

  private func expected(at place: Int, count: Int) -> ArraySlice<UInt8> {
    let start = (place + shift) % Self.period
    return Self.pattern[start..<start + count]
  }

  /// At most a period of them.
  func bytes(_ count: Int) -> [UInt8] { Array(expected(at: written, count: count)) }

  mutating func wrote(_ count: Int, _ now: Instant) {
    guard count > 0 else { return }
    written += count
    marks.append(Mark(end: written, at: now))
  }

  /// False when a byte is not the one that was written there.
  mutating func take(_ bytes: [UInt8], _ now: Instant) -> Bool {
    guard bytes[...] == expected(at: received, count: bytes.count) else { return false }
    received += bytes.count
    unread += bytes.count
    while next < marks.count && marks[next].end <= received {
      longest = max(longest, marks[next].at.duration(to: now))
      next += 1
    }
    return received <= written
  }

  /// The longest that something written took since the last time, or takes already.
  mutating func takeLongest(_ now: Instant) -> Duration {
    defer { longest = .zero }
    guard next < marks.count else { return longest }
    return max(longest, marks[next].at.duration(to: now))
  }
}
