import Mesh
import Primitives
import Simulation

/// Nodes with topic cores and disks, a network that loses messages, and programs that listen.
struct TopicWorld {
  enum Happening {
    case message(TopicMessage, topic: String, from: Int, to: Int, born: Int)
    case wake(Int, at: Instant)
    case notice(Int, joined: [NodeID], left: [NodeID])
    case saved(Int, token: UInt64, [TopicWrite], born: Int)
    case acknowledge(topic: String, name: String, TopicPosition, by: Int)
    case restart(Int)
  }

  struct Node {
    var id: NodeID
    var core: TopicCore?
    var disk: [TopicWrite] = []
    var wake = Instant.distantFuture
    /// Counts starts: what was meant for an earlier one is lost.
    var born = 0
  }

  /// A named subscription as its program sees it.
  struct Reader {
    var node: Int
    var isListening = false
    var isReady = false
    var last: [TopicStream: UInt64] = [:]
    var acknowledged: [TopicStream: UInt64] = [:]
    var got: Set<TopicPosition> = []
    var repeated = 0
    /// Streams whose first delivery after a resumption is still to come.
    var isFresh: Set<TopicStream> = []
  }

  struct Listener: Hashable {
    var topic: String
    var node: Int
  }

  struct Published: Hashable {
    var topic: String
    var position: TopicPosition
    var isKept: Bool
  }

  var queue = EventQueue<Happening>()
  var random: SeededRandom
  var nodes: [Node] = []
  var index: [NodeID: Int] = [:]
  var live: [Int] = []
  var loss = 0.05
  var readers: [String: [String: Reader]] = [:]
  var seen: [Listener: Set<Published>] = [:]
  /// Kept messages that were reported as published.
  var published: Set<Published> = []
  var asked: [UInt64: (topic: String, isKept: Bool)] = [:]
  var nextToken: UInt64 = 0
  var messages = 0
  var deliveries = 0
  var resumptions = 0
  var cutOffs = 0
  var events = 0
  var broken: BrokenPromise?
  /// Taken over from the runner while the story lasts.
  var journal = Journal()

  init(nodes count: Int, seed: UInt64) {
    random = SeededRandom(seed: seed)
    for _ in 0..<count { addNode() }
    let ids = nodes.map(\.id)
    for number in 0..<count {
      queue.add(.notice(number, joined: ids, left: []), at: now)
    }
  }

  var now: Instant { queue.now }
  var wall: WallTime { WallTime(nanoseconds: 1_790_000_000_000_000_000 + now.nanoseconds) }

  mutating func seconds(_ range: ClosedRange<Double>) -> Duration {
    .nanoseconds(Int64(Double.random(in: range, using: &random) * 1e9))
  }

  @discardableResult
  private mutating func addNode() -> Int {
    let id = NodeID(Bytes32(words: (random.next(), random.next(), random.next(), random.next())))
    nodes.append(Node(id: id, core: TopicCore(own: id, boot: random.next())))
    index[id] = nodes.count - 1
    live.append(nodes.count - 1)
    return nodes.count - 1
  }

  // MARK: What happens to nodes

  mutating func join() {
    let others = live
    let number = addNode()
    queue.add(.notice(number, joined: others.map { nodes[$0].id }, left: []), at: now)
    for other in others {
      queue.add(.notice(other, joined: [nodes[number].id], left: []), after: seconds(0.1...2))
    }
  }

  /// With `restartAfter` the node comes back with its disk.
  mutating func crash(_ number: Int, restartAfter: Duration? = nil) {
    nodes[number].core = nil
    nodes[number].born += 1
    live.removeAll { $0 == number }
    for listener in seen.keys where listener.node == number { seen[listener] = nil }
    for other in live {
      queue.add(.notice(other, joined: [], left: [nodes[number].id]), after: seconds(3...6))
    }
    if let restartAfter { queue.add(.restart(number), after: restartAfter) }
  }

  private mutating func restart(_ number: Int) {
    let id = nodes[number].id
    nodes[number].core = TopicCore(own: id, boot: random.next(), restored: nodes[number].disk)
    let others = live
    live.append(number)
    queue.add(.notice(number, joined: others.map { nodes[$0].id }, left: []), at: now)
    for other in others {
      queue.add(.notice(other, joined: [id], left: []), after: seconds(0.1...2))
    }
  }

  // MARK: What programs do

  mutating func publish(_ topic: String, isKept: Bool, at number: Int) {
    nextToken += 1
    asked[nextToken] = (topic, isKept)
    let payload = (0..<20).map { UInt8(truncatingIfNeeded: Int(nextToken) + $0) }
    handle(
      number, .publish(token: nextToken, topic: topic, payload: payload, isKept: isKept))
  }

  mutating func listen(_ topic: String, at number: Int) {
    seen[Listener(topic: topic, node: number)] = []
    handle(number, .subscribe(topic: topic, name: ""))
  }

  mutating func resume(_ topic: String, _ name: String, at number: Int) {
    var reader = readers[topic]?[name] ?? Reader(node: number)
    reader.node = number
    reader.isListening = true
    reader.isReady = false
    reader.last = reader.acknowledged
    reader.isFresh = Set(reader.acknowledged.keys)
    readers[topic, default: [:]][name] = reader
    resumptions += 1
    handle(number, .subscribe(topic: topic, name: name))
  }

  mutating func pause(_ topic: String, _ name: String) {
    guard let reader = readers[topic]?[name] else { return }
    readers[topic]?[name]?.isListening = false
    handle(reader.node, .unsubscribe(topic: topic, name: name))
  }

  // MARK: Running

