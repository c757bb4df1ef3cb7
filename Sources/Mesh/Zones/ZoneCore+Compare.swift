import Primitives

extension ZoneCore {
  /// A comparison that this node opened.
  struct OpenComparison: Sendable {
    var peer: NodeID
    var prefix: ZonePrefix
    var isHandover: Bool
    var reconciler: Reconciler
    var number: UInt32 = 0
    var hasChanged = false
    /// More has come that the peer may lack.
    var isStale = false
    var deadline: Instant
  }

  struct PeerSession: Hashable, Sendable {
    var peer: NodeID
    var session: UInt64
  }

  /// One that a peer opened.
  struct AnsweredComparison: Sendable {
    var reconciler: Reconciler
    var number: UInt32 = 0
    var isOver = false
    var lastUse: Instant
  }

  /// Frames of 8 KiB want at most 512 entries, which come on top of the batch.
  static var reconcilerLimits: Reconciler.Limits {
    var limits = Reconciler.Limits()
    limits.frameBytes = 8_192
    limits.items = 512
    limits.compared = 512
    return limits
  }

  // MARK: Opening

  mutating func compareWithinZone(_ now: Instant, _ actions: inout [ZoneAction]) {
    nextCompare = now.advanced(by: random.around(compareInterval))
    compareInterval = min(compareInterval * 2, limits.longestInterval)
    guard !isLeaving, !opened.values.contains(where: { !$0.isHandover }),
      let peer = others(in: zone).randomElement(using: &random)
    else { return }
    open(zone, with: peer, isHandover: false, now, &actions)
  }

  private mutating func open(
    _ prefix: ZonePrefix, with peer: NodeID, isHandover: Bool, _ now: Instant,
    _ actions: inout [ZoneAction]
  ) {
    var reconciler = Reconciler(shelf.items, in: prefix.keys, limits: Self.reconcilerLimits)
    let message = reconciler.begin()
    let session = request()
    opened[session] = OpenComparison(
      peer: peer, prefix: prefix, isHandover: isHandover, reconciler: reconciler,
      deadline: now.advanced(by: limits.compareTimeout))
    let turn = ZoneMessage.Comparison(
      session: session, number: 0, prefix: prefix, isHandover: isHandover, message: message,
      entries: [])
    actions.append(.send(.compare(turn), to: peer))
  }

  // MARK: Handing over

  /// Entries are here that belong elsewhere.
  var hasGuests: Bool {
    if isLeaving { return shelf.count > 0 }
    return shelf.items.ranks(in: zone.keys).count != shelf.count
  }

  /// The zones whose entries are here and should not be.
  private var guestZones: [ZonePrefix] {
    var zones: [ZonePrefix] = []
    var rank = 0
    while rank < shelf.count {
      let prefix = map.zone(of: shelf.items.item(at: rank).key)
      rank = shelf.items.ranks(in: prefix.keys).upperBound
      if prefix != zone || isLeaving { zones.append(prefix) }
    }
    return zones
  }

  mutating func handOver(_ now: Instant, _ actions: inout [ZoneAction]) {
    nextHandover = .distantFuture
    var isWaiting = false
    for prefix in guestZones {
      let members = others(in: prefix)
      let confirmed = confirmations[prefix] ?? []
      if confirmed.count >= min(limits.copies, roster.count - 1), !confirmed.isEmpty {
        shelf.remove(in: prefix.keys)
        confirmations[prefix] = nil
        continue
      }
      isWaiting = true
      let running = opened.values.filter { $0.isHandover && $0.prefix == prefix }.map(\.peer)
      let free = members.filter { !confirmed.contains($0) && !running.contains($0) }
      let wanted = min(limits.copies - confirmed.count - running.count, free.count)
      for peer in free.shuffled(using: &random).prefix(max(0, wanted))
      where opened.count < limits.handovers {
        open(prefix, with: peer, isHandover: true, now, &actions)
      }
    }
    if isWaiting { nextHandover = now.advanced(by: random.around(limits.compareTimeout)) }
    if isLeaving, !hasLeft, shelf.count == 0 || roster.count == 1 {
      hasLeft = true
      actions.append(.left)
    }
  }

  // MARK: Turns

  mutating func answer(
    _ turn: ZoneMessage.Comparison, _ peer: NodeID, _ now: Instant, _ wall: WallTime,
    _ actions: inout [ZoneAction]
  ) throws(NetworkError) {
    // Whoever is about to go confirms nothing.
    guard !isLeaving else { return }
    let session = PeerSession(peer: peer, session: turn.session)
    if turn.number == 0, answered[session] == nil {
      if answered.count >= limits.sessions { forgetOldest() }
      answered[session] = AnsweredComparison(
        reconciler: Reconciler(shelf.items, in: turn.prefix.keys, limits: Self.reconcilerLimits),
        lastUse: now)
    }
    guard var comparison = answered[session], comparison.number == turn.number,
      !comparison.isOver
    else { return }
    comparison.number += 1
    comparison.lastUse = now
    try keep(turn.entries, now, wall)
    var reply = turn
    reply.message = []
    reply.entries = []
    if !turn.message.isEmpty {
      let step = try comparison.reconciler.receive(turn.message)
      reply.message = step.reply ?? []
      if !turn.isHandover { reply.entries = current(step.toSend) }
    }
    comparison.isOver = turn.message.isEmpty && turn.entries.isEmpty
    answered[session] = comparison
    actions.append(.send(.compared(reply), to: peer))
  }

  mutating func proceed(
    _ turn: ZoneMessage.Comparison, _ peer: NodeID, _ now: Instant, _ wall: WallTime,
    _ actions: inout [ZoneAction]
  ) throws(NetworkError) {
    guard var comparison = opened[turn.session], comparison.peer == peer,
      comparison.number == turn.number
    else { return }
    let count = try keep(turn.entries, now, wall)
    var next = turn
    next.message = []
    next.entries = []
    comparison.hasChanged = comparison.hasChanged || count > 0
    if !turn.message.isEmpty {
      let step = try comparison.reconciler.receive(turn.message)
      next.message = step.reply ?? []
      next.entries = current(step.toSend)
      comparison.hasChanged = comparison.hasChanged || !step.toSend.isEmpty
    }
    guard !next.message.isEmpty || !next.entries.isEmpty else {
      opened[turn.session] = nil
      finish(comparison, now)
      return
    }
    comparison.number += 1
    next.number = comparison.number
    comparison.deadline = now.advanced(by: limits.compareTimeout)
    opened[turn.session] = comparison
    actions.append(.send(.compare(next), to: peer))
  }

  private mutating func finish(_ comparison: OpenComparison, _ now: Instant) {
    if comparison.isHandover {
      // It has what was here when the comparison began; what came since takes another one.
      if !comparison.isStale, comparison.prefix.contains(comparison.peer.key) {
        confirmations[comparison.prefix, default: []].insert(comparison.peer)
      }
      nextHandover = min(nextHandover, now)
      return
    }
    if comparison.prefix == zone { comparedSinceChange = true }
    if comparison.hasChanged {
      compareInterval = limits.compareInterval
      nextCompare = min(nextCompare, now.advanced(by: random.around(compareInterval)))
    }
  }

  private func current(_ items: [ReconciliationItem]) -> [ZoneEntry] {
    items.compactMap { shelf.entries[$0.key] }
  }

  private mutating func forgetOldest() {
    if let oldest = answered.min(by: {
      ($0.value.lastUse, $0.key.session) < ($1.value.lastUse, $1.key.session)
    }) {
      answered[oldest.key] = nil
    }
  }
}
