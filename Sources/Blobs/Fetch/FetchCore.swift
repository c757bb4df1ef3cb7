package import Primitives

// # Fetching from many
//
// A fetch is a number of *pieces* (chunks that are not here yet) and the *sources* that have some
// or all of them. Each source is asked ahead for as much as it sends in a moment, the rarest
// pieces first. When none is left to ask for, a source with nothing to do takes over what a
// slower one would bring later; a piece that is on its way already is then asked for twice, and
// whoever brings it first is believed. So the end takes no longer than the fast sources need.
//
// A source that sends a wrong piece is dropped, one that says nothing for long gives its pieces
// back, and is dropped when that happens again and again.
//
// open --ask--> asked --verified--> done
//   ^------left, silent, refused--'

/// Which source brings which piece.
package struct FetchCore: Sendable {
  package struct Limits: Sendable {
    /// Bytes that a source is asked for ahead: what it sends in `ahead`, within these.
    package var ahead = Duration.milliseconds(500)
    package var smallestWindow = 2 << 20
    package var largestWindow = 64 << 20
    /// Without a byte for so long, a source gives its pieces back.
    package var patience = Duration.seconds(10)
    /// So often in a row, and it is dropped.
    package var silences = 3
    package var sources = 64
    /// Sources that are asked for one piece at once.
    package var askers = 2
    /// How often idle sources look whether they can help.
    package var lookout = Duration.milliseconds(200)
    /// The shortest time that tells a rate.
    package var measured = Duration.milliseconds(100)
    /// Pieces that a source says it has and then has not, before it is dropped.
    package var refusals = 16
    package init() {}
  }

  package typealias Source = Int

  enum Piece: Sendable, Equatable {
    /// Whoever has it may be asked.
    case open
    /// Who was asked.
    case asked([Source])
    case done
  }

  struct Peer: Sendable {
    /// Nil: everything.
    var has: [Bool]?
    /// In the order in which it was asked.
    var queue: [Int] = []
    var queued = 0
    /// Bytes of the first piece that have come.
    var arrived = 0
    var rate: Double?
    /// Bytes since then; nil while nothing is on its way.
    var sample: (bytes: Int, since: Instant)?
    var heardAt: Instant
    var silences = 0
    var refusals = 0
    /// Where it goes on looking for open pieces.
    var cursor = 0
  }

  let lengths: [Int]
  let limits: Limits
  var pieces: [Piece]
  var peers: [Source: Peer] = [:]
  /// All that was open when rarity was last worked out, the rarest first.
  var order: [Int] = []
  private(set) var remaining: Int
  private var isStarved = false
  private var lookedAt: Instant?

  /// `lengths` in bytes, none of them zero.
  package init(lengths: [Int], limits: Limits = Limits()) {
    precondition(lengths.allSatisfy { $0 > 0 }, "a piece of no length")
    self.lengths = lengths
    self.limits = limits
    pieces = Array(repeating: .open, count: lengths.count)
    remaining = lengths.count
    order = Array(lengths.indices)
  }

  package var isDone: Bool { remaining == 0 }

  /// Of one piece.
  package func isDone(_ piece: Int) -> Bool { pieces[piece] == .done }

  /// Bytes a second, as measured.
  package func rate(of source: Source) -> Double? { peers[source]?.rate }

  /// It has not all, and nothing that is still wanted.
  package func isSpent(_ source: Source) -> Bool {
    peers[source].map { $0.has != nil && $0.queue.isEmpty } ?? false
  }

  // MARK: - Events

  package mutating func handle(_ event: FetchEvent, now: Instant) -> [FetchAction] {
    if isDone { return [] }
    lookedAt = now
    var actions: [FetchAction] = []
    switch event {
    case .joined(let source, let has): join(source, has, now, &actions)
    case .left(let source): remove(source)
    case .received(let source, let bytes): progress(source, bytes, now)
    case .verified(let source, let piece): finish(piece, by: source, now, &actions)
    case .wrong(let source, let piece):
      remove(source)
      actions.append(.drop(source, .wrong(piece: piece)))
    case .refused(let source, let piece): refuse(source, piece, &actions)
    case .wake: endSilences(now, &actions)
    }
    if isDone {
      actions.append(.finished)
    } else {
      ask(now, &actions)
    }
    return actions
  }

  /// When `.wake` is due.
  package var nextWake: Instant? {
    if isDone { return nil }
    var due: Instant?
    var someIdle = false
    for peer in peers.values {
      if peer.queue.isEmpty {
        someIdle = true
      } else {
        let silent = peer.heardAt.advanced(by: limits.patience)
        due = min(due ?? silent, silent)
      }
    }
    guard let due, someIdle, let lookedAt else { return due }
    return min(due, lookedAt.advanced(by: limits.lookout))
  }

  private mutating func join(
    _ source: Source, _ has: [Bool]?, _ now: Instant, _ actions: inout [FetchAction]
  ) {
    guard peers[source] == nil, peers.count < limits.sources,
      has?.count ?? lengths.count == lengths.count
    else { return actions.append(.drop(source, .notNeeded)) }
    peers[source] = Peer(has: has, heardAt: now)
    isStarved = false
    reorder()
  }

  /// What it was asked for is open again.
  mutating func remove(_ source: Source) {
    guard let peer = peers.removeValue(forKey: source) else { return }
    for piece in peer.queue { release(piece, from: source) }
    reorder()
  }

  private mutating func release(_ piece: Int, from source: Source) {
    guard case .asked(let askers) = pieces[piece] else { return }
    let others = askers.filter { $0 != source }
    pieces[piece] = others.isEmpty ? .open : .asked(others)
  }

  private mutating func progress(_ source: Source, _ bytes: Int, _ now: Instant) {
    guard var peer = peers[source] else { return }
    peer.arrived += bytes
    peer.heardAt = now
    peer.silences = 0
    if let sample = peer.sample {
      let span = sample.since.duration(to: now)
      if span >= limits.measured {
        let measured = Double(sample.bytes + bytes) / (Double(span.nanoseconds) / 1e9)
        peer.rate = peer.rate.map { $0 * 0.7 + measured * 0.3 } ?? measured
        peer.sample = (0, now)
      } else {
        peer.sample = (sample.bytes + bytes, sample.since)
      }
    }
    peers[source] = peer
  }

  private mutating func finish(
    _ piece: Int, by source: Source, _ now: Instant, _ actions: inout [FetchAction]
  ) {
    guard pieces.indices.contains(piece), pieces[piece] != .done else { return }
    if case .asked(let askers) = pieces[piece] {
      for asker in askers {
        unqueue(piece, from: asker)
        if asker != source { actions.append(.withdraw(asker, [piece])) }
      }
    }
    peers[source]?.heardAt = now
    pieces[piece] = .done
    remaining -= 1
  }

  mutating func unqueue(_ piece: Int, from source: Source) {
    guard var peer = peers[source], let place = peer.queue.firstIndex(of: piece) else { return }
    peer.queue.remove(at: place)
    peer.queued -= lengths[piece]
    if place == 0 { peer.arrived = 0 }
    if peer.queue.isEmpty { peer.sample = nil }
    peers[source] = peer
  }

  private mutating func refuse(
    _ source: Source, _ piece: Int, _ actions: inout [FetchAction]
  ) {
    guard pieces.indices.contains(piece), let refusals = peers[source]?.refusals else { return }
    if refusals >= limits.refusals {
      remove(source)
      return actions.append(.drop(source, .notNeeded))
    }
    unqueue(piece, from: source)
    release(piece, from: source)
    var has = peers[source]?.has ?? Array(repeating: true, count: lengths.count)
    has[piece] = false
    peers[source]?.has = has
    peers[source]?.refusals += 1
    reorder()
  }

  private mutating func endSilences(_ now: Instant, _ actions: inout [FetchAction]) {
    for source in peers.keys.sorted() {
      guard var peer = peers[source], !peer.queue.isEmpty,
        peer.heardAt.duration(to: now) >= limits.patience
      else { continue }
      let queue = peer.queue
      peer.silences += 1
      if peer.silences >= limits.silences {
        remove(source)
        actions.append(.drop(source, .silent))
        continue
      }
      (peer.queue, peer.queued, peer.arrived, peer.rate, peer.sample) = ([], 0, 0, 0, nil)
      peer.heardAt = now
      peers[source] = peer
      for piece in queue { release(piece, from: source) }
      actions.append(.withdraw(source, queue))
      reorder()
    }
  }

  // MARK: - Asking

  /// Rarest first; pieces as rare as each other in order, for the disk's sake.
  private mutating func reorder() {
    var counts = [Int](repeating: 0, count: lengths.count)
    var whole = 0
    for peer in peers.values {
      guard let has = peer.has else {
        whole += 1
        continue
      }
      for piece in has.indices where has[piece] { counts[piece] += 1 }
    }
    var byRarity = [[Int]](repeating: [], count: peers.count + 1)
    for piece in pieces.indices where pieces[piece] == .open {
      byRarity[counts[piece] + whole].append(piece)
    }
    order = Array(byRarity.joined())
    for source in peers.keys { peers[source]?.cursor = 0 }
  }

  private mutating func ask(_ now: Instant, _ actions: inout [FetchAction]) {
    // The fastest choose first: what is left for the others is little at the end.
    let sources = peers.keys.sorted {
      (-(peers[$0]?.rate ?? 0), $0) < (-(peers[$1]?.rate ?? 0), $1)
    }
    for source in sources {
      guard var peer = peers[source] else { continue }
      let wasIdle = peer.queue.isEmpty
      var asked: [Int] = []
      while peer.queued < window(peer), let piece = nextOpen(&peer) {
        pieces[piece] = .asked([source])
        peer.queue.append(piece)
        peer.queued += lengths[piece]
        asked.append(piece)
      }
      if wasIdle, !asked.isEmpty {
        peer.heardAt = now
        peer.sample = (0, now)
      }
      peers[source] = peer
      if !asked.isEmpty { actions.append(.ask(source, asked)) }
      if peer.queue.isEmpty { help(source, now, &actions) }
    }
    let nothingComes = peers.values.allSatisfy { $0.queue.isEmpty }
    if nothingComes && !isStarved {
      isStarved = true
      actions.append(.starved(pieces: pieces.count { $0 != .done }))
    } else if !nothingComes {
      isStarved = false
    }
  }

  private func window(_ peer: Peer) -> Int {
    guard let rate = peer.rate else { return limits.smallestWindow }
    let ahead = rate * Double(limits.ahead.nanoseconds) / 1e9
    return min(max(Int(ahead), limits.smallestWindow), limits.largestWindow)
  }

  private func nextOpen(_ peer: inout Peer) -> Int? {
    while peer.cursor < order.count {
      let piece = order[peer.cursor]
      peer.cursor += 1
      if pieces[piece] == .open, peer.has?[piece] ?? true { return piece }
    }
    return nil
  }
}
