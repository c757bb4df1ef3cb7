import Primitives

extension PlacementCore {
  /// Whatever is due about one share.
  mutating func review(
    _ key: ShareKey, _ now: Instant, _ wall: WallTime, _ actions: inout [PlacementAction]
  ) {
    guard var held = shares.removeValue(forKey: key) else { return }
    held.due = .distantFuture
    repeatAsks(&held, now, &actions)
    let isKept: Bool
    if held.share.isWithdrawn {
      isKept = reviewWithdrawn(&held, now, wall, &actions)
    } else if held.own == .whole {
      reviewCopy(&held, now, wall, &actions)
      isKept = true
    } else {
      isKept = reviewLack(&held, now)
    }
    guard isKept else { return forget(held) }
    for ask in held.asks.values { held.wake(at: ask.deadline) }
    put(held)
  }

  private mutating func repeatAsks(
    _ held: inout HeldShare, _ now: Instant, _ actions: inout [PlacementAction]
  ) {
    for peer in held.asks.keys.sorted() {
      guard var ask = held.asks[peer], ask.deadline <= now || !isLive(peer) else { continue }
      if ask.attempts < limits.attempts, isLive(peer) {
        ask.attempts += 1
        ask.deadline = now.advanced(by: limits.answer)
        held.asks[peer] = ask
        actions.append(.send(message(ask.question, held), to: peer))
        continue
      }
      endAsk(peer, &held)
      if held.others[peer] == .claimed { unnote(peer, &held) }
      avoid(peer, now)
    }
  }

  mutating func endAsk(_ peer: NodeID, _ held: inout HeldShare) {
    if let ask = held.asks.removeValue(forKey: peer), ask.question == .keep { asking -= 1 }
  }

  private mutating func ask(
    _ question: HeldShare.Question, _ peer: NodeID, _ held: inout HeldShare, _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    if held.asks[peer] != nil { return }
    held.asks[peer] = HeldShare.Ask(
      question: question, deadline: now.advanced(by: limits.answer))
    if question == .keep { asking += 1 }
    actions.append(.send(message(question, held), to: peer))
  }

  private func message(_ question: HeldShare.Question, _ held: HeldShare) -> PlacementMessage {
    switch question {
    case .keep:
      let here = held.own == .whole ? [own] : []
      return .keep(
        held.signed, holders: Array((here + held.wholeOthers).prefix(limits.holders)))
    case .tell: return .tell([copy(held)])
    }
  }

  /// What this node says of its copy.
  func copy(_ held: HeldShare) -> PlacementMessage.Copy {
    let state: PlacementMessage.State =
      switch held.own {
      case .whole: .whole
      case .waiting, .fetching: .fetching
      case .lacking: .lacking
      }
    var copy = PlacementMessage.Copy(held.name, state)
    copy.holders = Array(held.wholeOthers.prefix(limits.holders))
    copy.listedUntil = held.listedUntil
    return copy
  }

  // MARK: - What is due

  private mutating func reviewLack(_ held: inout HeldShare, _ now: Instant) -> Bool {
    switch held.own {
    case .waiting, .fetching: return true
    case .lacking, .whole: break
    }
    guard let retryAt = held.retryAt else { return held.share.owner == own }
    if retryAt > now {
      held.wake(at: retryAt)
    } else {
      held.retryAt = nil
      held.own = .waiting
      waiting.append(held.key)
    }
    return true
  }

  private mutating func reviewWithdrawn(
    _ held: inout HeldShare, _ now: Instant, _ wall: WallTime, _ actions: inout [PlacementAction]
  ) -> Bool {
    guard let end = held.forgottenAt, wall < end else { return false }
    held.wake(at: now.advanced(by: wall.duration(to: end)))
    for peer in held.others.keys.sorted() where isLive(peer) {
      if nodes[peer]?.avoidedUntil.map({ $0 > now }) ?? false { continue }
      ask(.keep, peer, &held, now, &actions)
    }
    return true
  }

