import Primitives

extension Gossip {
  /// A link that is being made, and why.
  struct Opening: Sendable {
    enum Purpose: Sendable {
      case join
      case neighbour(isUrgent: Bool)
      /// Compare tables and go.
      case visit

      var wantsNeighbour: Bool {
        switch self {
        case .join, .neighbour: true
        case .visit: false
        }
      }
    }

    let peer: PeerNumber
    let purpose: Purpose
    let since: Instant
    var isUp = false
  }

  // MARK: - Links

  mutating func open(_ peer: PeerNumber, _ purpose: Opening.Purpose) {
    guard peer != me, position(of: peer) == nil, !openings.contains(where: { $0.peer == peer })
    else { return }
    openings.append(Opening(peer: peer, purpose: purpose, since: now))
    actions.append(.open(peer))
  }

  mutating func linkUp(_ peer: PeerNumber) {
    if let position = position(of: peer) {
      neighbours[position].isLinked = true
      return probe(at: position)
    }
    guard let index = openings.firstIndex(where: { $0.peer == peer }) else { return }
    openings[index].isUp = true
    ask(openings[index])
  }

  /// Asked again each second until there is an answer: links of the product lose nothing, but
  /// they break.
  private mutating func ask(_ opening: Opening) {
    let own = members.record(of: me).map { [Update.record(me, $0)] } ?? []
    switch opening.purpose {
    case .join: say(.join, to: opening.peer, updates: own)
    case .neighbour(let isUrgent):
      say(.neighbour(isUrgent: isUrgent), to: opening.peer, updates: own)
    case .visit: say(.probe(greeting(0, to: opening.peer)), to: opening.peer, updates: own)
    }
  }

  mutating func linkDown(_ peer: PeerNumber) {
    openings.removeAll { $0.peer == peer }
    guard let position = position(of: peer) else { return }
    // As good as an unanswered probe: try again, and let patience decide.
    neighbours[position].isLinked = false
    actions.append(.open(peer))
    if neighbours[position].deadline == nil { probe(at: position) }
  }

  mutating func openFailed(_ peer: PeerNumber) {
    openings.removeAll { $0.peer == peer }
    passive.removeAll { $0 == peer }
    if members.state(of: peer) == .unreachable || position(of: peer) == nil { return }
    actions.append(.missed(peer))
  }

  /// Takes a peer into the active view; there is room.
  private mutating func add(_ peer: PeerNumber) {
    let used = neighbours.reduce(UInt16(0)) { $0 | $1.bit }
    let bit = UInt16(1) << UInt16((~used).trailingZeroBitCount)
    for index in pending.indices { pending[index].knownBy &= ~bit }
    neighbours.append(Neighbour(peer: peer, bit: bit, now: now))
    openings.removeAll { $0.peer == peer }
    passive.removeAll { $0 == peer }
    probe(at: neighbours.count - 1)
  }

  /// Without a word; for those that are dead or said so themselves.
  mutating func drop(at position: Int) {
    actions.append(.close(neighbours[position].peer))
    neighbours.remove(at: position)
  }

  private mutating func dismiss(at position: Int) {
    let peer = neighbours[position].peer
    say(.disconnect, to: peer)
    drop(at: position)
  }

  /// The one that can spare a link most easily, or it would take another's place in turn. Those
  /// under suspicion are still to be judged.
  private mutating func dismissSomebody() -> Bool {
    var chosen: Int?
    var most = 0
    for position in neighbours.indices where suspicions[neighbours[position].peer] == nil {
      let spare = neighbours[position].watchers * 256 + random.below(256)
      if chosen == nil || spare > most {
        chosen = position
        most = spare
      }
    }
    guard let chosen else { return false }
    dismiss(at: chosen)
    return true
  }

  // MARK: - Joining

  mutating func joinAgain() {
    guard now >= nextJoin else { return }
    nextJoin = now.advanced(by: random.about(.seconds(3)))
    // Who knows many, as after a restart, needs nobody to find it places.
    if members.live > limits.mostLinks, random.chance(0.75), let known = candidate() {
      return open(known, .neighbour(isUrgent: true))
    }
    if let contact = contacts.randomElement(using: &random) { return open(contact, .join) }
    if let known = candidate() { open(known, .join) }
  }

  mutating func welcome(_ newcomer: PeerNumber) {
    let others = neighbours.filter { $0.peer != newcomer && $0.isLinked }.map(\.peer)
    considerNeighbour(newcomer, isUrgent: true)
    guard let record = members.record(of: newcomer) else { return }
    for peer in others.shuffled(using: &random).prefix(limits.joinForwards) {
      say(
        .forwardJoin(newcomer: newcomer, hops: limits.joinHops), to: peer,
        updates: [.record(newcomer, record)])
    }
  }

  /// A walk ends at a node that has room for the newcomer.
  mutating func passOn(_ newcomer: PeerNumber, _ hops: Int, from peer: PeerNumber) {
    guard newcomer != me, let record = members.record(of: newcomer),
      members.state(of: newcomer).isLive
    else { return }
    remember(newcomer)
    let others = neighbours.filter { $0.peer != newcomer && $0.peer != peer && $0.isLinked }
    if hops > 0, neighbours.count > 2, let next = others.randomElement(using: &random) {
      say(
        .forwardJoin(newcomer: newcomer, hops: hops - 1), to: next.peer,
        updates: [.record(newcomer, record)])
    } else if neighbours.count < limits.mostLinks, openings.count < limits.openings {
      open(newcomer, .neighbour(isUrgent: true))
    }
  }

