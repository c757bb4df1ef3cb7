import Blobs
import Mesh
import Primitives
import Security
import Simulation

/// Nodes with the cores of the index and of placement, links of 10 to 50 ms, and detectors that
/// are seconds late.
struct FileWorld {
  enum Happening {
    case zone(ZoneMessage, from: Int, to: Int, sentAt: Instant)
    case placement(PlacementMessage, from: Int, to: Int, sentAt: Instant)
    case wakeZone(Int, at: Instant)
    case wakePlacement(Int, at: Instant)
    case fetched(Int, ShareKey, version: UInt64, BlobID)
    /// Hears who came and who went.
    case notice(Int)
    case crash
    case comeBack(Int)
    case sample
  }

  struct Node {
    let key: SigningKey
    var zones: ZoneCore?
    var placement: PlacementCore?
    var zoneWake = Instant.distantFuture
    var placementWake = Instant.distantFuture
    var upSince = Instant(nanoseconds: 0)
    /// How late it hears of things.
    var lag = Duration.zero
    /// How many changes it has heard of.
    var heard = 0
    var zoneDisk = ZoneDisk()
    var shelf: [ShareKey: ShelvedShare] = [:]
    var blobs: Set<BlobID> = []

    var id: NodeID { key.id }
    var isUp: Bool { zones != nil }
  }

  struct Change {
    var at: Instant
    var node: Int
    var isThere: Bool
  }

  /// A search under way.
  struct Search {
    var finder: ShareFinder
    var asker: Int
    var wanted: Set<ShareKey>
    var startedAt: Instant
    var firstHit: Duration?
    var ranges = 0
    var answers: [ShareFinder.Answer?] = []
    var tokens: [UInt64: Int] = [:]
    var found: Set<ShareKey> = []
    var zoneNodes = 1
    var isRetry = false
  }

  var queue = EventQueue<Happening>()
  var random: SeededRandom
  var journal = Journal()
  var nodes: [Node] = []
  var index: [NodeID: Int] = [:]
  var live: [Int] = []
  var changes: [Change] = []
  var placementLimits = PlacementLimits()
  var lease = Duration.seconds(86_400)
  /// Of what is published; withdrawn ones are none.
  var shares: [ShareKey: SignedShare] = [:]
  var searches: [Int: Search] = [:]
  var searchOfToken: [UInt64: Int] = [:]
  var done: [Search] = []
  var nextSearch = 0
  var nextToken: UInt64 = 1
  /// Shares or holders' lines on their way into the index.
  private var puts: [UInt64: (node: Int, key: ShareKey, isHold: Bool, until: WallTime)] = [:]
  var zoneBytes = 0, placementBytes = 0, placementMessages = 0, searchMessages = 0
  var fetches = 0, drops = 0
  var isSearching = false
  /// Whether copies are made; without, nodes know only of themselves what they could store.
  var isPlacing = true
  var broken: BrokenPromise?
  private let witness = EntryWitness()

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  var now: Instant { queue.now }
  var wall: WallTime { WallTime(nanoseconds: 1_790_000_000_000_000_000 + now.nanoseconds) }

  mutating func seconds(_ range: ClosedRange<Double>) -> Duration {
    .nanoseconds(Int64(Double.random(in: range, using: &random) * 1e9))
  }

  /// The same both ways and all the time.
  func latency(_ left: Int, _ right: Int) -> Duration {
    let pair = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
    let drawn = SplitMix.number(at: 0, seed: pair)
    return .microseconds(10_000 + Int64(drawn % 40_000))
  }

  // MARK: - Nodes