  private mutating func reviewCopy(
    _ held: inout HeldShare, _ now: Instant, _ wall: WallTime, _ actions: inout [PlacementAction]
  ) {
    mark(&held, now, wall, &actions)
    guard startsAt <= now else { return held.wake(at: soon(startsAt)) }
    if let letGo = held.letGo {
      let end = letGo.began.advanced(by: limits.promiseUse)
      if now < end { return held.wake(at: end) }
      held.letGo = nil
      held.letGoNotBefore = now.advanced(by: limits.letGoPause)
    }
    checkOthers(&held, now, &actions)
    // Hearsay is no reason to do anything: first they answer, or do not.
    if held.others.contains(where: { $0.value == .claimed && isLive($0.key) }) { return }
    if held.ranking == nil { rank(&held) }
    if isLeaving {
      handOver(&held, now, &actions)
    } else if let guardian = guardian(of: held), guardian != own {
      report(to: guardian, &held, now, &actions)
    } else {
      list(&held, now, wall, &actions)
      guardCopies(&held, now, &actions)
    }
    if held.checkAt <= now { held.checkAt = now.advanced(by: jittered(limits.check)) }
    held.wake(at: held.checkAt)
  }

  private mutating func jittered(_ duration: Duration) -> Duration {
    .nanoseconds(Int64(Double(duration.nanoseconds) * (0.75 + random.fraction() / 2)))
  }

  /// Claims are asked about, and who does not get done with fetching is given up.
  private mutating func checkOthers(
    _ held: inout HeldShare, _ now: Instant, _ actions: inout [PlacementAction]
  ) {
    for (peer, other) in held.others.sorted(by: { $0.key < $1.key }) {
      switch other {
      case .claimed: if isLive(peer) { ask(.tell, peer, &held, now, &actions) }
      case .fetching(let until):
        if until <= now {
          unnote(peer, &held)
          avoid(peer, now)
        } else {
          held.wake(at: until)
        }
      case .whole: break
      }
    }
  }

  /// The first in order of those that live and have a copy.
  func guardian(of held: HeldShare) -> NodeID? {
    let live = held.wholeOthers.filter { isLive($0) } + (held.own == .whole ? [own] : [])
    return live.min { order(held, $0) < order(held, $1) }
  }

  private mutating func report(
    to guardian: NodeID, _ held: inout HeldShare, _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    held.announced = []
    if held.reportedTo != guardian || held.checkAt <= now {
      held.reportedTo = nil
      ask(.tell, guardian, &held, now, &actions)
    }
  }

  // MARK: - Lines of the index

  private mutating func mark(
    _ held: inout HeldShare, _ now: Instant, _ wall: WallTime, _ actions: inout [PlacementAction]
  ) {
    if isDue(held.markedUntil, &held.markTryAt, now, wall) { actions.append(.mark(held.signed)) }
    wake(&held, held.markedUntil, held.markTryAt, now, wall)
  }

  private mutating func list(
    _ held: inout HeldShare, _ now: Instant, _ wall: WallTime, _ actions: inout [PlacementAction]
  ) {
    if isDue(held.listedUntil, &held.listTryAt, now, wall) {
      actions.append(.list(held.signed, replacing: held.replaced))
    }
    wake(&held, held.listedUntil, held.listTryAt, now, wall)
  }

  private mutating func isDue(
    _ until: WallTime?, _ tryAt: inout Instant?, _ now: Instant, _ wall: WallTime
  ) -> Bool {
    if let until, wall.duration(to: until) > limits.renewal { return false }
    if let time = tryAt, time > now { return false }
    let second = now.nanoseconds / 1_000_000_000
    if listings.second != second { listings = (second, 0) }
    guard listings.count < limits.listingsPerSecond else {
      tryAt = now.advanced(by: jittered(.seconds(2)))
      return false
    }
    listings.count += 1
    tryAt = now.advanced(by: limits.listing)
    return true
  }

