import Primitives

extension Gossip {
  typealias Update = GossipMessage.Update
  typealias Claim = GossipMessage.Claim

  /// News that waits for the next flush.
  struct Rumour: Sendable {
    let update: GossipMessage.Update
    /// Bits of neighbours that sent it themselves.
    var knownBy: UInt16
  }

  mutating func receive(_ message: GossipMessage, from peer: PeerNumber) {
    guard phase == .running else { return }
    let position = heard(peer)
    for update in message.updates { apply(update, from: peer, isNews: true) }
    if !contradictions.isEmpty {
      let doubts = contradictions
      contradictions = []
      send(doubts, to: peer)
    }
    switch message.body {
    case .rumours: break
    case .probe(let probe): answer(probe, from: peer)
    case .ack(let probe): answered(probe, by: peer, position)
    case .indirect(let number, let target): probeForAnother(number, target, from: peer)
    case .indirectAck(_, let target): answeredIndirectly(target)
    case .join: welcome(peer)
    case .forwardJoin(let newcomer, let hops): passOn(newcomer, hops, from: peer)
    case .neighbour(let isUrgent): considerNeighbour(peer, isUrgent: isUrgent)
    case .neighbourReply(let isAccepted): neighbourReplied(peer, isAccepted: isAccepted)
    case .disconnect: disconnected(peer)
    case .shuffle(let sample): takeSample(sample, from: peer, mustReply: true)
    case .shuffleReply(let sample): takeSample(sample, from: peer, mustReply: false)
    case .changes(let changes, let isReply): compare(changes, with: peer, isReply: isReply)
    case .wanted(let peers): supply(peers, to: peer)
    }
  }

  /// `isNews`: pass it on to the neighbours.
  mutating func apply(_ update: Update, from peer: PeerNumber, isNews: Bool) {
    switch update {
    case .record(let subject, let signed): apply(signed, of: subject, from: peer, isNews: isNews)
    case .claim(let claim): apply(claim, from: peer)
    }
  }

  private mutating func apply(
    _ signed: SignedRecord, of subject: PeerNumber, from peer: PeerNumber, isNews: Bool
  ) {
    if subject == me { return applyOwn(signed, from: peer) }
    let verdict = judge(signed, of: subject)
    switch verdict {
    case .accepted: adopt(signed, of: subject, from: peer, isNews: isNews)
    case .known:
      if members.state(of: subject) == .dead {
        contradictions.append(contradiction(subject, signed.sequence))
      }
      markKnown(subject, signed.sequence, isRecord: true, by: peer)
    case .rolledBack: break  // The peer is behind; digests will say so.
    case .conflicting, .forged, .notAMember, .expired, .early, .full:
      actions.append(.refused(verdict, from: peer))
    }
  }

  /// Somebody has a record of mine that I do not know: from a former life, or a copy of my key.
  private mutating func applyOwn(_ signed: SignedRecord, from peer: PeerNumber) {
    if signed.sequence < ownSequence || signed === members.record(of: me) { return }
    if signed.fingerprint == members.record(of: me)?.fingerprint { return }
    if let refusal = checker.refusal(of: signed, at: wall), refusal != .expired {
      return actions.append(.refused(refusal, from: peer))
    }
    askToRenew(after: signed.sequence)
  }

  private func judge(_ signed: SignedRecord, of subject: PeerNumber) -> RecordVerdict {
    if let held = members.record(of: subject) {
      if held === signed || held.fingerprint == signed.fingerprint { return .known }
      if signed.sequence < held.sequence { return .rolledBack }
      if let refusal = checker.refusal(of: signed, at: wall) { return refusal }
      // Both signed by the same key: everybody must end up with the same of the two.
      let isLess = signed.sequence == held.sequence && signed.fingerprint < held.fingerprint
      return isLess ? .conflicting : .accepted
    }
    if members.live >= limits.members { return .full }
    return checker.refusal(of: signed, at: wall) ?? .accepted
  }

  private mutating func adopt(
    _ signed: SignedRecord, of subject: PeerNumber, from peer: PeerNumber, isNews: Bool
  ) {
    let state: MemberState = signed.record.isLeaving ? .left : .alive
    let old = members.state(of: subject)
    members.set(subject, record: signed, state: state)
    noteChange(of: subject)
    suspicions[subject] = nil
    if !pending.isEmpty {
      pending.removeAll { $0.update.concerns(subject, below: signed.sequence) }
    }
    actions.append(.record(subject, signed))
    if old != state { actions.append(.state(subject, state)) }
    if state == .left { bury(subject) }
    if isNews { addRumour(.record(subject, signed), knownBy: bit(of: peer)) }
  }

  private mutating func apply(_ claim: Claim, from peer: PeerNumber) {
    if claim.peer == me { return refute(claim) }
    guard let held = members.record(of: claim.peer), held.sequence == claim.sequence else { return }
    switch (claim.kind, members.state(of: claim.peer)) {
    case (_, .unknown), (_, .left): break
    case (.suspect, .dead): break
    case (.suspect, .alive), (.suspect, .suspect), (.suspect, .unreachable):
      suspect(claim, from: peer)
    case (.dead, .dead):
      markKnown(claim.peer, claim.sequence, isRecord: false, by: peer)
    case (.dead, .alive), (.dead, .suspect), (.dead, .unreachable):
      declareDead(claim.peer)
      addRumour(.claim(claim), knownBy: bit(of: peer))
    }
  }

