import Mesh
import Primitives
import Security
import Simulation

/// Nodes with zone cores, a network that loses messages, and detectors that are late.
struct ZoneWorld {
  enum Happening {
    case message(ZoneMessage, from: Int, to: Int)
    case wake(Int, at: Instant)
    case notice(Int, joined: [NodeID], left: [NodeID])
  }

  struct Node {
    var id: NodeID
    var core: ZoneCore?
    var wake = Instant.distantFuture
    var group = 0
    var since = Instant(nanoseconds: 0)
    var disk = ZoneDisk()
  }

  var queue = EventQueue<Happening>()
  var random: SeededRandom
  var nodes: [Node] = []
  var index: [NodeID: Int] = [:]
  var live: [Int] = []
  var loss = 0.02
  var isDivided = false
  /// What was reported as stored, with the version that stands.
  var stored: [Bytes32: ZoneEntry] = [:]
  var pending: [UInt64: [ZoneEntry]] = [:]
  var searches: [UInt64: ZoneEntry] = [:]
  var leaving: Set<Int> = []
  var nextToken: UInt64 = 1
  var messages = 0
  var bytes = 0
  var events = 0
  var found = 0
  var missed = 0
  var beyond = 0
  var contacts = 0
  var failedPuts = 0
  /// Taken over from the runner while the story lasts.
  var journal = Journal()

