import Primitives

extension Gossip {
  typealias Probe = GossipMessage.Probe

  /// Somebody waits to hear whether we reach the target.
  struct IndirectAsk: Sendable {
    let target: PeerNumber
    let asker: PeerNumber
    let number: UInt32
    let at: Instant
  }

  func position(of peer: PeerNumber) -> Int? {
    for index in neighbours.indices where neighbours[index].peer == peer { return index }
    return nil
  }

  /// Any word from a neighbour shows that it lives.
  mutating func heard(_ peer: PeerNumber) -> Int? {
    guard let position = position(of: peer) else { return nil }
    neighbours[position].lastHeard = now
    neighbours[position].isLinked = true
    if neighbours[position].deadline != nil {
      neighbours[position].deadline = nil
      noteAnswers(1, missed: neighbours[position].attempts)
      neighbours[position].attempts = 0
    }
    if !suspicions.isEmpty { withdraw(peer) }
    if !indirectAsks.isEmpty { tellAskers(about: peer) }
    return position
  }

  private mutating func noteAnswers(_ answered: Int, missed: Int) {
    for _ in 0..<min(missed, 8) { lossShare += (1 - lossShare) / 64 }
    for _ in 0..<answered { lossShare -= lossShare / 64 }
  }

  /// What this side says about itself with every probe and answer.
  func greeting(_ number: UInt32, to peer: PeerNumber) -> Probe {
    Probe(
      number: number, digest: members.digest, live: UInt32(members.live),
      watchers: UInt8(neighbours.count), strain: UInt8(strain),
      accused: held(against: peer), coordinate: coordinate)
  }

  /// The number of its record that is suspected or counts as a dead node's: only it can say no.
  private func held(against peer: PeerNumber) -> UInt64 {
    switch members.state(of: peer) {
    case .suspect: suspicions[peer]?.sequence ?? 0
    case .dead: members.record(of: peer)?.sequence ?? 0
    case .unknown, .alive, .unreachable, .left: 0
    }
  }

  // MARK: - Asking

  /// One neighbour a turn, all of them in a new random order before any comes again.
  mutating func probeNext() {
    for _ in 0..<2 * limits.mostLinks {
      if probeOrder.isEmpty {
        if neighbours.isEmpty { return }
        probeOrder = neighbours.map(\.peer)
        probeOrder.shuffle(using: &random)
      }
      guard let peer = probeOrder.popLast(), let position = position(of: peer) else { continue }
      if neighbours[position].deadline == nil {
        neighbours[position].attempts = 0
        return probe(at: position)
      }
    }
  }

  mutating func probe(at position: Int) {
    let number = nextNumber
    nextNumber = nextNumber == .max ? 1 : nextNumber + 1
    neighbours[position].number = number
    neighbours[position].sentAt = now
    neighbours[position].deadline = now.advanced(by: neighbours[position].patience(limits))
    let peer = neighbours[position].peer
    if neighbours[position].isLinked { say(.probe(greeting(number, to: peer)), to: peer) }
  }

  /// More of them the more probes get lost here anyway, and the busier either side is.
  private func attempts(for neighbour: Neighbour) -> Int {
    let loss = max(lossShare, 0.02)
    // ln(1e-5) / ln(loss), without a logarithm for each probe.
    let needed = loss < 0.06 ? limits.fewestAttempts : Self.attempts(until: limits.falseAlarm, loss)
    let patient = needed * (4 + min(strain + neighbour.strain, 8)) / 4
    return min(max(patient, limits.fewestAttempts), limits.mostAttempts)
  }

  private static func attempts(until target: Double, _ loss: Double) -> Int {
    var chance = loss
    var count = 1
    while chance > target, count < 20 {
      chance *= loss
      count += 1
    }
    return count
  }

  mutating func runProbeTimers() {
    var position = 0
    while position < neighbours.count {
      if let deadline = neighbours[position].deadline, deadline <= now {
        let peer = neighbours[position].peer
        attemptFailed(at: position)
        if position < neighbours.count, neighbours[position].peer != peer { continue }
      }
      position += 1
    }
  }

  private mutating func attemptFailed(at position: Int) {
    neighbours[position].attempts += 1
    let neighbour = neighbours[position]
    actions.append(.missed(neighbour.peer))
    if neighbour.attempts == 2 { askOthers(about: neighbour.peer) }
    if neighbour.attempts >= attempts(for: neighbour) {
      noteAnswers(0, missed: 1)
      if giveUp(at: position) { return }
    }
    probe(at: position)
    if suspicions[neighbour.peer]?.isOwn == true {
      neighbours[position].deadline = now.advanced(by: limits.attemptSpacing * 2)
    }
  }

