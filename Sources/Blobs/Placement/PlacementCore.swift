package import Primitives

// # Placement
//
// A share wants a number of copies (`replicas`) on different nodes. Which nodes are best for it
// is told by rendezvous hashing: its owner where that one stores, then the nodes in an order that
// all work out alike. Holders know of each other, and the first live one in that order is the
// *guardian*: it counts the copies, asks the best nodes for those that are missing (`keep`), and
// tells the others who has one (`tell`). When it dies the next one is the guardian, without a
// vote; two who both think that they are do the same thing twice, which does no harm.
//
// A holder that is gone counts for a *grace* time as if it were there. A node that has joined and
// is a better place gets a copy after it has settled. Then there is one copy too many, and the
// worst holder may let go: it asks as many others as there should be copies to promise that they
// keep theirs for a minute, and drops its own when all have, within a third of that. Who has
// promised does not let go itself, and who is letting go promises nothing. So whatever anybody
// believes about the network, there are enough copies at the moment one goes.
//
// Withdrawn shares are remembered for a month, so that a holder that was away hears of it.

/// One node's part in keeping copies: whose guardian it is, what it fetches, what it lets go.
package struct PlacementCore: Sendable {
  package let own: NodeID
  let limits: PlacementLimits
  var random: SplitMix
  var nodes: [NodeID: Node] = [:]
  var shares: [ShareKey: HeldShare] = [:]
  /// Which shares name a node as holder.
  var sharesOfHolder: [NodeID: Set<ShareKey>] = [:]
  var queue = DueQueue<ShareKey>()
  /// Nodes that are away, in the order in which their grace ends.
  var departures: [(id: NodeID, at: Instant)] = []
  var waiting: [ShareKey] = []
  var fetching = 0
  /// Copies that others were asked to make and have not.
  var asking = 0
  /// Lines put into the index in this second.
  var listings = (second: Int64(0), count: 0)
  var isLeaving = false
  var hasLeft = false
  /// A copy that others have not enough of, as of the last look.
  var straggler: ShareKey?
  let startsAt: Instant
  /// Of this event.
  var touched: Set<ShareKey> = []
  var forgotten: [ShareKey] = []

  package init(
    own: NodeID, restored: [ShelvedShare] = [], limits: PlacementLimits = PlacementLimits(),
    seed: UInt64, now: Instant
  ) {
    self.own = own
    self.limits = limits
    random = SplitMix(seed: seed)
    startsAt = now.advanced(by: limits.start)
    for shelved in restored { restore(shelved, now) }
  }

  private mutating func restore(_ shelved: ShelvedShare, _ now: Instant) {
    var held = HeldShare(shelved.signed, due: soon(startsAt))
    held.own = shelved.hasCopy ? .whole : .lacking
    held.isPinned = shelved.isPinned
    held.listedUntil = shelved.listedUntil
    held.markedUntil = shelved.markedUntil
    held.forgottenAt = shelved.forgottenAt
    for holder in shelved.holders where holder != own {
      held.others[holder] = .claimed
      sharesOfHolder[holder, default: []].insert(held.key)
      // Whoever is not there after the grace time is gone.
      if nodes[holder] == nil { depart(PlacementCandidate(id: holder, weight: 0), now) }
    }
    put(held)
  }

  /// How many copies are here, whole.
  package var copies: Int { shares.values.count { $0.own == .whole } }

  /// The node that sees to a share's copies, as far as this one knows; nil when it knows nothing.
  package func guardian(of key: ShareKey) -> NodeID? { shares[key].flatMap { guardian(of: $0) } }

  package func hasCopy(of key: ShareKey) -> Bool { shares[key]?.own == .whole }

  /// Others that are known to have a copy.
  package func holders(of key: ShareKey) -> [NodeID] { shares[key]?.wholeOthers ?? [] }

  package mutating func handle(
    _ event: PlacementEvent, now: Instant, wall: WallTime
  ) -> [PlacementAction] {
    var actions: [PlacementAction] = []
    switch event {
    case .members(let changed, let left): changeMembers(changed, left, now)
    case .added(let signed, let isPinned): add(signed, isPinned: isPinned, now, wall, &actions)
    case .pinned(let key, let isPinned):
      change(key) { $1.isPinned = isPinned }
      touched.insert(key)
    case .received(let message, let peer):
      if peer != own { receive(message, from: peer, now, wall, &actions) }
    case .fetched(let key, let version): fetched(key, version, now, wall, &actions)
    case .fetchFailed(let key, let version, let isFull):
      fetchFailed(key, version, isFull: isFull, now, &actions)
    case .lost(let key): lose(key, now, &actions)
    case .listed(let key, let until):
      change(key) { ($1.listedUntil, $1.listTryAt, $1.replaced) = (until, nil, nil) }
      touched.insert(key)
    case .marked(let key, let until):
      change(key) { ($1.markedUntil, $1.markTryAt) = (until, nil) }
      touched.insert(key)
    case .leave: setLeaving(true, now)
    case .stay: setLeaving(false, now)
    case .wake: break
    }
    work(now, wall, &actions)
    actions = gathered(actions)
    let writes = takeWrites()
    if !writes.isEmpty { actions.insert(.save(writes), at: 0) }
    return actions
  }

  /// When to call with `.wake`.
  package var nextWake: Instant? {
    [queue.first?.at, departures.first?.at].compactMap(\.self).min()
  }

  /// What is told to one node, in one message.
  private func gathered(_ actions: [PlacementAction]) -> [PlacementAction] {
    var gathered: [PlacementAction] = []
    var places: [NodeID: Int] = [:]
    for action in actions {
      guard case .send(.tell(let copies), let peer) = action else {
        gathered.append(action)
        continue
      }
      if let place = places[peer], case .send(.tell(let earlier), _) = gathered[place],
        earlier.count + copies.count <= limits.copiesPerMessage
      {
        gathered[place] = .send(.tell(earlier + copies), to: peer)
      } else {
        places[peer] = gathered.count
        gathered.append(action)
      }
    }
    return gathered
  }

  private mutating func takeWrites() -> [ShelfWrite] {
    if touched.isEmpty, forgotten.isEmpty { return [] }
    defer { (touched, forgotten) = ([], []) }
    return forgotten.map { .forgotten($0) }
      + touched.sorted().compactMap { shares[$0].map { .shelved($0.shelved) } }
  }

  private mutating func work(
    _ now: Instant, _ wall: WallTime, _ actions: inout [PlacementAction]
  ) {
    while let first = departures.first, first.at <= now {
      departures.removeFirst()
      if let since = nodes[first.id]?.missingSince, since.advanced(by: limits.grace) <= now {
        remove(first.id, now)
      }
    }
    while let first = queue.first, first.at <= now {
      queue.removeFirst()
      guard let held = shares[first.element], held.queuedFor == first.at else { continue }
      shares[first.element]?.queuedFor = nil
      guard held.due <= now else {
        put(held)
        continue
      }
      review(first.element, now, wall, &actions)
    }
    startFetches(now, &actions)
    endLeaving(&actions)
  }

  // MARK: - Shares and their times

  mutating func change(
    _ key: ShareKey, _ body: (inout PlacementCore, inout HeldShare) -> Void
  ) {
    guard var held = shares.removeValue(forKey: key) else { return }
    body(&self, &held)
    put(held)
  }

  /// Puts a share back, and into the queue for its time.
  mutating func put(_ held: HeldShare) {
    var held = held
    if held.due != .distantFuture, held.due != held.queuedFor {
      held.queuedFor = held.due
      queue.add(held.key, at: held.due)
    }
    shares[held.key] = held
  }

  mutating func soon(_ now: Instant) -> Instant {
    now.advanced(
      by: .nanoseconds(
        Int64(Double(limits.gathering.nanoseconds) * (0.5 + random.fraction()))))
  }

  mutating func add(
    _ signed: SignedShare, isPinned: Bool, _ now: Instant, _ wall: WallTime,
    _ actions: inout [PlacementAction]
  ) {
    adopt(signed, now, wall, &actions)
    change(signed.key) { core, held in
      guard held.signed.version == signed.version, !held.share.isWithdrawn else { return }
      held.isPinned = isPinned
      core.setWhole(&held, now)
    }
    touched.insert(signed.key)
  }

  /// Takes a version for the one that stands, if it is newer than what is here or the first.
  mutating func adopt(
    _ signed: SignedShare, _ now: Instant, _ wall: WallTime, _ actions: inout [PlacementAction]
  ) {
    let old = shares[signed.key]
    if let old, old.signed.version >= signed.version { return }
    var held = old ?? HeldShare(signed, due: soon(now))
    if let old, old.share.blob != signed.share.blob || signed.share.isWithdrawn {
      release(&held, now, &actions)
      for other in held.others.keys where !signed.share.isWithdrawn {
        held.others[other] = .claimed
      }
      held.ranking = nil
    }
    held.replaced = old?.replaced ?? old?.share
    held.signed = signed
    (held.listedUntil, held.reportedTo) = (nil, nil)
    (held.asks, held.announced) = (dropAsks(held), [])
    if signed.share.isWithdrawn { held.forgottenAt = wall.advanced(by: limits.remembrance) }
    held.due = soon(now)
    put(held)
    touched.insert(held.key)
  }

  /// The copy here is one no more, or will not become one.
  mutating func release(
    _ held: inout HeldShare, _ now: Instant, _ actions: inout [PlacementAction]
  ) {
    switch held.own {
    case .whole:
      actions.append(.drop(held.signed))
      unmark(held, &actions)
    case .fetching:
      fetching -= 1
      actions.append(.cancel(held.key))
    case .waiting: waiting.removeAll { $0 == held.key }
    case .lacking: break
    }
    held.own = .lacking
    (held.markedUntil, held.letGo, held.promisedUntil) = (nil, nil, nil)
    held.askers = []
  }

  /// Unless it has the same blob for another share.
  func unmark(_ held: HeldShare, _ actions: inout [PlacementAction]) {
    let isHeld = shares.values.contains { other in
      other.key != held.key && other.own == .whole && other.share.blob == held.share.blob
    }
    if !isHeld { actions.append(.unmark(held.share.blob)) }
  }

  mutating func setWhole(_ held: inout HeldShare, _ now: Instant) {
    switch held.own {
    case .fetching: fetching -= 1
    case .waiting: waiting.removeAll { $0 == held.key }
    case .lacking, .whole: break
    }
    held.own = .whole
    held.fetchFailures = 0
    held.wake(at: soon(now))
  }

  /// Nothing here concerns it any more.
  mutating func forget(_ held: HeldShare) {
    _ = dropAsks(held)
    for other in held.others.keys { sharesOfHolder[other]?.remove(held.key) }
    shares[held.key] = nil
    touched.remove(held.key)
    forgotten.append(held.key)
  }

  mutating func dropAsks(_ held: HeldShare) -> [NodeID: HeldShare.Ask] {
    asking -= held.asks.values.count { $0.question == .keep }
    return [:]
  }
}