  private func wake(
    _ held: inout HeldShare, _ until: WallTime?, _ tryAt: Instant?, _ now: Instant,
    _ wall: WallTime
  ) {
    if let tryAt, tryAt > now { return held.wake(at: tryAt) }
    guard let until else { return }
    held.wake(at: now.advanced(by: max(.zero, wall.duration(to: until) - limits.renewal)))
  }

  // MARK: - The guardian

  private mutating func guardCopies(
    _ held: inout HeldShare, _ now: Instant, _ actions: inout [PlacementAction]
  ) {
    held.reportedTo = nil
    announce(&held, now, &actions)
    let whole = held.wholeOthers
    let pending = held.pending
    let missing = held.share.replicas - 1 - whole.count - pending
    if missing > 0 {
      for _ in 0..<missing where !askOneMore(&held, now, &actions) { break }
      return
    }
    let desired = desired(held, now: now)
    let movers = desired.filter { $0 != own && held.others[$0] != .whole && isLive($0) }
    guard pending == 0, movers.isEmpty else {
      if pending == 0 { move(to: movers, &held, now, &actions) }
      return
    }
    letSurplusGo(&held, desired, whole, now, &actions)
  }

  /// One after the other, once it has settled.
  private mutating func move(
    to movers: [NodeID], _ held: inout HeldShare, _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    for mover in movers {
      let settled = (nodes[mover]?.liveSince ?? now).advanced(by: limits.settling)
      guard settled <= now else {
        held.wake(at: settled)
        continue
      }
      guard asking < limits.asks else { return held.wake(at: now.advanced(by: .seconds(1))) }
      return ask(.keep, mover, &held, now, &actions)
    }
  }

  /// False when nobody can be asked now.
  private mutating func askOneMore(
    _ held: inout HeldShare, _ now: Instant, _ actions: inout [PlacementAction]
  ) -> Bool {
    guard asking < limits.asks else {
      held.wake(at: now.advanced(by: .seconds(1)))
      return false
    }
    let owner = held.share.owner
    let ownerStores = nodes[owner].map { $0.candidate.weight > 0 } ?? false
    let free = ((ownerStores ? [owner] : []) + (held.ranking ?? [])).filter { id in
      id != own && isLive(id) && held.others[id] == nil && held.asks[id] == nil
        && (nodes[id]?.avoidedUntil.map { $0 <= now } ?? true)
    }
    let there = (held.own == .whole ? [own] : []) + held.others.keys + held.asks.keys
    guard let peer = free.first == owner ? owner : mostApart(free, from: there) else {
      held.wake(at: now.advanced(by: limits.avoidance / 4))
      return false
    }
    ask(.keep, peer, &held, now, &actions)
    return true
  }

  /// The others hear who has a copy when that has changed, and now and then.
  private mutating func announce(
    _ held: inout HeldShare, _ now: Instant, _ actions: inout [PlacementAction]
  ) {
    let whole = held.wholeOthers
    guard held.checkAt <= now || held.announced != Set(whole) else { return }
    held.announced = Set(whole)
    for peer in whole where isLive(peer) { ask(.tell, peer, &held, now, &actions) }
  }

  private mutating func handOver(
    _ held: inout HeldShare, _ now: Instant, _ actions: inout [PlacementAction]
  ) {
    let live = held.wholeOthers.count { isLive($0) }
    let missing = held.share.replicas - live - held.pending
    var canAsk = true
    for _ in 0..<max(0, missing) where canAsk { canAsk = askOneMore(&held, now, &actions) }
    held.isHandedOver = live >= held.share.replicas || (held.pending == 0 && asking < limits.asks)
    if !held.isHandedOver { held.wake(at: now.advanced(by: .seconds(2))) }
  }
}

extension HeldShare {
  /// Copies that are on their way to others.
  fileprivate var pending: Int {
    var count = asks.values.count { $0.question == .keep }
    for (peer, other) in others where asks[peer]?.question != .keep {
      if case .fetching = other { count += 1 }
    }
    return count
  }
}