  /// Of all entries.
  let publisher: SigningKey
  private let witness = EntryWitness()

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    publisher = try SigningKey(seed: SecretBytes([UInt8](repeating: 1, count: 32)))
  }

  var now: Instant { queue.now }
  var wall: WallTime { WallTime(nanoseconds: 1_790_000_000_000_000_000 + now.nanoseconds) }

  mutating func seconds(_ range: ClosedRange<Double>) -> Duration {
    .nanoseconds(Int64(Double.random(in: range, using: &random) * 1e9))
  }

  // MARK: Nodes

  private mutating func core(_ id: NodeID) -> ZoneCore {
    ZoneCore(
      own: id, seed: random.next(), now: now, isGenuine: { [witness] in witness.isGenuine($0) })
  }

  mutating func join() {
    let id = NodeID(Bytes32(words: (random.next(), random.next(), random.next(), random.next())))
    let number = nodes.count
    nodes.append(Node(id: id, core: core(id), since: now))
    index[id] = number
    let others = live.filter { nodes[$0].group == 0 }
    queue.add(.notice(number, joined: others.map { nodes[$0].id }, left: []), at: now)
    for other in others {
      queue.add(.notice(other, joined: [id], left: []), after: seconds(0.1...2))
    }
    live.append(number)
    schedule(number)
  }

  mutating func crash(_ number: Int) { remove(number, noticedAfter: 3...8) }

  mutating func leave(_ number: Int) {
    leaving.insert(number)
    handle(number, .leave)
  }

  /// Everybody is killed at once and comes back with its disk and the members it knew.
  mutating func restartAll() {
    pending = [:]
    searches = [:]
    queue = EventQueue(at: now)
    for number in live {
      nodes[number].core = ZoneCore(
        own: nodes[number].id, restored: nodes[number].disk.content, seed: random.next(), now: now,
        isGenuine: { [witness] in witness.isGenuine($0) })
      nodes[number].wake = .distantFuture
      let others = live.filter { $0 != number }.map { nodes[$0].id }
      queue.add(.notice(number, joined: others, left: []), after: seconds(0...1))
      schedule(number)
    }
  }

  private mutating func remove(_ number: Int, noticedAfter delay: ClosedRange<Double>) {
    nodes[number].core = nil
    live.removeAll { $0 == number }
    leaving.remove(number)
    for other in live {
      let notice = Happening.notice(other, joined: [], left: [nodes[number].id])
      queue.add(notice, after: seconds(delay))
    }
  }

  /// The first `count` live nodes lose sight of the others.
  mutating func divide(_ count: Int) {
    isDivided = true
    for (place, number) in live.enumerated() { nodes[number].group = place < count ? 1 : 0 }
    noticeGroups(joined: false, delay: 4...8)
  }

  mutating func heal() {
    isDivided = false
    noticeGroups(joined: true, delay: 0.5...3)
    for number in live { nodes[number].group = 0 }
  }

  private mutating func noticeGroups(joined: Bool, delay: ClosedRange<Double>) {
    for number in live {
      let others = live.filter { nodes[$0].group != nodes[number].group }.map { nodes[$0].id }
      queue.add(
        .notice(number, joined: joined ? others : [], left: joined ? [] : others),
        after: seconds(delay))
    }
  }

  // MARK: Work

  mutating func put(_ entry: ZoneEntry, at number: Int) {
    nextToken += 1
    pending[nextToken] = [entry]
    handle(number, .put(token: nextToken, [entry]))
  }

  mutating func find(_ entry: ZoneEntry, at number: Int) {
    nextToken += 1
    searches[nextToken] = entry
    let next = Bytes32(words: (entry.key.words.0, entry.key.words.1, entry.key.words.2 + 1, 0))
    let keys = KeyRange(lower: entry.key.atTerm, upper: next)
    handle(number, .find(token: nextToken, keys, limit: 10))
  }

  mutating func run(for duration: Duration) throws {
    let end = now.advanced(by: duration)
    while let happening = queue.next(until: end) {
      events += 1
      record(happening)
      switch happening {
      case .message(let message, let from, let to):
        if isDivided, nodes[from].group != nodes[to].group { continue }
        handle(to, .received(message, from: nodes[from].id))
      case .wake(let number, let time):
        if nodes[number].wake == time { handle(number, .wake) }
      case .notice(let number, let joined, let left):
        // A detector does not report who is there again.
        let gone = left.filter { id in index[id].map { !live.contains($0) || isDivided } ?? true }
        let there = joined.filter { id in index[id].map { live.contains($0) } ?? false }
        handle(number, .membersChanged(joined: there, left: gone))
      }
    }
    if let broken { throw broken }
  }

  private mutating func record(_ happening: Happening) {
    switch happening {
    case .message(let message, let from, let to):
      journal.record(
        at: now, 1, to, from << 32 | message.roughSize, text: "\(from) to \(to): \(message.name)")
    case .wake(let number, let time):
      guard nodes[number].wake == time else { return }
      journal.record(at: now, 2, number, text: "\(number) wakes")
    case .notice(let number, let joined, let left):
      journal.record(
        at: now, 3, number, joined.count << 32 | left.count,
        text: "\(number) hears that \(joined.count) joined and \(left.count) left")
    }
  }

  var broken: BrokenPromise?

  private mutating func handle(_ number: Int, _ event: ZoneEvent) {
    guard var core = nodes[number].core else { return }
    nodes[number].core = nil
    let actions = core.handle(event, now: now, wall: wall)
    nodes[number].core = core
    for action in actions { perform(action, number) }
    schedule(number)
  }

  private mutating func schedule(_ number: Int) {
    guard let wake = nodes[number].core?.nextWake else { return }
    let time = max(wake, now)
    guard nodes[number].wake <= now || time < nodes[number].wake else { return }
    nodes[number].wake = time
    queue.add(.wake(number, at: time), at: time)
  }

  private mutating func perform(_ action: ZoneAction, _ number: Int) {
    switch action {
    case .save(let writes): nodes[number].disk.apply(writes)
    case .send(let message, let peer):
      messages += 1
      bytes += message.roughSize
      guard let to = index[peer], !random.chance(loss) else { return }
      queue.add(.message(message, from: number, to: to), after: seconds(0.005...0.06))
    case .stored(let token):
      for entry in pending.removeValue(forKey: token) ?? [] {
        if let old = stored[entry.key], old.version > entry.version { continue }
        stored[entry.key] = entry
      }
    case .failed(let token, _):
      pending[token] = nil
      failedPuts += 1
    case .found(let token, let entries, let asked, let wentBeyond):
      guard let entry = searches.removeValue(forKey: token) else { return }
      contacts += asked
      beyond += wentBeyond ? 1 : 0
      if entries.contains(where: { $0.key == entry.key && $0.version >= entry.version }) {
        found += 1
      } else {
        missed += 1
      }
    case .left: if leaving.contains(number) { remove(number, noticedAfter: 0.1...1) }
    case .violated(let peer, let error):
      broken = BrokenPromise("\(nodes[number].id.short) blames \(peer.short): \(error)")
    case .zoneChanged: break
    }
  }
}

extension Bytes32 {
  /// The first key of its term.
  var atTerm: Bytes32 { Bytes32(words: (words.0, words.1, words.2, 0)) }
}

extension ZoneMessage {
  fileprivate var name: String {
    switch self {
    case .mapOffer: "map offer"
    case .decisions(let decisions): "\(decisions.count) decisions"
    case .put(_, let entries): "put of \(entries.count)"
    case .stored: "stored"
    case .find: "find"
    case .found(_, let entries, _): "\(entries.count) found"
    case .compare(let turn): "comparison \(turn.prefix), turn \(turn.number)"
    case .compared(let turn): "answer about \(turn.prefix), turn \(turn.number)"
    }
  }
}
