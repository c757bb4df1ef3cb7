import Primitives

extension PlacementCore {
  mutating func receive(
    _ message: PlacementMessage, from peer: NodeID, _ now: Instant, _ wall: WallTime,
    _ actions: inout [PlacementAction]
  ) {
    switch message {
    case .keep(let signed, let holders):
      guard holders.count <= limits.holders else { return blame(peer, &actions) }
      keep(signed, holders, for: peer, now, wall, &actions)
    case .tell(let copies):
      guard isBounded(copies) else { return blame(peer, &actions) }
      var replies: [PlacementMessage.Copy] = []
      for copy in copies { replies.append(hear(copy, from: peer, now)) }
      actions.append(.send(.told(replies), to: peer))
    case .told(let copies):
      guard isBounded(copies) else { return blame(peer, &actions) }
      for copy in copies { answered(copy, by: peer, now, wall, &actions) }
    case .release(let name, let holders):
      guard holders.count <= limits.holders else { return blame(peer, &actions) }
      released(name, holders, now, &actions)
    case .askPromise(let name): promiseAsked(name, by: peer, now, &actions)
    case .promise(let name, let isGiven): promised(name, isGiven, by: peer, now, &actions)
    }
  }

  private func isBounded(_ copies: [PlacementMessage.Copy]) -> Bool {
    copies.count <= limits.copiesPerMessage
      && copies.allSatisfy { $0.holders.count <= limits.holders }
  }

  private func blame(_ peer: NodeID, _ actions: inout [PlacementAction]) {
    let error = BlobError(
      .refused, "a message about copies names more shares or holders than are taken")
    actions.append(.violated(by: peer, error))
  }

  // MARK: - Keeping

  private mutating func keep(
    _ signed: SignedShare, _ holders: [NodeID], for peer: NodeID, _ now: Instant,
    _ wall: WallTime, _ actions: inout [PlacementAction]
  ) {
    let name = PlacementMessage.Name(signed.key, version: signed.version)
    var reply = PlacementMessage.Copy(name, .busy)
    let isKnown = shares[signed.key] != nil
    if !isLeaving, isKnown || shares.count < limits.shares, !signed.share.isShortened {
      adopt(signed, now, wall, &actions)
      change(signed.key) { core, held in
        // What it says of itself is no hearsay.
        if holders.contains(peer), held.signed.version == signed.version {
          core.set(peer, .whole, &held)
        }
        for holder in holders { core.claim(holder, &held) }
        reply = core.accept(&held, signed.version, peer)
      }
    }
    actions.append(.send(.told([reply]), to: peer))
  }

  private mutating func accept(
    _ held: inout HeldShare, _ version: UInt64, _ peer: NodeID
  ) -> PlacementMessage.Copy {
    var reply = copy(held)
    if held.signed.version > version { reply.newer = held.signed }
    if held.share.isWithdrawn || held.signed.version > version { return reply }
    held.letGo = nil
    switch held.own {
    case .whole: break
    case .waiting, .fetching: held.askers.insert(peer)
    case .lacking:
      if nodes[own]?.candidate.weight == 0, held.share.owner != own {
        reply.state = .full
        break
      }
      guard waiting.count < limits.waitingFetches else {
        reply.state = .busy
        break
      }
      held.retryAt = nil
      held.own = .waiting
      waiting.append(held.key)
      held.askers.insert(peer)
      claim(peer, &held)
      reply.state = .fetching
    }
    return reply
  }

  mutating func startFetches(_ now: Instant, _ actions: inout [PlacementAction]) {
    while fetching < limits.fetches, !waiting.isEmpty {
      let key = waiting.removeFirst()
      change(key) { core, held in
        held.own = .fetching
        core.fetching += 1
        let sources = held.others.keys.filter { core.isLive($0) }.sorted()
        actions.append(.fetch(held.signed, sources: sources))
      }
    }
  }

  mutating func fetched(
    _ key: ShareKey, _ version: UInt64, _ now: Instant, _ wall: WallTime,
    _ actions: inout [PlacementAction]
  ) {
    guard var held = shares[key], held.own == .fetching, held.signed.version == version else {
      return
    }
    setWhole(&held, now)
    let copy = copy(held)
    for asker in held.askers.sorted() { actions.append(.send(.told([copy]), to: asker)) }
    held.askers = []
    put(held)
    touched.insert(key)
  }

