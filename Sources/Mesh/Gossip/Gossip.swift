package import Primitives

// # Membership by gossip
//
// One value per node. It keeps a bounded random overlay of links (`Neighbour`), watches the nodes
// at their other ends and no others (SWIM with Lifeguard's manners), floods news over those links,
// and mends what the flood missed by comparing.
//
// *Record*: what a node says about itself, signed, numbered. The number doubles as SWIM's
// incarnation: whoever is suspected wrongly signs a new one. So nobody can revive, rename or roll
// back another node; all that an unsigned *claim* can do is to make its victim sign once more.
//
// *Suspicion*: a neighbour whose probes stay unanswered is accused in public. Its other watchers
// probe it at once, say that it is accused, and join in or not. Watchers that accuse count it dead
// when enough others agree and no new record came. Everybody else follows their word, or judges
// after half a minute without any. A node that refuted and still does not answer *me* is
// unreachable, not dead.
//
// *Digest*: the sum of the fingerprints of all live records, carried by probes and answers. While
// sums are equal nothing needs to be said. When they differ for longer than news travels, two nodes
// tell each other their latest changes, and if that does not help they make a full exchange, which
// the shell carries out.
//
// Deviations from HyParView (Leitão 2007): candidates for links come from the table of all nodes
// as well as from the passive list; the passive list holds known nodes only.

