import Primitives
import Security
import Simulation

@testable import Blobs

/// Nodes with placement cores, messages that take a while, and a clock moved by hand.
struct PlacementWorld {
  enum Happening {
    case message(PlacementMessage, from: Int, to: Int)
    case wake(Int, at: Instant)
    case fetched(Int, ShareKey, UInt64)
  }

  struct Node {
    var id: NodeID
    var core: PlacementCore?
    var candidate: PlacementCandidate
    var wake = Instant.distantFuture
    var rows: [ShareKey: ShelvedShare] = [:]
    var blobs: Set<BlobID> = []
    var isFull = false
    var hasLeft = false
    var fetchesAtOnce = 0
    var mostFetches = 0
  }

  var queue = EventQueue<Happening>()
  var random: SeededRandom
  var nodes: [Node] = []
  var limits: PlacementLimits
  var loss = 0.0
  var doubling = 0.0
  /// Of the messages, by kind.
  var sent: [String: Int] = [:]
  var fetchTime = Duration.seconds(2)
  var dropped: [(node: Int, live: Int)] = []
  var complaints: [BlobError] = []
  private var index: [NodeID: Int] = [:]

  init(_ count: Int, seed: UInt64 = 1, limits: PlacementLimits = PlacementLimits()) {
    random = SeededRandom(seed: seed)
    self.limits = limits
    for _ in 0..<count { add() }
    for number in nodes.indices { introduce(number, to: Array(nodes.indices)) }
  }

  var now: Instant { queue.now }
  var wall: WallTime { WallTime(nanoseconds: 1_790_000_000_000_000_000 + now.nanoseconds) }

  @discardableResult
  mutating func add(id: NodeID? = nil, weight: Double = 1, address: String? = nil) -> Int {
    let id =
      id
      ?? NodeID(
        Bytes32(words: (random.next(), random.next(), random.next(), random.next())))
    let number = nodes.count
    let candidate = PlacementCandidate(
      id: id, weight: weight, address: address ?? "host \(number)", zone: "")
    nodes.append(Node(id: id, core: nil, candidate: candidate))
    index[id] = number
    start(number)
    return number
  }

  mutating func start(_ number: Int) {
    nodes[number].core = PlacementCore(
      own: nodes[number].id, restored: nodes[number].rows.values.sorted { $0.key < $1.key },
      limits: limits, seed: random.next(), now: now)
    nodes[number].wake = .distantFuture
    handle(number, .members(changed: [nodes[number].candidate], left: []))
  }

  /// Tells one node that others are there.
  mutating func introduce(_ number: Int, to others: [Int]) {
    handle(number, .members(changed: others.map { nodes[$0].candidate }, left: []))
  }

  mutating func join(_ number: Int) {
    let live = nodes.indices.filter { nodes[$0].core != nil && $0 != number }
    introduce(number, to: live)
    for other in live { introduce(other, to: [number]) }
  }

  mutating func kill(_ number: Int, isSeen: Bool = true) {
    nodes[number].core = nil
    if !isSeen { return }
    for other in nodes.indices {
      handle(other, .members(changed: [], left: [nodes[number].id]))
    }
  }

  mutating func restart(_ number: Int) {
    nodes[number].candidate.startedAt = wall
    start(number)
    join(number)
  }

  mutating func share(
    _ seed: UInt8, by number: Int, key: SigningKey, replicas: Int = 2, version: UInt64 = 1
  ) throws -> SignedShare {
    var share = Share(
      key: ShareKey(owner: key.id, id: ShareID([UInt8](repeating: seed, count: 16))!),
      name: "share \(seed)", size: 1_000, blob: BlobID(Digest.sha256(of: [seed])), at: wall)
    share.replicas = replicas
    share.version = version
    let signed = try SignedShare(share, key: key)
    nodes[number].blobs.insert(share.blob)
    handle(number, .added(signed, isPinned: false))
    return signed
  }

  // MARK: - What is so

  func holders(_ signed: SignedShare) -> [Int] {
    nodes.indices.filter { nodes[$0].core?.hasCopy(of: signed.key) ?? false }
  }

  // MARK: - Running

  mutating func run(for duration: Duration) {
    let end = now.advanced(by: duration)
    while let happening = queue.next(until: end) {
      switch happening {
      case .message(let message, let from, let to):
        handle(to, .received(message, from: nodes[from].id))
      case .wake(let number, let time): if nodes[number].wake == time { handle(number, .wake) }
      case .fetched(let number, let key, let version):
        nodes[number].fetchesAtOnce -= 1
        if nodes[number].isFull {
          handle(number, .fetchFailed(key, version: version, isFull: true))
          continue
        }
        let blob = nodes[number].core?.shares[key]?.share.blob
        let hasSource = nodes.indices.contains { other in
          other != number && nodes[other].core != nil
            && blob.map { nodes[other].blobs.contains($0) } == true
        }
        if hasSource, let blob {
          nodes[number].blobs.insert(blob)
          handle(number, .fetched(key, version: version))
        } else {
          handle(number, .fetchFailed(key, version: version, isFull: false))
        }
      }
    }
  }

  mutating func handle(_ number: Int, _ event: PlacementEvent) {
    guard var core = nodes[number].core else { return }
    nodes[number].core = nil
    let actions = core.handle(event, now: now, wall: wall)
    nodes[number].core = core
    for action in actions { perform(action, number) }
    guard let wake = nodes[number].core?.nextWake else { return }
    let time = max(wake, now)
    if nodes[number].wake <= now || time < nodes[number].wake {
      nodes[number].wake = time
      queue.add(.wake(number, at: time), at: time)
    }
  }

  private mutating func perform(_ action: PlacementAction, _ number: Int) {
    switch action {
    case .save(let writes):
      for write in writes {
        switch write {
        case .shelved(let row): nodes[number].rows[row.key] = row
        case .forgotten(let key): nodes[number].rows[key] = nil
        }
      }
    case .send(let message, let peer): send(message, from: number, to: peer)
    case .fetch(let signed, _):
      nodes[number].fetchesAtOnce += 1
      nodes[number].mostFetches = max(nodes[number].mostFetches, nodes[number].fetchesAtOnce)
      queue.add(.fetched(number, signed.key, signed.version), after: fetchTime)
    case .cancel, .unmark: break
    case .drop(let signed):
      nodes[number].blobs.remove(signed.share.blob)
      let live = nodes.indices.count {
        nodes[$0].core != nil && nodes[$0].blobs.contains(signed.share.blob)
      }
      dropped.append((number, live))
    case .list(let signed, _):
      handle(number, .listed(signed.key, until: wall.advanced(by: .seconds(86_400))))
    case .mark(let signed):
      handle(number, .marked(signed.key, until: wall.advanced(by: .seconds(86_400))))
    case .left: nodes[number].hasLeft = true
    case .violated(_, let error): complaints.append(error)
    }
  }

  private mutating func send(_ message: PlacementMessage, from: Int, to peer: NodeID) {
    sent[message.kind, default: 0] += 1
    guard let to = index[peer] else { return }
    for _ in 0...(random.chance(doubling) ? 1 : 0) where !random.chance(loss) {
      let delay = Duration.milliseconds(Int64.random(in: 10...50, using: &random))
      queue.add(.message(message, from: from, to: to), after: delay)
    }
  }
}

extension PlacementMessage {
  var kind: String {
    switch self {
    case .keep: "keep"
    case .tell: "tell"
    case .told: "told"
    case .release: "release"
    case .askPromise: "ask promise"
    case .promise: "promise"
    }
  }
}