  private mutating func refute(_ claim: Claim) {
    guard claim.sequence >= ownSequence else { return }
    strain = min(limits.strain, strain + 1)
    askToRenew(after: claim.sequence)
  }

  /// A peer holds a record of whom we hold dead. It may know better: let the subject decide.
  func contradiction(_ subject: PeerNumber, _ sequence: UInt64) -> Update {
    .claim(Claim(peer: subject, sequence: sequence, kind: .suspect, by: me))
  }

  // MARK: - The table

  mutating func noteChange(of peer: PeerNumber) {
    lastChange = now
    if recent.count < limits.recent {
      recent.append(peer)
    } else {
      recent[nextRecent] = peer
      nextRecent = (nextRecent + 1) % limits.recent
    }
  }

  /// For one that is dead or has left: no link, no suspicion, one tombstone.
  mutating func bury(_ peer: PeerNumber) {
    suspicions[peer] = nil
    passive.removeAll { $0 == peer }
    if let position = position(of: peer) { drop(at: position) }
    tombstones.append(Tombstone(peer: peer, since: now))
  }

  mutating func declareDead(_ peer: PeerNumber) {
    members.set(peer, state: .dead)
    noteChange(of: peer)
    actions.append(.state(peer, .dead))
    bury(peer)
  }

  mutating func expel(_ peer: PeerNumber) {
    guard peer != me, members.state(of: peer).isLive else { return }
    declareDead(peer)
  }

  // MARK: - Sending

  func bit(of peer: PeerNumber) -> UInt16 {
    position(of: peer).map { neighbours[$0].bit } ?? 0
  }

  mutating func addRumour(_ update: Update, knownBy: UInt16) {
    guard pending.count < limits.pending else { return }
    pending.append(Rumour(update: update, knownBy: knownBy))
    if nextFlush == nil {
      nextFlush = max(
        lastFlush.advanced(by: limits.flushInterval),
        now.advanced(by: random.about(limits.flushDelay)))
    }
  }

  /// A long queue is not searched: sending something twice costs less.
  private mutating func markKnown(
    _ subject: PeerNumber, _ sequence: UInt64, isRecord: Bool, by peer: PeerNumber
  ) {
    if pending.isEmpty { return }
    let bit = bit(of: peer)
    if bit == 0 { return }
    for index in pending.indices.suffix(32) {
      switch pending[index].update {
      case .record(subject, let signed):
        if isRecord, signed.sequence <= sequence { pending[index].knownBy |= bit }
      case .claim(let claim):
        if !isRecord, claim.peer == subject, claim.kind == .dead { pending[index].knownBy |= bit }
      case .record: break
      }
    }
  }

  mutating func markClaimKnown(_ claim: Claim, by peer: PeerNumber) {
    let bit = bit(of: peer)
    for index in pending.indices.suffix(32) {
      if case .claim(claim) = pending[index].update { pending[index].knownBy |= bit }
    }
  }

  mutating func flush() {
    lastFlush = now
    let batch = pending.prefix(limits.updatesPerFlush)
    pending.removeFirst(batch.count)
    nextFlush = pending.isEmpty ? nil : now.advanced(by: limits.flushInterval)
    let everything = batch.map(\.update)
    let touched = batch.reduce(0) { $0 | $1.knownBy }
    for neighbour in neighbours where neighbour.isLinked {
      let updates =
        touched & neighbour.bit == 0
        ? everything : batch.filter { $0.knownBy & neighbour.bit == 0 }.map(\.update)
      send(updates, to: neighbour.peer)
    }
  }

  mutating func send(_ updates: [Update], to peer: PeerNumber) {
    var rest = updates[...]
    while !rest.isEmpty {
      let part = rest.prefix(limits.updatesPerMessage)
      rest = rest.dropFirst(part.count)
      actions.append(.send(GossipMessage(.rumours, updates: Array(part)), to: peer))
    }
  }

  mutating func say(_ body: GossipMessage.Body, to peer: PeerNumber, updates: [Update] = []) {
    actions.append(.send(GossipMessage(body, updates: updates), to: peer))
  }

  mutating func sayFarewell(left: Int) {
    guard left > 0, let own = members.record(of: me) else {
      for neighbour in neighbours { actions.append(.close(neighbour.peer)) }
      neighbours = []
      phase = .departed
      return actions.append(.departed)
    }
    for neighbour in neighbours where neighbour.isLinked {
      send([.record(me, own)], to: neighbour.peer)
    }
    phase = .leaving(
      farewellsLeft: left - 1, next: now.advanced(by: limits.flushInterval * 2))
  }
}

extension GossipMessage.Update {
  /// Says less than a record of `subject` with this number.
  func concerns(_ subject: PeerNumber, below sequence: UInt64) -> Bool {
    switch self {
    case .record(let peer, let signed): peer == subject && signed.sequence < sequence
    case .claim(let claim): claim.peer == subject && claim.sequence < sequence
    }
  }
}
