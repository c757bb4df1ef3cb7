package import Primitives

/// One node's part in the zones: which one it is in, what it keeps, for whom it looks.
///
/// A node keeps whatever it was given until three members of the zone where it belongs have
/// confirmed that they have it. So a split, a merge, a leave and a map that is behind are all the
/// same thing: entries that do not belong here any more are compared with members of their zone
/// (`isHandover`) and dropped after the third confirmation. Lookups that meet a zone which has
/// not caught up yet go on to the zone beside it.
package struct ZoneCore: Sendable {
  package struct Limits: Sendable {
    package var planner = ZonePlanner.Limits()
    /// How many members must have an entry before it counts as stored or may be dropped here.
    package var copies = 3
    package var entries = 1 << 20
    /// No entry is kept for longer than that from now.
    package var longestLease = Duration.seconds(30 * 86_400)
    /// Of one message.
    package var entriesPerMessage = 2_048
    package var decisionsPerMessage = 4_096
    /// Members that a put is sent to, and that a search asks beside its own zone's.
    package var fanOut = 32
    package var putTimeout = Duration.seconds(2)
    package var putAttempts = 8
    /// After this a search asks the whole zone; of whom it asked there, the silent once more after
    /// as long again.
    package var findTimeout = Duration.milliseconds(500)
    /// How long the first who was asked may be silent before another one is asked too.
    package var hedge = Duration.milliseconds(200)
    package var compareTimeout = Duration.seconds(3)
    /// Between comparisons within the zone: the first after a difference, the longest.
    package var compareInterval = Duration.seconds(4)
    package var longestInterval = Duration.seconds(32)
    package var mapInterval = Duration.seconds(20)
    /// How long a zone counts as catching up after it changed.
    package var settling = Duration.seconds(20)
    package var handovers = 4
    /// Comparisons that peers have opened here.
    package var sessions = 64
    package var finds = 1_024
    package var puts = 1_024

    package init() {}
  }

  package let own: NodeID
  let limits: Limits
  private let isGenuine: @Sendable (ZoneEntry) -> Bool
  var random: SplitMix
  package internal(set) var map = ZoneMap()
  package internal(set) var roster: ZoneRoster
  package internal(set) var shelf = ZoneShelf()
  package internal(set) var zone = ZonePrefix.root
  var planner: ZonePlanner
  /// Somebody has told of the map, be it that there is nothing to tell.
  var knowsMap = false
  var isLeaving = false
  var hasLeft = false

  var puts: [UInt64: PendingPut] = [:]
  var finds: [UInt64: PendingFind] = [:]
  /// Comparisons this node opened.
  var opened: [UInt64: OpenComparison] = [:]
  /// Those that peers opened.
  var answered: [PeerSession: AnsweredComparison] = [:]
  /// Who has confirmed to have all of a prefix that does not belong here.
  var confirmations: [ZonePrefix: Set<NodeID>] = [:]
  var zoneChangedAt: Instant
  var comparedSinceChange = false
  var nextCompare: Instant
  var compareInterval: Duration
  var nextMapOffer: Instant
  var nextHandover = Instant.distantFuture
  var nextExpiry: Instant
  private var lastRequest: UInt64
  /// Of the map, since the last `save`.
  private var decided: [ZoneWrite] = []

  /// `restored`: what was written before, in any order of different keys and prefixes. `isGenuine`
  /// is for simulations, which look at each signature once for all nodes.
  package init(
    own: NodeID, restored: [ZoneWrite] = [], limits: Limits = Limits(), seed: UInt64, now: Instant,
    isGenuine: @escaping @Sendable (ZoneEntry) -> Bool = { $0.isGenuine }
  ) {
    self.own = own
    self.limits = limits
    self.isGenuine = isGenuine
    random = SplitMix(seed: seed)
    roster = ZoneRoster([own])
    planner = ZonePlanner(limits: limits.planner)
    zoneChangedAt = now
    compareInterval = limits.compareInterval
    nextCompare = now.advanced(by: random.around(.milliseconds(500)))
    nextMapOffer = now.advanced(by: random.around(.milliseconds(300)))
    nextExpiry = now.advanced(by: .seconds(60))
    lastRequest = random.next()
    for write in restored { restore(write) }
    _ = shelf.takeChanges()
    zone = map.zone(of: own.key)
    // The last run's map is behind at worst, and whoever is behind hears so.
    knowsMap = !map.decisions.isEmpty
  }

  private mutating func restore(_ write: ZoneWrite) {
    switch write {
    case .entry(let entry): _ = shelf.put(entry)
    // One that nobody can have made is left out; the others tell the map anew.
    case .decision(let decision): _ = try? map.merge([decision])
    case .dropped(let range): shelf.remove(in: range)
    case .expired(let time): shelf.expire(at: time)
    }
  }

  mutating func request() -> UInt64 {
    lastRequest &+= 1
    return lastRequest
  }

  /// What this node thinks of zones is what others think, as far as it can know.
  var isInformed: Bool { knowsMap || roster.count == 1 }

  /// Other live members of a zone.
  func others(in prefix: ZonePrefix) -> [NodeID] { roster.members(of: prefix).filter { $0 != own } }

  /// It has what its zone has, as far as it can know.
  func isSettled(_ now: Instant) -> Bool {
    if others(in: zone).isEmpty { return roster.count == 1 }
    return comparedSinceChange && zoneChangedAt.advanced(by: limits.settling) <= now
  }

  package mutating func handle(
    _ event: ZoneEvent, now: Instant, wall: WallTime
  ) -> [ZoneAction] {
    var actions: [ZoneAction] = []
    switch event {
    case .membersChanged(let joined, let left): changeMembers(joined, left, now, &actions)
    case .received(let message, let peer):
      do {
        try receive(message, from: peer, now, wall, &actions)
      } catch {
        actions.append(.violated(by: peer, error))
      }
    case .put(let token, let entries): startPut(token, entries, now, &actions)
    case .find(let token, let keys, let limit): startFind(token, keys, limit, now, &actions)
    case .leave:
      isLeaving = true
      nextHandover = now
    case .wake: break
    }
    work(now, wall, &actions)
    let writes = decided + shelf.takeChanges()
    decided = []
    if !writes.isEmpty { actions.insert(.save(writes), at: 0) }
    return actions
  }

  /// When to call with `.wake`.
  package var nextWake: Instant? {
    var next = min(nextCompare, nextMapOffer, nextHandover, nextExpiry)
    if !isLeaving, isInformed, let review = planner.nextReview(map) { next = min(next, review) }
    for put in puts.values { next = min(next, put.deadline) }
    for find in finds.values { next = min(next, find.deadline) }
    for comparison in opened.values { next = min(next, comparison.deadline) }
    return next
  }

  // MARK: What is due

  private mutating func work(_ now: Instant, _ wall: WallTime, _ actions: inout [ZoneAction]) {
    decide(now, &actions)
    let latePuts = puts.filter { $0.value.deadline <= now }.keys.sorted()
    for request in latePuts { retry(request, now, &actions) }
    let lateFinds = finds.filter { $0.value.deadline <= now }.keys.sorted()
    for request in lateFinds { advance(request, now, &actions) }
    for (session, comparison) in opened where comparison.deadline <= now {
      opened[session] = nil
      if comparison.isHandover { nextHandover = min(nextHandover, now) }
    }
    if nextExpiry <= now {
      nextExpiry = now.advanced(by: .seconds(60))
      shelf.expire(at: wall)
      let oldest = now.advanced(by: .zero - limits.compareTimeout * 2)
      answered = answered.filter { $0.value.lastUse > oldest }
    }
    if nextMapOffer <= now {
      let interval = isInformed ? limits.mapInterval : limits.findTimeout
      nextMapOffer = now.advanced(by: random.around(interval))
      if let peer = anyone() {
        actions.append(.send(.mapOffer(fingerprint: map.fingerprint), to: peer))
      }
    }
    if nextCompare <= now { compareWithinZone(now, &actions) }
    if nextHandover <= now { handOver(now, &actions) }
  }

  private mutating func anyone() -> NodeID? {
    guard roster.count > 1 else { return nil }
    while true {
      let node = roster.nodes[Int.random(in: 0..<roster.count, using: &random)]
      if node != own { return node }
    }
  }

  // MARK: Members and map

  private mutating func changeMembers(
    _ joined: [NodeID], _ left: [NodeID], _ now: Instant, _ actions: inout [ZoneAction]
  ) {
    var concernsZone = false
    for node in joined where roster.insert(node) && zone.contains(node.key) {
      concernsZone = true
    }
    for node in left where node != own {
      guard roster.remove(node) else { continue }
      concernsZone = concernsZone || zone.contains(node.key)
      for prefix in confirmations.keys { confirmations[prefix]?.remove(node) }
      for (session, comparison) in opened where comparison.peer == node {
        opened[session] = nil
      }
    }
    if concernsZone {
      compareInterval = limits.compareInterval
      nextCompare = min(nextCompare, now.advanced(by: random.around(compareInterval)))
    }
    // A newcomer hears of the map from somebody, and does not guess it from who is there.
    if roster.count == joined.count + 1 { nextMapOffer = now }
    if hasGuests { nextHandover = min(nextHandover, now) }
  }

  private mutating func decide(_ now: Instant, _ actions: inout [ZoneAction]) {
    guard !isLeaving, isInformed else { return }
    let decisions = planner.review(map, roster, own: own, now: now)
    if decisions.isEmpty { return }
    do { try adopt(decisions, now, &actions) } catch {
      fatalError("a decision of one's own is refused: \(error)")
    }
  }

  mutating func adopt(
    _ decisions: [ZoneMap.Decision], _ now: Instant, _ actions: inout [ZoneAction]
  ) throws(NetworkError) {
    let news = try map.merge(decisions)
    if news.isEmpty { return }
    decided += news.map { .decision($0) }
    // Each passes news on to three, which reaches all with near certainty; offers reach the rest.
    for _ in 0..<3 {
      if let peer = anyone() { actions.append(.send(.decisions(news), to: peer)) }
    }
    confirmations = [:]
    let newZone = map.zone(of: own.key)
    if newZone != zone {
      zone = newZone
      zoneChangedAt = now
      comparedSinceChange = false
      compareInterval = limits.compareInterval
      nextCompare = min(nextCompare, now.advanced(by: random.around(.milliseconds(500))))
      actions.append(.zoneChanged(zone))
    }
    if hasGuests { nextHandover = min(nextHandover, now.advanced(by: random.around(.seconds(1)))) }
  }

  // MARK: Messages

  private mutating func receive(
    _ message: ZoneMessage, from peer: NodeID, _ now: Instant, _ wall: WallTime,
    _ actions: inout [ZoneAction]
  ) throws(NetworkError) {
    switch message {
    case .mapOffer(let fingerprint):
      // A newcomer's map is empty: it waits to hear whether all maps are.
      guard fingerprint != map.fingerprint || map.decisions.isEmpty else { return }
      actions.append(.send(.decisions(map.decisions), to: peer))
    case .decisions(let decisions):
      guard decisions.count <= limits.decisionsPerMessage else {
        throw NetworkError(.violation, "a map of zones has \(decisions.count) decisions")
      }
      knowsMap = true
      try adopt(decisions, now, &actions)
      // The offer may have met a map that is behind: then it gets what it lacks.
      if decisions.contains(where: { map.number(of: $0.prefix) > $0.number }) {
        actions.append(.send(.decisions(map.decisions), to: peer))
      }
    case .put(let request, let entries):
      // Without an answer it is sent to somebody else.
      guard shelf.count + entries.count <= limits.entries, !hasLeft else { return }
      try keep(entries, now, wall)
      actions.append(.send(.stored(request: request), to: peer))
    case .stored(let request): confirmPut(request, peer, &actions)
    case .find(let request, let keys, let limit):
      let entries = shelf.entries(in: keys, limit: min(limit, limits.entriesPerMessage))
      actions.append(
        .send(
          .found(request: request, entries: entries, isSettled: isSettled(now)), to: peer))
    case .found(let request, let entries, let isSettled):
      try check(entries)
      take(request, entries, isSettled, from: peer, now, &actions)
    case .compare(let comparison): try answer(comparison, peer, now, wall, &actions)
    case .compared(let comparison): try proceed(comparison, peer, now, wall, &actions)
    }
  }

  func check(_ entries: [ZoneEntry]) throws(NetworkError) {
    guard entries.count <= limits.entriesPerMessage else {
      throw NetworkError(
        .violation,
        "a message has \(entries.count) index entries; at most "
          + "\(limits.entriesPerMessage) are taken")
    }
    for entry in entries { try entry.check() }
  }

  /// Returns how many were new here. Throws at one that its publisher did not sign: no honest
  /// node has such a one to pass on.
  @discardableResult
  mutating func keep(
    _ entries: [ZoneEntry], _ now: Instant, _ wall: WallTime
  ) throws(NetworkError) -> Int {
    try check(entries)
    var count = 0
    let lastEnd = wall.advanced(by: limits.longestLease)
    for entry in entries
    where entry.expiresAt > wall && entry.expiresAt <= lastEnd && shelf.count < limits.entries {
      // What is known already was looked at when it came.
      guard shelf.news(entry) != nil else { continue }
      guard isGenuine(entry) else {
        throw NetworkError(.violation, "an index entry is not signed by the node it belongs to")
      }
      guard shelf.put(entry) else { continue }
      count += 1
      if isLeaving || !zone.contains(entry.key) {
        confirmations[map.zone(of: entry.key)] = nil
        // What runs already compares what was here before.
        for (session, comparison) in opened where comparison.prefix.contains(entry.key) {
          opened[session]?.isStale = true
        }
        nextHandover = min(nextHandover, now.advanced(by: random.around(.seconds(1))))
      }
    }
    return count
  }
}
