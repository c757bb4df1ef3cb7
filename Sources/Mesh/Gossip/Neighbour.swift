import Primitives

/// One of the few nodes that this one holds a link to and watches.
struct Neighbour: Sendable {
  let peer: PeerNumber
  let since: Instant
  /// The bit that stands for it in a rumour's list of who knows.
  let bit: UInt16
  var isLinked = true

  /// The number of the last probe, and when it went out.
  var number: UInt32 = 0
  var sentAt = Instant(nanoseconds: .min)
  /// While an answer is awaited: when patience for this attempt ends.
  var deadline: Instant?
  var attempts = 0
  var lastHeard: Instant

  /// The sequence number of its record when this node last accused it; 0 never.
  var accused: UInt64 = 0
  var accusedAt = Instant(nanoseconds: .min)

  var roundTrip: Duration = .zero
  var deviation: Duration = .zero
  var watchers = 0
  /// Since when its table's digest has been another than ours.
  var disagreesSince: Instant?
  var strain = 0

  init(peer: PeerNumber, bit: UInt16, now: Instant) {
    self.peer = peer
    self.bit = bit
    since = now
    lastHeard = now
  }

  /// RFC 6298's smoothing.
  mutating func measured(_ sample: Duration) {
    if roundTrip == .zero {
      roundTrip = sample
      deviation = sample / 2
    } else {
      let difference = sample > roundTrip ? sample - roundTrip : roundTrip - sample
      deviation = (deviation * 3 + difference) / 4
      roundTrip = (roundTrip * 7 + sample) / 8
    }
  }

  /// An answer may take so long before the next attempt.
  func patience(_ limits: Gossip.Limits) -> Duration {
    max(limits.attemptSpacing, roundTrip + deviation * 4)
  }
}