  private mutating func askOthers(about target: PeerNumber) {
    guard members.live <= limits.indirectMembers else { return }
    var others = neighbours.filter { $0.peer != target && $0.isLinked }.map(\.peer)
    others.shuffle(using: &random)
    for peer in others.prefix(limits.indirect) {
      say(.indirect(number: nextNumber, target: target), to: peer)
    }
  }

  // MARK: - Answering

  mutating func answer(_ probe: Probe, from peer: PeerNumber) {
    if probe.accused != 0 {
      refuteNotice(probe.accused)
    }
    if probe.number == 0 || position(of: peer) != nil {
      say(.ack(greeting(probe.number, to: peer)), to: peer)
    } else if openings.contains(where: { $0.peer == peer && $0.purpose.wantsNeighbour }) {
      // Its consent got lost.
      neighbourReplied(peer, isAccepted: true)
      say(.ack(greeting(probe.number, to: peer)), to: peer)
    } else {
      say(.disconnect, to: peer)
      return
    }
    take(probe, from: peer)
  }

  private mutating func refuteNotice(_ sequence: UInt64) {
    guard sequence >= ownSequence else { return }
    strain = min(limits.strain, strain + 1)
    askToRenew(after: sequence)
  }

  mutating func answered(_ probe: Probe, by peer: PeerNumber, _ position: Int?) {
    if probe.accused != 0 { refuteNotice(probe.accused) }
    if let position, neighbours[position].number == probe.number {
      let roundTrip = neighbours[position].sentAt.duration(to: now)
      neighbours[position].measured(roundTrip)
      if strain > 0, random.chance(0.5) { strain -= 1 }
      moveCoordinate(roundTrip, probe.coordinate)
      actions.append(.measured(peer, roundTrip: roundTrip, probe.coordinate))
    } else if probe.number == 0 {
      let isClose = abs(Int(probe.live) - members.live) < limits.fewestLinks
      visited(peer, agrees: isClose && members.state(of: peer).isLive)
    }
    take(probe, from: peer)
  }

  private mutating func moveCoordinate(_ roundTrip: Duration, _ other: Coordinate) {
    let bits = random.next()
    var nudge = SIMD4<Float>()
    for index in 0..<4 {
      nudge[index] = Float(Int8(truncatingIfNeeded: bits >> (8 * UInt64(index)))) / 128 + 0.001
    }
    coordinate.update(roundTrip: roundTrip, to: other, nudge: nudge)
  }

  private mutating func take(_ probe: Probe, from peer: PeerNumber) {
    if let position = position(of: peer) {
      neighbours[position].watchers = Int(probe.watchers)
      neighbours[position].strain = Int(min(probe.strain, UInt8(limits.strain)))
    }
    compareDigest(probe.digest, live: Int(probe.live), with: peer)
  }

  /// We watch the target too: our own word with it settles the question for the asker.
  mutating func probeForAnother(_ number: UInt32, _ target: PeerNumber, from peer: PeerNumber) {
    guard let position = position(of: target), target != peer else { return }
    let silence = neighbours[position].lastHeard.duration(to: now)
    if silence < limits.attemptSpacing {
      say(.indirectAck(number: number, target: target), to: peer)
    } else {
      if neighbours[position].deadline == nil { probe(at: position) }
      if indirectAsks.count >= limits.mostLinks * limits.mostLinks { indirectAsks.removeFirst() }
      indirectAsks.append(IndirectAsk(target: target, asker: peer, number: number, at: now))
    }
  }

  private mutating func tellAskers(about target: PeerNumber) {
    for ask in indirectAsks where ask.target == target {
      say(.indirectAck(number: ask.number, target: target), to: ask.asker)
    }
    indirectAsks.removeAll { $0.target == target || $0.at.duration(to: now) > .seconds(5) }
  }

  /// A third node reaches it: that buys time, but this node's own link still has to work.
  mutating func answeredIndirectly(_ target: PeerNumber) {
    guard let position = position(of: target), neighbours[position].deadline != nil else { return }
    neighbours[position].attempts = min(neighbours[position].attempts, 1)
  }
}
