package import Primitives

// Which carrier works, and what becomes of the others.
extension LinkCore {
  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .carrier(let number, let greeting, let isDialled, let path):
      take(
        CarrierState(number, isDialled: isDialled, path: path, greeting: greeting, now: now),
        now, &actions)
    case .carrierEnded(let number): forget(number, now, &actions)
    case .networkChanged:
      for index in carriers.indices {
        doubt(index, now)
      }
    case .close(let farewell): close(farewell, &actions)
    case .wake: wake(now, &actions)
    }
    return actions
  }

  // MARK: - A new carrier

  private mutating func take(_ fresh: CarrierState, _ now: Instant, _ actions: inout [Action]) {
    precondition(carrier(fresh.number) == nil, "a carrier enters twice")
    if let peerBoot, peerBoot != fresh.greeting.boot {
      dropAll(nil, &actions)
      end(.restarted, &actions)
    }
    peerBoot = fresh.greeting.boot
    if carriers.count >= limits.carriers { dropOldestSpare(&actions) }
    carriers.append(fresh)
    // The other node decides, and attaches it or does not.
    guard isSmaller else { return }
    if isPreferred(fresh) {
      attach(fresh.number, now, &actions)
    } else if let current, let index = index(of: current) {
      // It stays in reserve until the present one has shown that it works.
      doubt(index, now)
    }
  }

  private mutating func doubt(_ index: Int, _ now: Instant) {
    carriers[index].doubt(
      until: now.advanced(by: limits.doubtTime), now: now,
      within: answerTime(limits.doubtedAnswerTime))
  }

  /// Whether a new carrier replaces the present one.
  private func isPreferred(_ fresh: CarrierState) -> Bool {
    guard let current, let present = carrier(current) else { return true }
    let knewPresent = fresh.greeting.link == number && fresh.greeting.epoch >= epoch
    if fresh.path.rank != present.path.rank && !(knewPresent || fresh.isDialled) {
      return fresh.path.rank > present.path.rank
    }
    if fresh.isDialled {
      // Dialled before the present one was there, it may only match it.
      return fresh.path.rank >= present.path.rank || knewPresent
    }
    return knewPresent || !present.isDialled
  }

  private mutating func dropOldestSpare(_ actions: inout [Action]) {
    guard let spare = carriers.first(where: { $0.number != current }) else { return }
    drop(spare.number, &actions)
  }

  // MARK: - Attaching

  /// The smaller node turns to a carrier.
  mutating func attach(_ number: CarrierNumber, _ now: Instant, _ actions: inout [Action]) {
    leaveCurrent()
    if let current, let index = index(of: current) {
      carriers[index].stage = .standingBy
      carriers[index].since = now
    }
    guard let index = index(of: number) else { return }
    if self.number == 0 { begin(now) }
    current = number
    epoch += 1
    carriers[index].stage = .attaching
    carriers[index].since = now
    let greeting = carriers[index].greeting
    carriers[index].control.append(attachFrame())
    carriers[index].askedAt = now
    resumeEarly(greeting)
  }

  private mutating func begin(_ now: Instant) {
    number = max(lastNumber + 1, UInt64(max(0, now.nanoseconds)))
    lastNumber = number
    isAgreed = false
    lostAt = lostAt ?? now
  }

  private func attachFrame() -> LinkFrame.Attach {
    LinkFrame.Attach(
      epoch: epoch, link: number, isNew: isSmaller && !isAgreed,
      received: (lanes[0].received, lanes[1].received))
  }

  /// When the hello says that nothing of ours is missing there, there is nothing to wait for:
  /// what the other side has can only have grown since.
  private mutating func resumeEarly(_ greeting: Greeting) {
    for lane in lanes.indices { lanes[lane].window = max(1, greeting.laneBytes) }
    let isSame = greeting.link == number
    let hints = [greeting.received.0, greeting.received.1]
    for lane in lanes.indices {
      let there = isSame ? max(hints[lane], lanes[lane].replay.acked) : 0
      if there != lanes[lane].replay.highest || there < lanes[lane].replay.acked { return }
    }
    for lane in lanes.indices { lanes[lane].resume(at: lanes[lane].replay.highest) }
    mayStream = true
  }

  mutating func received(
    _ attach: LinkFrame.Attach, on index: Int, _ now: Instant, _ actions: inout [Action]
  ) throws(NetworkError) {
    if isSmaller {
      try agreed(attach, on: index, now, &actions)
    } else {
      try follow(attach, on: index, now, &actions)
    }
  }

  /// The smaller node hears that the other side follows.
  private mutating func agreed(
    _ attach: LinkFrame.Attach, on index: Int, _ now: Instant, _ actions: inout [Action]
  ) throws(NetworkError) {
    let isDue = carriers[index].number == current && carriers[index].stage == .attaching
    // The answer to an earlier try, on a carrier that was turned away from meanwhile.
    if attach.epoch < epoch && attach.link <= lastNumber { return }
    guard isDue, attach.epoch == epoch, attach.link == number else {
      throw NetworkError(
        .violation,
        "The other side agrees to link \(attach.link) in epoch \(attach.epoch), which nobody "
          + "asked for.")
    }
    try checkResume(attach)
    if !mayStream { resume(attach) }
    isAgreed = true
    settle(on: index, now, &actions)
  }

  /// The larger node does as it is told.
  private mutating func follow(
    _ attach: LinkFrame.Attach, on index: Int, _ now: Instant, _ actions: inout [Action]
  ) throws(NetworkError) {
    guard attach.link > 0, attach.epoch > 0 else {
      throw NetworkError(.violation, "Links and epochs are counted from 1.")
    }
    if attach.link == number {
      // Overtaken by a later one on a faster carrier.
      if attach.epoch < epoch { return }
      guard attach.epoch > epoch else {
        throw NetworkError(.violation, "Two carriers were attached in epoch \(epoch).")
      }
    } else if attach.isNew {
      if number != 0 { end(.forgotten, &actions) }
      number = attach.link
    } else {
      carriers[index].control.append(LinkFrame.Head(.gone, number: attach.link))
      return
    }
    try checkResume(attach)
    leaveCurrent()
    let previous = current
    current = carriers[index].number
    epoch = attach.epoch
    for lane in lanes.indices {
      lanes[lane].window = max(1, carriers[index].greeting.laneBytes)
    }
    resume(attach)
    carriers[index].control.append(attachFrame())
    settle(on: index, now, &actions)
    if let previous, previous != current { drop(previous, &actions) }
  }

  private func checkResume(_ attach: LinkFrame.Attach) throws(NetworkError) {
    try lanes[0].checkResume(at: attach.received.0)
    try lanes[1].checkResume(at: attach.received.1)
  }

  private mutating func resume(_ attach: LinkFrame.Attach) {
    lanes[0].resume(at: attach.received.0)
    lanes[1].resume(at: attach.received.1)
    mayStream = true
  }

  /// Both sides agree on the carrier.
  private mutating func settle(on index: Int, _ now: Instant, _ actions: inout [Action]) {
    carriers[index].stage = .attached
    carriers[index].since = now
    lostAt = nil
    for lane in lanes.indices { lanes[lane].owesAgain(now) }
    actions.append(.attached(carriers[index].number, carriers[index].path))
    guard isSmaller else { return }
    for other in carriers where other.number != current { drop(other.number, &actions) }
  }

  /// Says goodbye on a carrier that is not needed.
  mutating func drop(_ number: CarrierNumber, _ actions: inout [Action]) {
    guard let index = index(of: number) else { return }
    let goodbye = LinkFrame.Head(.detach, number: LinkFrame.Reason.superseded.rawValue)
    carriers[index].control.append(goodbye)
    actions.append(.closeCarrier(number, lastWords: carriers[index].control.takeAll()))
    carriers.remove(at: index)
  }

  /// Closes every carrier, with last words if there is something to say.
  mutating func dropAll(_ last: LinkFrame.Farewell?, _ actions: inout [Action]) {
    leaveCurrent()
    for index in carriers.indices {
      if let last { carriers[index].control.append(last) }
      let words = carriers[index].control.takeAll()
      actions.append(.closeCarrier(carriers[index].number, lastWords: words))
    }
    carriers = []
    current = nil
  }

  /// The other side does not know the link: what was on it is lost, a fresh one begins.
  mutating func gone(
    _ link: UInt64, on index: Int, _ now: Instant, _ actions: inout [Action]
  ) throws(NetworkError) {
    let carrier = carriers[index].number
    if carrier != current && link <= lastNumber { return }
    guard isSmaller, carrier == current, carriers[index].stage == .attaching, link == number
    else {
      throw NetworkError(.violation, "The other side gave up link \(link) without being asked.")
    }
    end(.forgotten, &actions)
    attach(carrier, now, &actions)
  }

  // MARK: - Ends

  mutating func forget(_ number: CarrierNumber, _ now: Instant, _ actions: inout [Action]) {
    guard let index = index(of: number) else { return }
    let wasCurrent = current == number
    carriers.remove(at: index)
    if wasCurrent {
      leaveCurrent()
      current = nil
      if lostAt == nil { lostAt = now }
      attachSpare(now, &actions)
    }
    if carriers.isEmpty { actions.append(.detached) }
  }

  /// Turns to what stands by: the best path, the latest of equals.
  mutating func attachSpare(_ now: Instant, _ actions: inout [Action]) {
    guard isSmaller, let spare = bestSpare() else { return }
    attach(spare, now, &actions)
  }

  func bestSpare() -> CarrierNumber? {
    carriers.filter { $0.number != current }
      .max { ($0.path.rank, $0.since) < ($1.path.rank, $1.since) }?.number
  }

  private mutating func close(_ farewell: LinkFrame.Farewell, _ actions: inout [Action]) {
    dropAll(farewell, &actions)
    end(.closedHere, &actions)
  }

  /// The streams fail; what follows is a fresh link.
  mutating func end(_ ending: Ending, _ actions: inout [Action]) {
    leaveCurrent()
    lanes = Self.freshLanes()
    number = 0
    isAgreed = false
    current = nil
    lostAt = nil
    for index in carriers.indices { carriers[index].stage = .standingBy }
    actions.append(.ended(ending))
  }
}