  @discardableResult
  mutating func make() throws -> Int {
    let seed = SecretBytes((0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    let number = nodes.count
    var node = Node(key: try SigningKey(seed: seed))
    node.lag = seconds(1...4)
    nodes.append(node)
    index[node.id] = number
    return number
  }

  /// All at once, with the zones that so many nodes come to.
  mutating func startAll(_ count: Int) throws {
    for _ in 0..<count { try make() }
    live = Array(0..<count)
    let decisions = Self.decisions(nodes.map(\.id))
    for number in live {
      for decision in decisions { nodes[number].zoneDisk.apply([.decision(decision)]) }
      start(number)
    }
  }

  private static func decisions(_ ids: [NodeID]) -> [ZoneMap.Decision] {
    let roster = ZoneRoster(ids)
    let half = ZonePlanner.Limits().half
    var decisions: [ZoneMap.Decision] = []
    var open = [ZonePrefix.root]
    while let prefix = open.popLast() {
      let (low, high) = prefix.halves
      guard min(roster.members(of: low).count, roster.members(of: high).count) >= half else {
        continue
      }
      decisions.append(ZoneMap.Decision(prefix: prefix, number: 1, isSplit: true))
      open += [high, low]
    }
    return decisions
  }

  /// With its disk, knowing who is there.
  mutating func start(_ number: Int) {
    let node = nodes[number]
    nodes[number].zones = ZoneCore(
      own: node.id, restored: node.zoneDisk.content, seed: random.next(), now: now,
      isGenuine: { [witness] in witness.isGenuine($0) })
    nodes[number].placement = PlacementCore(
      own: node.id, restored: node.shelf.values.sorted { $0.key < $1.key },
      limits: placementLimits, seed: random.next(), now: now)
    nodes[number].upSince = now
    nodes[number].heard = changes.count
    (nodes[number].zoneWake, nodes[number].placementWake) = (.distantFuture, .distantFuture)
    let others = live.filter { $0 != number }
    handle(number, .membersChanged(joined: others.map { nodes[$0].id }, left: []))
    let known = isPlacing ? others + [number] : [number]
    handle(number, .members(changed: known.map(candidate), left: []))
    queue.add(.notice(number), after: seconds(0.5...1.5))
  }

  private func candidate(_ number: Int) -> PlacementCandidate {
    PlacementCandidate(id: nodes[number].id, address: "\(number / 2)")
  }

  mutating func crash(_ number: Int) {
    (nodes[number].zones, nodes[number].placement) = (nil, nil)
    live.removeAll { $0 == number }
    changes.append(Change(at: now, node: number, isThere: false))
    for (id, search) in searches where search.asker == number { searches[id] = nil }
  }

  mutating func comeBack(_ number: Int) {
    start(number)
    live.append(number)
    changes.append(Change(at: now, node: number, isThere: true))
  }

  /// What is new since it last heard, as far as its detector has come.
  private mutating func notice(_ number: Int) {
    guard nodes[number].isUp else { return }
    queue.add(.notice(number), after: .seconds(1))
    var last: [Int: Bool] = [:]
    var heard = nodes[number].heard
    while heard < changes.count, changes[heard].at.advanced(by: nodes[number].lag) <= now {
      last[changes[heard].node] = changes[heard].isThere
      heard += 1
    }
    nodes[number].heard = heard
    last[number] = nil
    if last.isEmpty { return }
    // Who is back before it was missed was gone all the same: its links have broken.
    let joined = last.filter(\.value).keys.sorted()
    let left = last.filter { !$0.value }.keys.sorted().map { nodes[$0].id }
    handle(number, .membersChanged(joined: joined.map { nodes[$0].id }, left: left))
    if isPlacing { handle(number, .members(changed: joined.map(candidate), left: left)) }
  }

  // MARK: - Shares

  mutating func publish(_ share: Share, by number: Int) throws {
    let signed = try SignedShare(share, key: nodes[number].key)
    shares[signed.key] = signed
    nodes[number].blobs.insert(share.blob)
    handle(number, .added(signed, isPinned: false))
  }

  private mutating func put(_ entries: [ZoneEntry], of key: ShareKey, isHold: Bool, at number: Int)
  {
    nextToken += 1
    puts[nextToken] = (number, key, isHold, wall.advanced(by: lease))
    handle(number, .put(token: nextToken, entries))
  }

  /// Nodes that have the blob, those that are down among them.
  func keepers(of blob: BlobID) -> (live: Int, down: Int) {
    var (up, down) = (0, 0)
    for node in nodes where node.blobs.contains(blob) {
      if node.isUp { up += 1 } else { down += 1 }
    }
    return (up, down)
  }

  // MARK: - Running

  /// Gives `other` what is not the world's own business.
  mutating func run(for duration: Duration, other: (inout FileWorld, Happening) throws -> Void)
    throws
  {
    let end = now.advanced(by: duration)
    while let happening = queue.next(until: end) {
      switch happening {
      case .zone(let message, let from, let to, let sentAt):
        guard nodes[to].isUp, nodes[to].upSince <= sentAt else { continue }
        journal.record(at: now, 1, to, from, text: "\(to) hears \(from) about zones")
        handle(to, .received(message, from: nodes[from].id))
      case .placement(let message, let from, let to, let sentAt):
        guard nodes[to].isUp, nodes[to].upSince <= sentAt else { continue }
        journal.record(at: now, 2, to, from, text: "\(to) hears \(from) about copies")
        handle(to, .received(message, from: nodes[from].id))
      case .wakeZone(let number, let time):
        if nodes[number].isUp, nodes[number].zoneWake == time { handle(number, ZoneEvent.wake) }
      case .wakePlacement(let number, let time):
        if nodes[number].isUp, nodes[number].placementWake == time {
          handle(number, PlacementEvent.wake)
        }
      case .fetched(let number, let key, let version, let blob):
        finishFetch(number, key, version, blob)
      case .notice(let number): notice(number)
      case .crash, .comeBack, .sample: try other(&self, happening)
      }
      if let broken { throw broken }
    }
  }

  private mutating func finishFetch(
    _ number: Int, _ key: ShareKey, _ version: UInt64, _ blob: BlobID
  ) {
    guard nodes[number].isUp else { return }
    let hasSource = live.contains { $0 != number && nodes[$0].blobs.contains(blob) }
    journal.record(at: now, 3, number, hasSource ? 1 : 0, text: "\(number) has fetched")
    if hasSource {
      fetches += 1
      nodes[number].blobs.insert(blob)
      handle(number, .fetched(key, version: version))
    } else {
      handle(number, .fetchFailed(key, version: version, isFull: false))
    }
  }

  mutating func handle(_ number: Int, _ event: ZoneEvent) {
    guard var core = nodes[number].zones else { return }
    nodes[number].zones = nil
    let actions = core.handle(event, now: now, wall: wall)
    nodes[number].zones = core
    for action in actions { perform(action, number) }
    guard let wake = nodes[number].zones?.nextWake else { return }
    let time = max(wake, now)
    if nodes[number].zoneWake <= now || time < nodes[number].zoneWake {
      nodes[number].zoneWake = time
      queue.add(.wakeZone(number, at: time), at: time)
    }
  }

  mutating func handle(_ number: Int, _ event: PlacementEvent) {
    guard var core = nodes[number].placement else { return }
    nodes[number].placement = nil
    let actions = core.handle(event, now: now, wall: wall)
    nodes[number].placement = core
    for action in actions { perform(action, number) }
    guard let wake = nodes[number].placement?.nextWake else { return }
    let time = max(wake, now)
    if nodes[number].placementWake <= now || time < nodes[number].placementWake {
      nodes[number].placementWake = time
      queue.add(.wakePlacement(number, at: time), at: time)
    }
  }

  private mutating func perform(_ action: ZoneAction, _ number: Int) {
    switch action {
    case .save(let writes): nodes[number].zoneDisk.apply(writes)
    case .send(let message, let peer):
      zoneBytes += message.roughSize
      if isSearching, message.isOfSearch { searchMessages += 1 }
      guard let to = index[peer] else { return }
      queue.add(
        .zone(message, from: number, to: to, sentAt: now), after: latency(number, to))
    case .stored(let token):
      guard let put = puts.removeValue(forKey: token) else { return }
      let event: PlacementEvent =
        put.isHold ? .marked(put.key, until: put.until) : .listed(put.key, until: put.until)
      handle(put.node, event)
    case .failed(let token, _):
      puts[token] = nil
      found(token, ShareFinder.Answer([], contacts: 0))
    case .found(let token, let entries, let contacts, _):
      found(token, ShareFinder.Answer(entries, contacts: contacts))
    case .violated(let peer, let error):
      broken = BrokenPromise("\(nodes[number].id.short) blames \(peer.short): \(error)")
    case .zoneChanged, .left: break
    }
  }

  private mutating func perform(_ action: PlacementAction, _ number: Int) {
    switch action {
    case .save(let writes):
      for write in writes {
        switch write {
        case .shelved(let row): nodes[number].shelf[row.key] = row
        case .forgotten(let key): nodes[number].shelf[key] = nil
        }
      }
    case .send(let message, let peer):
      placementMessages += 1
      placementBytes += message.roughSize
      guard let to = index[peer] else { return }
      queue.add(
        .placement(message, from: number, to: to, sentAt: now), after: latency(number, to))
    case .fetch(let signed, _):
      let time = seconds(0.5...3)
      queue.add(
        .fetched(number, signed.key, version: signed.version, signed.share.blob), after: time)
    case .drop(let signed): drop(signed, number)
    case .list(let signed, let old):
      put(
        ShareLines.of(
          signed, replacing: old, at: wall, lease: lease, by: nodes[number].key),
        of: signed.key, isHold: false, at: number)
    case .mark(let signed):
      let hold = SignedHold(signed.share.blob, at: wall, key: nodes[number].key)
      put(
        [ShareLines.of(hold, lease: lease, by: nodes[number].key)], of: signed.key, isHold: true,
        at: number)
    case .unmark(let blob):
      let line = ShareLines.ofReleased(blob, by: nodes[number].key, at: wall, lease: lease)
      nextToken += 1
      handle(number, .put(token: nextToken, [line]))
    case .violated(let peer, let error):
      broken = BrokenPromise("\(nodes[number].id.short) blames \(peer.short): \(error)")
    case .cancel, .left: break
    }
  }

  /// No copy may go unless there are as many others as there should be.
  private mutating func drop(_ signed: SignedShare, _ number: Int) {
    drops += 1
    nodes[number].blobs.remove(signed.share.blob)
    let (up, down) = keepers(of: signed.share.blob)
    if up + down < signed.share.replicas {
      broken = BrokenPromise(
        "\(nodes[number].id.short) let go of \(signed.share.name) with \(up) copies on live "
          + "nodes and \(down) on others left; it wants \(signed.share.replicas)")
    }
  }
}
