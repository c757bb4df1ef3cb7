package import Primitives

// What happens by itself.
extension LinkCore {
  /// When `.wake` is due; nil when only an event can change anything.
  package var nextWake: Instant? {
    var wake = Instant.distantFuture
    if let expiry { wake = min(wake, expiry) }
    if attached != nil {
      for lane in lanes {
        guard let since = lane.owesSince else { continue }
        wake = min(wake, since.advanced(by: limits.ackDelay))
      }
    }
    for carrier in carriers { wake = min(wake, nextWake(carrier)) }
    return wake == .distantFuture ? nil : wake
  }

  private var expiry: Instant? {
    number == 0 ? nil : lostAt?.advanced(by: limits.life)
  }

  /// The larger node asks later, and so not at all while the smaller one does.
  private var probeTime: Duration { isSmaller ? limits.idleProbe : limits.idleProbe * 3 / 2 }

  private func nextWake(_ carrier: CarrierState) -> Instant {
    var wake = carrier.lastArrival.advanced(by: limits.deadAfter)
    if carrier.pingedAt == nil {
      wake = min(wake, carrier.lastArrival.advanced(by: probeTime))
      if let askedAt = carrier.askedAt { wake = min(wake, askedAt.advanced(by: limits.askTime)) }
    }
    if let suspectAt = carrier.suspectAt { wake = min(wake, suspectAt) }
    if let doubtedUntil = carrier.doubtedUntil { wake = min(wake, doubtedUntil) }
    switch carrier.stage {
    case .standingBy: wake = min(wake, carrier.since.advanced(by: limits.spareTime))
    case .attaching: wake = min(wake, carrier.since.advanced(by: limits.attachTime))
    case .attached: break
    }
    if let fallback = fallbackTime(carrier) { wake = min(wake, fallback) }
    return wake
  }

  /// For the answer to a question, however far away the other side is.
  func answerTime(_ least: Duration) -> Duration { max(least, (roundTrip ?? .zero) * 3) }

  /// When the present carrier gives way to one that stands by.
  private func fallbackTime(_ carrier: CarrierState) -> Instant? {
    guard isSmaller, carrier.number == current, carriers.count > 1 else { return nil }
    let since = carrier.stage == .attaching ? carrier.since : carrier.doubtedSince
    return since?.advanced(by: limits.fallbackTime)
  }

  mutating func wake(_ now: Instant, _ actions: inout [Action]) {
    if let expiry, expiry <= now {
      end(.expired, &actions)
      attachSpare(now, &actions)
    }
    queueDueAcks(now)
    for number in carrierNumbers { look(at: number, now, &actions) }
  }

  private mutating func look(
    at number: CarrierNumber, _ now: Instant, _ actions: inout [Action]
  ) {
    guard let index = index(of: number) else { return }
    let carrier = carriers[index]
    let silence = carrier.lastArrival.duration(to: now)
    let isLate =
      carrier.stage == .attaching && carrier.since.advanced(by: limits.attachTime) <= now
    if silence >= limits.deadAfter || isLate || carrier.doubtedUntil.map({ $0 <= now }) == true {
      actions.append(.closeCarrier(number, lastWords: []))
      forget(number, now, &actions)
      return
    }
    let isOwedAnswer = carrier.askedAt.map { $0.advanced(by: limits.askTime) <= now } ?? false
    if silence >= probeTime || isOwedAnswer {
      carriers[index].ping(now, within: answerTime(limits.answerTime))
    }
    suspectIfDue(index, now, &actions)
    if let fallback = fallbackTime(carrier), fallback <= now {
      attachSpare(now, &actions)
    } else if carrier.stage == .standingBy && carrier.number != current
      && carrier.since.advanced(by: limits.spareTime) <= now
    {
      drop(number, &actions)
      if carriers.isEmpty { actions.append(.detached) }
    }
  }

  private mutating func suspectIfDue(_ index: Int, _ now: Instant, _ actions: inout [Action]) {
    let carrier = carriers[index]
    guard let suspectAt = carrier.suspectAt, suspectAt <= now else { return }
    guard suspectAt.duration(to: now) < limits.lateness else {
      // This side was busy: an answer may lie here unread.
      carriers[index].suspectAt = now.advanced(by: limits.lateness)
      return
    }
    // Again when it has been silent for twice as long.
    let waited = (carrier.pingedAt ?? now).duration(to: now)
    carriers[index].suspectAt = now.advanced(by: max(answerTime(limits.answerTime), waited))
    // What stands by takes over from it.
    if carrier.number == current && !(isSmaller && carriers.count > 1) {
      actions.append(.suspected(carrier.number))
    }
  }
}