  mutating func considerNeighbour(_ peer: PeerNumber, isUrgent: Bool) {
    if position(of: peer) != nil { return say(.neighbourReply(isAccepted: true), to: peer) }
    var hasRoom = neighbours.count < limits.mostLinks
    if !hasRoom, isUrgent { hasRoom = dismissSomebody() }
    guard hasRoom, members.state(of: peer).isLive else {
      return say(.neighbourReply(isAccepted: false), to: peer)
    }
    say(.neighbourReply(isAccepted: true), to: peer)
    add(peer)
  }

  mutating func neighbourReplied(_ peer: PeerNumber, isAccepted: Bool) {
    guard let index = openings.firstIndex(where: { $0.peer == peer }) else {
      // A late consent to what we gave up.
      if isAccepted, position(of: peer) == nil { say(.disconnect, to: peer) }
      return
    }
    let opening = openings.remove(at: index)
    guard isAccepted, opening.purpose.wantsNeighbour else {
      return actions.append(.close(peer))
    }
    if neighbours.count >= limits.mostLinks {
      say(.disconnect, to: peer)
      return actions.append(.close(peer))
    }
    add(peer)
  }

  mutating func disconnected(_ peer: PeerNumber) {
    if let position = position(of: peer) { drop(at: position) }
  }

  // MARK: - Mending

  mutating func mendOverlay() {
    for index in openings.indices.reversed() {
      if openings[index].since.duration(to: now) > limits.openTimeout {
        actions.append(.close(openings[index].peer))
        openings.remove(at: index)
      } else if openings[index].isUp {
        ask(openings[index])
      }
    }
    if neighbours.isEmpty { joinAgain() }
    seek()
  }

  private mutating func seek() {
    let wanted = min(limits.wantedLinks, members.live - 1)
    let asked = openings.count { $0.purpose.wantsNeighbour }
    guard neighbours.count + asked < wanted, asked < limits.openings else { return }
    // Each polite request may be a handshake for nothing.
    let isPressing = neighbours.count < limits.fewestLinks
    guard isPressing || random.chance(0.1), let peer = candidate() else { return }
    open(peer, .neighbour(isUrgent: neighbours.count < limits.urgentLinks))
  }

  /// From the passive list or, as often, from all that are known.
  private mutating func candidate() -> PeerNumber? {
    if random.chance(0.5), let peer = passive.randomElement(using: &random), isCandidate(peer) {
      return peer
    }
    var drawn = random
    defer { random = drawn }
    return members.random(using: &drawn) { peer, state in
      state == .alive && isCandidate(peer)
    }
  }

  private func isCandidate(_ peer: PeerNumber) -> Bool {
    peer != me && position(of: peer) == nil && members.state(of: peer) == .alive
      && !openings.contains { $0.peer == peer }
  }

  private mutating func remember(_ peer: PeerNumber) {
    guard peer != me, members.state(of: peer).isLive, !passive.contains(peer) else { return }
    if passive.count < limits.passive {
      passive.append(peer)
    } else {
      passive[random.below(passive.count)] = peer
    }
  }

  // MARK: - Mixing

  mutating func shuffle() {
    nextShuffle = now.advanced(by: random.about(limits.shuffleInterval))
    guard let neighbour = neighbours.randomElement(using: &random), neighbour.isLinked else {
      return
    }
    say(.shuffle(sample()), to: neighbour.peer)
  }

  private mutating func sample() -> [PeerNumber] {
    var sample = Array(passive.shuffled(using: &random).prefix(limits.sample / 2))
    sample += neighbours.map(\.peer).shuffled(using: &random)
      .prefix(limits.sample - sample.count)
    return sample
  }

  mutating func takeSample(_ peers: [PeerNumber], from peer: PeerNumber, mustReply: Bool) {
    if mustReply { say(.shuffleReply(sample()), to: peer) }
    for peer in peers.prefix(limits.sample) where position(of: peer) == nil { remember(peer) }
  }

  /// One link in a while is exchanged for a random new one, so that no part of the overlay grows
  /// apart and watchers change.
  mutating func reshuffle() {
    nextReshuffle = now.advanced(by: random.about(limits.reshuffleInterval))
    guard neighbours.count >= limits.wantedLinks, openings.isEmpty,
      members.live > limits.mostLinks * 2
    else { return }
    let spare = neighbours.indices.filter {
      neighbours[$0].watchers > limits.fewestLinks && suspicions[neighbours[$0].peer] == nil
    }
    guard let position = spare.randomElement(using: &random) else { return }
    dismiss(at: position)
    if let peer = candidate() { open(peer, .neighbour(isUrgent: false)) }
  }

  /// Keeps islands from staying islands: looks in on a contact, or on one held dead or
  /// unreachable, the more likely the more of them there are.
  mutating func visit() {
    let lost = members.dead
    let pause = lost > 0 ? limits.lostVisitInterval : limits.visitInterval
    nextVisit = now.advanced(
      by: random.about(min(pause + .milliseconds(100) * members.live, .seconds(3600))))
    if lost > 0, random.chance(max(0.1, Double(lost) / Double(members.live))) {
      var drawn = random
      let peer = members.random(using: &drawn) { _, state in
        state == .dead || state == .unreachable
      }
      random = drawn
      if let peer { return open(peer, .visit) }
    }
    let others = contacts.filter { position(of: $0) == nil }
    if let contact = others.randomElement(using: &random) { open(contact, .visit) }
  }

  /// Tables that differ stay linked, so that what each side learns from the other flows on.
  mutating func visited(_ peer: PeerNumber, agrees: Bool) {
    guard let index = openings.firstIndex(where: { $0.peer == peer }),
      !openings[index].purpose.wantsNeighbour
    else { return }
    openings.remove(at: index)
    if agrees { return actions.append(.close(peer)) }
    openings.append(
      Opening(peer: peer, purpose: .neighbour(isUrgent: true), since: now, isUp: true))
    ask(openings[openings.count - 1])
  }
}
