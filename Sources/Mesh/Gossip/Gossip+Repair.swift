import Primitives

extension Gossip {
  typealias Change = GossipMessage.Change

  /// Called with what every probe and answer carries.
  mutating func compareDigest(_ digest: UInt64, live: Int, with peer: PeerNumber) {
    let position = position(of: peer)
    if digest == members.digest {
      if let position { neighbours[position].disagreesSince = nil }
      return
    }
    var lasts = limits.settling
    if let position {
      let since = neighbours[position].disagreesSince ?? now
      neighbours[position].disagreesSince = since
      lasts = since.duration(to: now)
    }
    if needsExchange(lasting: lasts, difference: abs(live - members.live)) {
      lastExchange = now
      return actions.append(.reconcile(peer))
    }
    let sinceCompare = lastCompare.duration(to: now)
    let isSettled = lastChange.duration(to: now) >= limits.settling
    if sinceCompare >= (isSettled ? limits.compareInterval : limits.busyCompareInterval) {
      lastCompare = now
      say(.changes(latest(), isReply: false), to: peer)
    }
  }

  /// At once when much is missing; soon when nothing moves any more and the two still differ,
  /// which the latest changes did not mend; else now and then.
  private func needsExchange(lasting: Duration, difference: Int) -> Bool {
    let sinceExchange = lastExchange.duration(to: now)
    if difference >= limits.exchangeDifference {
      return sinceExchange >= limits.eagerExchangeInterval
    }
    let isQuiet = lastChange.duration(to: now) >= limits.eagerExchangeInterval
    if isQuiet, lasting >= limits.settling {
      return sinceExchange >= limits.quietExchangeInterval
    }
    return lasting >= limits.exchangeInterval / 3 && sinceExchange >= limits.exchangeInterval
  }

  private func latest() -> [Change] {
    var changes: [Change] = []
    changes.reserveCapacity(recent.count)
    var seen: Set<PeerNumber> = []
    for peer in recent where seen.insert(peer).inserted {
      guard let record = members.record(of: peer) else { continue }
      changes.append(
        Change(
          peer: peer, sequence: record.sequence, isGone: !members.state(of: peer).isLive))
    }
    return changes
  }

  /// Sends what the other lacks, asks for what it has.
  mutating func compare(_ changes: [Change], with peer: PeerNumber, isReply: Bool) {
    var wanted: [PeerNumber] = []
    var updates: [Update] = []
    for change in changes.prefix(limits.recent) where change.peer != me {
      let held = members[change.peer]
      let sequence = held.record?.sequence ?? 0
      if change.sequence > sequence
        || change.isGone && held.state.isLive
          && change.sequence == sequence
      {
        wanted.append(change.peer)
      } else if change.sequence < sequence, let record = held.record {
        updates.append(.record(change.peer, record))
      } else if !change.isGone, held.state == .dead {
        updates.append(contradiction(change.peer, sequence))
      }
    }
    if !wanted.isEmpty || !updates.isEmpty { say(.wanted(wanted), to: peer, updates: updates) }
    if !isReply { say(.changes(latest(), isReply: true), to: peer) }
  }

  mutating func supply(_ peers: [PeerNumber], to peer: PeerNumber) {
    var updates: [Update] = []
    for subject in peers.prefix(limits.recent) {
      guard let record = members.record(of: subject) else { continue }
      switch members.state(of: subject) {
      case .alive, .suspect, .unreachable, .left: updates.append(.record(subject, record))
      case .dead: updates.append(contradiction(subject, record.sequence))
      case .unknown: break
      }
    }
    send(updates, to: peer)
  }

  mutating func reconciled(_ records: [(PeerNumber, SignedRecord)], with peer: PeerNumber) {
    lastExchange = now
    // Many at once are an old difference, which the neighbours will find for themselves.
    let isNews = records.count <= limits.passedOn
    for (subject, signed) in records {
      apply(.record(subject, signed), from: peer, isNews: isNews)
    }
    let doubts = contradictions
    contradictions = []
    send(doubts, to: peer)
  }

  // MARK: - Leases and tombstones

  /// A few members a turn.
  mutating func sweepTable() {
    renewLease()
    for _ in 0..<min(limits.sweepPerTick, members.capacity) {
      sweep = sweep + 1 < members.capacity ? sweep + 1 : 0
      let peer = PeerNumber(sweep)
      guard peer != me, let record = members.record(of: peer), members.state(of: peer).isLive
      else { continue }
      if !record.expires(after: wall) { declareDead(peer) }
    }
    forgetOldest()
  }

  private mutating func renewLease() {
    guard let own = members.record(of: me)?.record else { return }
    let age = own.issuedAt.duration(to: wall)
    if age >= own.lease / 3 { askToRenew(after: own.sequence) }
  }

  private mutating func forgetOldest() {
    var examined = 0
    while firstTombstone < tombstones.count, examined < limits.sweepPerTick {
      examined += 1
      let oldest = tombstones[firstTombstone]
      let isOver = members.gone > limits.tombstones
      let state = members.state(of: oldest.peer)
      if state == .dead || state == .left {
        let isOld = oldest.since.duration(to: now) >= limits.tombstoneTime
        let isWorthless = members.record(of: oldest.peer)?.expires(after: wall) != true
        if !isOver && !(isOld && isWorthless) { break }
        forget(oldest.peer)
      }
      firstTombstone += 1
    }
    if firstTombstone > 1024, firstTombstone * 2 > tombstones.count {
      tombstones.removeFirst(firstTombstone)
      firstTombstone = 0
    }
  }

  private mutating func forget(_ peer: PeerNumber) {
    members.set(peer, record: nil, state: .unknown)
    passive.removeAll { $0 == peer }
    recent.removeAll { $0 == peer }
    if nextRecent >= recent.count { nextRecent = 0 }
    probeOrder.removeAll { $0 == peer }
    openings.removeAll { $0.peer == peer }
    if !contacts.contains(peer) { actions.append(.forget(peer)) }
  }
}
