import Primitives

/// One carrier as the core sees it.
struct CarrierState {
  enum Stage: Equatable {
    /// Hellos are exchanged. Exits: attaching (smaller node), attached (larger node), ended.
    case standingBy
    /// The smaller node took it and waits for the agreement. Exits: attached, standingBy when
    /// another is preferred, ended.
    case attaching
    /// Both agree. Exits: standingBy (the smaller node turns to another one), ended.
    case attached
  }

  let number: LinkCore.CarrierNumber
  let isDialled: Bool
  let path: PathKind
  /// What the hello said.
  let greeting: LinkCore.Greeting
  var stage = Stage.standingBy
  /// Since when it is in this stage.
  var since: Instant
  var reader = FrameReader()
  var control = ControlBytes()
  var lastArrival: Instant
  /// Since when something is under way that the other side answers, with nothing come since.
  var askedAt: Instant?
  /// A question for a sign of life is under way.
  var pingedAt: Instant?
  /// Without a sign of life until then another carrier is looked for, while this one is kept.
  var suspectAt: Instant?
  /// Without a sign of life until then it is given up: something gave reason to doubt it.
  var doubtedUntil: Instant?
  /// When it began to be doubted.
  var doubtedSince: Instant?

  init(
    _ number: LinkCore.CarrierNumber, isDialled: Bool, path: PathKind,
    greeting: LinkCore.Greeting, now: Instant
  ) {
    self.number = number
    self.isDialled = isDialled
    self.path = path
    self.greeting = greeting
    since = now
    lastArrival = now
  }

  mutating func ping(_ now: Instant, within answerTime: Duration) {
    guard pingedAt == nil else { return }
    pingedAt = now
    suspectAt = now.advanced(by: answerTime)
    control.append(LinkFrame.Head(.ping, number: UInt64(max(0, now.nanoseconds))))
  }

  mutating func doubt(until deadline: Instant, now: Instant, within answerTime: Duration) {
    pingedAt = nil
    ping(now, within: answerTime)
    if doubtedUntil == nil { doubtedSince = now }
    doubtedUntil = min(doubtedUntil ?? deadline, deadline)
  }

  mutating func showsLife(_ now: Instant, nextWithin answerTime: Duration) {
    lastArrival = now
    askedAt = nil
    suspectAt = pingedAt == nil ? nil : now.advanced(by: answerTime)
    doubtedUntil = nil
    doubtedSince = nil
  }
}

extension PathKind {
  /// A relayed path is left for any other.
  var rank: Int {
    switch self {
    case .direct, .punched: 1
    case .relayed: 0
    }
  }
}