package struct Gossip: Sendable {
  package let me: PeerNumber
  let limits: Limits
  let checker: any RecordChecking
  var random: SplitMix

  var members = MemberList()
  /// The active view: at most `mostLinks`.
  var neighbours: [Neighbour] = []
  var passive: [PeerNumber] = []
  var contacts: [PeerNumber] = []
  var openings: [Opening] = []
  var suspicions = Suspicions()
  var indirectAsks: [IndirectAsk] = []
  var pending: [Rumour] = []
  /// Owed to the peer whose message is being read.
  var contradictions: [GossipMessage.Update] = []
  /// Latest changes of the table, a ring.
  var recent: [PeerNumber] = []
  var nextRecent = 0
  /// Dead and departed ones, oldest first.
  var tombstones: [Tombstone] = []
  var firstTombstone = 0
  package internal(set) var coordinate = Coordinate()
  /// How busy this node seems to be with itself (Lifeguard's local health).
  package internal(set) var strain = 0

  var now = Instant(nanoseconds: 0)
  var wall = WallTime(nanoseconds: 0)
  var actions: [GossipAction] = []

  var phase = Phase.idle
  var nextTick = Instant.distantFuture
  var nextFlush: Instant?
  var lastFlush = Instant(nanoseconds: .min)
  var nextShuffle = Instant.distantFuture
  var nextReshuffle = Instant.distantFuture
  var nextVisit = Instant.distantFuture
  var nextJoin = Instant(nanoseconds: .min)
  var lastChange = Instant(nanoseconds: .min)
  var lastCompare = Instant(nanoseconds: .min)
  var lastExchange = Instant(nanoseconds: .min)
  var nextNumber: UInt32 = 1
  var probeOrder: [PeerNumber] = []
  var sweep = 0
  /// Share of probes without answer, smoothed.
  var lossShare = 0.0
  var renewalAsked: UInt64 = 0
  var renewalAt = Instant(nanoseconds: .min)

  /// When it wants to be woken; nil never.
  package private(set) var nextWake: Instant?

  enum Phase: Sendable, Equatable {
    /// Exits: `.start`.
    case idle
    /// Exits: `.leave`.
    case running
    /// Exits: the last farewell is sent.
    case leaving(farewellsLeft: Int, next: Instant)
    case departed
  }

  struct Tombstone: Sendable {
    let peer: PeerNumber
    let since: Instant
  }

  package init(
    me: PeerNumber, checker: any RecordChecking, seed: UInt64, limits: Limits = Limits()
  ) {
    precondition(limits.mostLinks <= 16, "a rumour has sixteen bits for who knows it")
    precondition(limits.confirmations <= 8, "more confirmations than anybody needs")
    self.me = me
    self.limits = limits
    self.checker = checker
    random = SplitMix(seed: seed)
  }

  package mutating func handle(
    _ event: GossipEvent, now: Instant, wall: WallTime
  ) -> [GossipAction] {
    self.now = now
    self.wall = wall
    if phase == .departed { return [] }
    noticeLateness()
    switch event {
    case .start(let own, let contacts, let known): start(own, contacts, known)
    case .wake: break
    case .linkUp(let peer): linkUp(peer)
    case .linkDown(let peer): linkDown(peer)
    case .openFailed(let peer): openFailed(peer)
    case .received(let message, let peer): receive(message, from: peer)
    case .own(let signed): adoptOwn(signed)
    case .reconciled(let records, let peer): reconciled(records, with: peer)
    case .expel(let peer): expel(peer)
    case .leave: leave()
    }
    runTimers()
    planWake()
    defer { actions = [] }
    return actions
  }

  // MARK: - What others ask

  package var liveCount: Int { members.live }
  package var goneCount: Int { members.gone }
  package var digest: UInt64 { members.digest }
  package var neighbourPeers: [PeerNumber] { neighbours.map(\.peer) }
  package func state(of peer: PeerNumber) -> MemberState { members.state(of: peer) }
  package func record(of peer: PeerNumber) -> SignedRecord? { members.record(of: peer) }
  package func everybody() -> [(PeerNumber, SignedRecord, MemberState)] { members.all() }

  // MARK: - Beginning and end

  private mutating func start(
    _ own: SignedRecord, _ contacts: [PeerNumber], _ known: [(PeerNumber, SignedRecord)]
  ) {
    guard phase == .idle else { return }
    phase = .running
    members.reserve(known.count + 1)
    members.set(me, record: own, state: .alive)
    for (peer, signed) in known where peer != me && signed.expires(after: wall) {
      members.set(peer, record: signed, state: signed.record.isLeaving ? .left : .alive)
    }
    self.contacts = contacts.filter { $0 != me }
    nextTick = now.advanced(by: share(of: limits.probeInterval))
    nextShuffle = now.advanced(by: share(of: limits.shuffleInterval))
    nextReshuffle = now.advanced(by: share(of: limits.reshuffleInterval))
    nextVisit = now.advanced(by: share(of: limits.visitInterval))
    noteChange(of: me)
    joinAgain()
  }

  private mutating func leave() {
    guard phase == .running else { return }
    phase = .leaving(farewellsLeft: limits.farewells, next: .distantFuture)
    askToRenew(after: ownSequence, isLeaving: true)
  }

  var ownSequence: UInt64 { members.record(of: me)?.sequence ?? 0 }

  private mutating func adoptOwn(_ signed: SignedRecord) {
    guard signed.sequence > ownSequence else { return }
    members.set(me, record: signed, state: signed.record.isLeaving ? .left : .alive)
    renewalAsked = 0
    noteChange(of: me)
    addRumour(.record(me, signed), knownBy: 0)
    if case .leaving(let left, _) = phase, signed.record.isLeaving {
      phase = .leaving(farewellsLeft: left, next: now)
    }
  }

  mutating func askToRenew(after sequence: UInt64, isLeaving: Bool = false) {
    // Signing may take the shell a moment, and accusations come in bunches.
    if !isLeaving, renewalAsked > sequence, now < renewalAt.advanced(by: .seconds(1)) { return }
    renewalAsked = max(sequence, ownSequence) + 1
    renewalAt = now
    actions.append(
      .renew(after: renewalAsked - 1, lease: lease, isLeaving: isLeaving || phase != .running))
  }

  package var lease: Duration { Self.lease(forLive: members.live, limits) }

  /// Grows with the network, so that renewals cost each node the same in a large one.
  package static func lease(forLive live: Int, _ limits: Limits = Limits()) -> Duration {
    let period = limits.renewalSpacing * max(live, 1)
    return min(max(period * 3, limits.shortestLease), limits.longestLease)
  }

  mutating func share(of duration: Duration) -> Duration {
    .nanoseconds(Int64(Double(duration.nanoseconds) * Double(random.next() >> 11) * 0x1p-53))
  }

  // MARK: - Time

  /// Timers that fire late mean that this node stood still: nobody is to blame for answers that
  /// did not come, and some may be waiting to be read.
  private mutating func noticeLateness() {
    guard let nextWake, now > nextWake.advanced(by: limits.lateness) else { return }
    let late = nextWake.duration(to: now)
    strain = min(limits.strain, strain + (late > .seconds(1) ? 2 : 1))
    for index in neighbours.indices {
      if let deadline = neighbours[index].deadline {
        neighbours[index].deadline = max(deadline, now.advanced(by: limits.attemptSpacing))
      }
    }
    if !suspicions.isEmpty { suspicions.postpone(by: late) }
  }

  private mutating func runTimers() {
    switch phase {
    case .running:
      if let time = nextFlush, time <= now { flush() }
      runProbeTimers()
      if !suspicions.isEmpty { runSuspicionTimers() }
      if nextTick <= now { tick() }
    case .leaving(let left, let next):
      if next <= now { sayFarewell(left: left) }
    case .idle, .departed: break
    }
  }

  private mutating func planWake() {
    switch phase {
    case .running:
      var time = min(nextTick, nextFlush ?? .distantFuture)
      for neighbour in neighbours {
        if let deadline = neighbour.deadline, deadline < time { time = deadline }
      }
      for suspicion in suspicions.all where suspicion.deadline < time { time = suspicion.deadline }
      nextWake = time
    case .leaving(_, let next): nextWake = next == .distantFuture ? nil : next
    case .idle, .departed: nextWake = nil
    }
  }

  private mutating func tick() {
    nextTick = now.advanced(by: random.about(limits.probeInterval) * (4 + strain) / 4)
    probeNext()
    mendOverlay()
    if now >= nextShuffle { shuffle() }
    if now >= nextReshuffle { reshuffle() }
    if now >= nextVisit { visit() }
    sweepTable()
  }
}

extension SignedRecord {
  func expires(after time: WallTime) -> Bool { record.expiresAt > time }
}