  mutating func fetchFailed(
    _ key: ShareKey, _ version: UInt64, isFull: Bool, _ now: Instant,
    _ actions: inout [PlacementAction]
  ) {
    guard var held = shares[key], held.own == .fetching, held.signed.version == version else {
      return
    }
    fetching -= 1
    held.own = .lacking
    held.fetchFailures += 1
    if isFull || held.fetchFailures >= 5 {
      let copy = PlacementMessage.Copy(held.name, isFull ? .full : .busy)
      for asker in held.askers.sorted() { actions.append(.send(.told([copy]), to: asker)) }
      if held.share.owner != own { return forget(held) }
    }
    let pause = Duration.seconds(10) * (1 << min(held.fetchFailures, 8))
    held.retryAt = now.advanced(by: pause)
    held.wake(at: now.advanced(by: pause))
    put(held)
  }

  /// The others hear of it; whoever is the guardian now sees to a new one.
  mutating func lose(_ key: ShareKey, _ now: Instant, _ actions: inout [PlacementAction]) {
    guard var held = shares[key], held.own == .whole else { return }
    held.own = .lacking
    (held.markedUntil, held.letGo, held.promisedUntil) = (nil, nil, nil)
    unmark(held, &actions)
    let copy = PlacementMessage.Copy(held.name, .lacking)
    for other in held.wholeOthers where isLive(other) {
      actions.append(.send(.told([copy]), to: other))
    }
    held.retryAt = now
    held.wake(at: now)
    put(held)
    touched.insert(key)
  }

  // MARK: - Who has what

  private mutating func hear(
    _ copy: PlacementMessage.Copy, from peer: NodeID, _ now: Instant
  ) -> PlacementMessage.Copy {
    guard var held = shares[copy.name.key] else {
      return PlacementMessage.Copy(copy.name, .lacking)
    }
    note(copy, of: peer, &held, now)
    put(held)
    var reply = self.copy(held)
    if held.signed.version > copy.name.version { reply.newer = held.signed }
    return reply
  }

  private mutating func answered(
    _ copy: PlacementMessage.Copy, by peer: NodeID, _ now: Instant, _ wall: WallTime,
    _ actions: inout [PlacementAction]
  ) {
    guard var held = shares[copy.name.key] else { return }
    if let newer = copy.newer, newer.key == held.key, newer.version > held.signed.version {
      adopt(newer, now, wall, &actions)
      return
    }
    endAsk(peer, &held)
    if copy.name.version < held.signed.version, copy.state == .whole {
      var reply = self.copy(held)
      reply.newer = held.signed
      actions.append(.send(.told([reply]), to: peer))
    }
    note(copy, of: peer, &held, now)
    if guardian(of: held) == peer { held.reportedTo = peer }
    held.wake(at: soon(now))
    put(held)
  }

  /// What a node says of its own copy.
  private mutating func note(
    _ copy: PlacementMessage.Copy, of peer: NodeID, _ held: inout HeldShare, _ now: Instant
  ) {
    let isCurrent = copy.name.version == held.signed.version
    guard isCurrent, !held.share.isWithdrawn else {
      // An old copy is none of this version; who has heard of the end is asked no more.
      if isCurrent || copy.name.version < held.signed.version, !held.share.isWithdrawn || isCurrent
      {
        unnote(peer, &held)
      }
      return
    }
    let old = held.others[peer]
    switch copy.state {
    case .whole: set(peer, .whole, &held)
    case .fetching:
      let size = Duration.seconds(held.share.size / limits.slowestFetch)
      let until = now.advanced(by: limits.patience + size)
      if case .fetching = old { break }
      set(peer, .fetching(until: until), &held)
    case .lacking: unnote(peer, &held)
    case .full, .busy:
      unnote(peer, &held)
      avoid(peer, now)
    }
    for holder in copy.holders { claim(holder, &held) }
    if let until = copy.listedUntil { held.listedUntil = max(held.listedUntil ?? until, until) }
    if held.others[peer] != old { held.wake(at: soon(now)) }
  }

  private mutating func claim(_ holder: NodeID, _ held: inout HeldShare) {
    guard holder != own, held.others[holder] == nil, nodes[holder]?.isLive == true,
      held.others.count < limits.holders
    else { return }
    set(holder, .claimed, &held)
  }

  private mutating func set(
    _ peer: NodeID, _ other: HeldShare.Other, _ held: inout HeldShare
  ) {
    if held.others[peer] == other { return }
    if other == .whole { touched.insert(held.key) }
    held.others[peer] = other
    sharesOfHolder[peer, default: []].insert(held.key)
  }

  mutating func unnote(_ peer: NodeID, _ held: inout HeldShare) {
    guard let old = held.others.removeValue(forKey: peer) else { return }
    sharesOfHolder[peer]?.remove(held.key)
    if old == .whole { touched.insert(held.key) }
  }
}
