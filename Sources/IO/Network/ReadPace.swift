import Primitives

/// Decides when a busy stream is read in larger pieces: whether the kernel says at every packet
/// that something came, or only once a lot of it waits (SO_RCVLOWAT).
///
/// Waking for each packet is most of what a relay could save. A stream that has moved `streakBytes`
/// in large pieces and without a pause is *patient*: it sleeps until `lowWater` bytes wait. So that
/// none waits for others that never come, somebody looks after a patient stream `lookTime` after it
/// last moved. A look that finds bytes says that the sender waits for them to be read (or is slow);
/// `looksInVain` of these in a row, or a pause, and every byte is told of again. The end of a
/// stream is told of at once at any time.
struct ReadPace: Sendable {
  struct Limits: Sendable {
    var streakBytes = 1 << 20
    /// Moved at once; less is no part of a streak, however much of it comes.
    var pieceBytes = 16 << 10
    var lowWater = 256 << 10
    /// How long a byte may wait, but for the clock of the loop.
    var lookTime = Duration.milliseconds(1)
    /// Without a byte; ends a streak.
    var pause = Duration.milliseconds(2)
    var looksInVain = 3
    /// What a stream that was looked after in vain has to move before it is patient again.
    var penaltyBytes = 64 << 20
  }

  enum Verdict: Equatable, Sendable {
    case look(again: Instant)
    /// It moved a moment ago: look later.
    case wait(until: Instant)
    /// Tell of every byte, and look at what waits now.
    case hurry
  }

  let limits: Limits
  private(set) var isPatient = false
  /// To be moved before the stream is patient.
  private var needed: Int
  private var finds = 0
  private var lastMove = Instant(nanoseconds: 0)

  init(limits: Limits = Limits()) {
    self.limits = limits
    needed = limits.streakBytes
  }

  /// Bytes moved because the kernel told of them. True when the stream is patient from now on:
  /// look after `lookTime`.
  mutating func moved(_ count: Int, now: Instant) -> Bool {
    finds = 0
    if isPatient {
      lastMove = now
      return false
    }
    guard count >= limits.pieceBytes else { return false }
    if lastMove.duration(to: now) >= limits.pause { needed = max(needed, limits.streakBytes) }
    lastMove = now
    needed -= count
    isPatient = needed <= 0
    return isPatient
  }

  /// What to do now that it is time to look.
  mutating func due(now: Instant) -> Verdict {
    let quiet = lastMove.duration(to: now)
    if quiet < limits.lookTime { return .wait(until: lastMove.advanced(by: limits.lookTime)) }
    if finds >= limits.looksInVain {
      hurry(until: limits.penaltyBytes)
      return .hurry
    }
    if quiet >= limits.pause {
      hurry(until: limits.streakBytes)
      return .hurry
    }
    return .look(again: now.advanced(by: limits.lookTime))
  }

  /// A look moved bytes of which the kernel had said nothing.
  mutating func found(now: Instant) {
    finds += 1
    lastMove = now
  }

  private mutating func hurry(until bytes: Int) {
    isPatient = false
    finds = 0
    needed = bytes
  }
}