  mutating func run(for duration: Duration) throws {
    let end = now.advanced(by: duration)
    while let happening = queue.next(until: end) {
      events += 1
      perform(happening)
    }
    if let broken { throw broken }
  }

  private mutating func record(_ happening: Happening) {
    switch happening {
    case .message(_, let topic, let from, let to, _):
      journal.record(at: now, 1, to, from, text: "\(from) to \(to) about \(topic)")
    case .wake(let number, let time):
      guard nodes[number].wake == time else { return }
      journal.record(at: now, 2, number, text: "\(number) wakes")
    case .notice(let number, let joined, let left):
      journal.record(
        at: now, 3, number, joined.count << 32 | left.count,
        text: "\(number) hears that \(joined.count) joined and \(left.count) left")
    case .saved(let number, _, let writes, _):
      journal.record(
        at: now, 4, number, writes.count, text: "\(number) has saved \(writes.count) changes")
    case .acknowledge(let topic, let name, let position, let number):
      journal.record(
        at: now, 5, number, Int(truncatingIfNeeded: position.sequence),
        text: "\(name) of \(topic) at \(number) acknowledges \(position.sequence)")
    case .restart(let number): journal.record(at: now, 6, number, text: "\(number) is back")
    }
  }

  private mutating func perform(_ happening: Happening) {
    record(happening)
    switch happening {
    case .message(let message, let topic, let from, let to, let born):
      guard nodes[to].born == born else { return }
      handle(to, .received(message, topic: topic, from: nodes[from].id))
    case .wake(let number, let time): if nodes[number].wake == time { handle(number, .wake) }
    case .notice(let number, let joined, let left):
      let gone = left.filter { id in index[id].map { !live.contains($0) } ?? true }
      let there = joined.filter { id in index[id].map { live.contains($0) } ?? false }
      handle(number, .membersChanged(joined: there, left: gone))
    case .saved(let number, let token, let writes, let born):
      guard nodes[number].born == born else { return }
      nodes[number].disk += writes
      handle(number, .saved(token: token))
    case .acknowledge(let topic, let name, let position, let number):
      guard let reader = readers[topic]?[name], reader.isListening, reader.node == number,
        nodes[number].core != nil
      else { return }
      let old = reader.acknowledged[position.stream] ?? 0
      readers[topic]?[name]?.acknowledged[position.stream] = max(old, position.sequence)
      handle(number, .acknowledge(topic: topic, name: name, position))
    case .restart(let number): restart(number)
    }
  }

  private mutating func handle(_ number: Int, _ event: TopicEvent) {
    guard var core = nodes[number].core else { return }
    nodes[number].core = nil
    let actions = core.handle(event, now: now, wall: wall)
    nodes[number].core = core
    for action in actions { perform(action, number) }
    guard let wake = nodes[number].core?.nextWake else { return }
    let time = max(wake, now)
    guard nodes[number].wake <= now || time < nodes[number].wake else { return }
    nodes[number].wake = time
    queue.add(.wake(number, at: time), at: time)
  }

  private mutating func perform(_ action: TopicAction, _ number: Int) {
    switch action {
    case .send(let message, let topic, let peer):
      messages += 1
      guard let to = index[peer], !random.chance(loss) else { return }
      let copies = random.chance(0.02) ? 2 : 1
      for _ in 0..<copies {
        let happening = Happening.message(
          message, topic: topic, from: number, to: to, born: nodes[to].born)
        queue.add(happening, after: seconds(0.005...0.06))
      }
    case .save(let token, let writes):
      queue.add(
        .saved(number, token: token, writes, born: nodes[number].born),
        after: seconds(0.001...0.005))
    case .published(let token, let position):
      guard let (topic, isKept) = asked.removeValue(forKey: token), isKept else { return }
      published.insert(Published(topic: topic, position: position, isKept: true))
    case .failed(let token, _, _): asked[token] = nil
    case .forgotten: break
    case .subscribed(let topic, let name): readers[topic]?[name]?.isReady = true
    case .deliver(let topic, let delivery): take(topic, delivery, number)
    case .cutOff(let topic, let name, _):
      cutOffs += 1
      if readers[topic]?[name]?.node == number { readers[topic]?[name]?.isListening = false }
    case .violated(let peer, let reason):
      broken = BrokenPromise("\(nodes[number].id.short) blames \(peer.short): \(reason)")
    }
  }

  // MARK: What must never happen

  private mutating func take(_ topic: String, _ delivery: TopicMessage.Delivery, _ number: Int) {
    deliveries += 1
    let message = Published(topic: topic, position: delivery.position, isKept: delivery.isKept)
    guard !delivery.name.isEmpty else {
      handle(number, .consumed(topic: topic, count: 1))
      let listener = Listener(topic: topic, node: number)
      if seen[listener]?.insert(message).inserted == false {
        broken = BrokenPromise("a message that is not kept came twice")
      }
      return
    }
    guard var reader = readers[topic]?[delivery.name], reader.node == number else { return }
    let (stream, sequence) = (delivery.position.stream, delivery.position.sequence)
    let last = reader.last[stream] ?? 0
    if sequence != last + 1 {
      broken = BrokenPromise(
        "\(delivery.name) of \(topic) got \(sequence) after \(last), acknowledged "
          + "\(reader.acknowledged[stream] ?? 0)")
    }
    if !reader.got.insert(delivery.position).inserted { reader.repeated += 1 }
    reader.last[stream] = sequence
    readers[topic]?[delivery.name] = reader
    let acknowledgement = Happening.acknowledge(
      topic: topic, name: delivery.name, delivery.position, by: number)
    queue.add(acknowledgement, after: seconds(0.01...0.5))
  }
}
