import Mesh
import Primitives
import Simulation

/// Many membership cores on one simulated network. Numbers of peers are places in `nodes`, the
/// same for everybody; links come about after two round trips, and full exchanges are carried out
/// by looking into both tables, their cost being that of four round trips.
final class GossipWorld {
  enum Event {
    case wake(Int)
    case deliver(Int, from: Int, to: Int, sentAt: Instant)
    case linked(Int, Int)
    case openFailed(Int, Int)
    case exchange(Int, Int)
  }

  /// What a frame of the link and of HTTP/2 and gRPC's prefix add to a message.
  static let framing = 12 + 9 + 5
  /// A full mutual TLS handshake and the greetings, in each direction.
  static let handshake = 2600
  /// A record with certificate, specs, three addresses and a few labels.
  static let recordBytes = 620

  var queue = EventQueue<Event>()
  var network: MessageNetwork
  var nodes: [Gossip] = []
  var own: [SignedRecord] = []
  var random: SeededRandom
  let limits: Gossip.Limits
  let seed: UInt64
  var journal = Journal()
  private var wakes: [Instant] = []
  private var messages: [GossipMessage?] = []
  private var free: [Int] = []

  /// Told of every change of a node's table: who, about whom, what.
  var noteState: (Int, Int, MemberState) -> Void = { _, _, _ in }
  var noteRecord: (Int, Int, SignedRecord) -> Void = { _, _, _ in }
  var noteRefused: (Int, Int, RecordVerdict) -> Void = { _, _, _ in }

  init(
    count: Int, seed: UInt64, conditions: MessageNetwork.Conditions,
    limits: Gossip.Limits = Gossip.Limits()
  ) {
    self.seed = seed
    self.limits = limits
    random = SeededRandom(seed: seed ^ 0x60551)
    network = MessageNetwork(nodes: count, conditions: conditions, seed: seed)
    for index in 0..<count {
      own.append(Self.record(of: index, sequence: 1, issuedAt: WallTime(nanoseconds: 0)))
      nodes.append(fresh(index))
      wakes.append(.distantFuture)
    }
  }

  var now: Instant { queue.now }
  var wall: WallTime { WallTime(nanoseconds: Self.epoch + queue.now.nanoseconds) }
  static let epoch: Int64 = 1_700_000_000_000_000_000

  func fresh(_ index: Int) -> Gossip {
    Gossip(
      me: PeerNumber(index), checker: TagChecker(), seed: random.next(), limits: limits)
  }

  // MARK: - Records

  static func record(
    of index: Int, sequence: UInt64, issuedAt: WallTime, lease: Duration = .seconds(1800),
    isLeaving: Bool = false
  ) -> SignedRecord {
    var bytes = [UInt8](repeating: 0, count: 32)
    for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: index >> (8 * place)) }
    guard let id = NodeID(bytes) else { fatalError("thirty-two bytes make an id") }
    var record = NodeRecord(
      id: id, sequence: sequence, name: "node\(index)", issuedAt: issuedAt, lease: lease)
    record.isLeaving = isLeaving
    return SignedRecord(
      simulating: record, payloadBytes: recordBytes,
      signature: TagChecker.tag(index, sequence))
  }

  func signed(
    _ index: Int, after sequence: UInt64, lease: Duration, isLeaving: Bool = false
  ) -> SignedRecord {
    let next = max(sequence, own[index].sequence) + 1
    own[index] = Self.record(
      of: index, sequence: next, issuedAt: wall, lease: lease, isLeaving: isLeaving)
    return own[index]
  }

  // MARK: - Beginning

  /// Everybody starts with everybody's record, as after a restart of all, and finds links.
  func startWarm() {
    let lease = Gossip.lease(forLive: nodes.count, limits)
    var order = Array(nodes.indices)
    order.shuffle(using: &random)
    for (place, index) in order.enumerated() {
      // Renewals come due evenly, as in a network that has run for long.
      let age = lease / 3 * place / nodes.count
      own[index] = Self.record(
        of: index, sequence: 1, issuedAt: wall.advanced(by: .zero - age), lease: lease)
    }
    let known = own.enumerated().map { (PeerNumber($0.offset), $0.element) }
    for index in nodes.indices {
      handle(.start(own: own[index], contacts: contacts(of: index), known: known), at: index)
    }
  }

  func contacts(of index: Int) -> [PeerNumber] {
    (0..<min(3, nodes.count)).filter { $0 != index }.map { PeerNumber($0) }
  }

  /// Joins with nothing but the contacts' addresses.
  func join(_ index: Int) {
    wakes[index] = .distantFuture
    own[index] = signed(index, after: own[index].sequence, lease: .seconds(1800))
    handle(.start(own: own[index], contacts: contacts(of: index), known: []), at: index)
  }

  // MARK: - Running

  func run(for duration: Duration) {
    run(until: now.advanced(by: duration))
  }

  func run(until end: Instant) {
    while let event = queue.next(until: end) { perform(event) }
  }

  /// Until it holds, looked at every `step`; false when it still does not at the end.
  func run(
    atMost duration: Duration, step: Duration = .milliseconds(50), until holds: () -> Bool
  ) -> Bool {
    let end = now.advanced(by: duration)
    var next = now
    while next < end {
      next = next.advanced(by: step)
      run(until: next)
      if holds() { return true }
    }
    return false
  }

  private func perform(_ event: Event) {
    switch event {
    case .wake(let index):
      guard network.isUp(index), wakes[index] <= now else { return }
      let time = network.attends(index, at: now)
      if time > now {
        wakes[index] = time
        return queue.add(.wake(index), at: time)
      }
      wakes[index] = .distantFuture
      journal.record(at: now, 1, index, text: "node \(index) wakes")
      handle(.wake, at: index)
    case .deliver(let slot, let from, let to, let sentAt):
      guard let message = messages[slot] else { return }
      messages[slot] = nil
      free.append(slot)
      guard network.hears(to, sentAt: sentAt) else { return }
      journal.record(
        at: now, 2, to, from << 8 | message.updates.count,
        text: "node \(to) hears node \(from): \(message.body), \(message.updates.count) updates")
      handle(.received(message, from: PeerNumber(from)), at: to)
    case .linked(let index, let peer):
      journal.record(at: now, 3, index, peer, text: "node \(index) reaches node \(peer)")
      guard network.isReachable(index, peer) else {
        return handle(.openFailed(PeerNumber(peer)), at: index)
      }
      handle(.linkUp(PeerNumber(index)), at: peer)
      handle(.linkUp(PeerNumber(peer)), at: index)
    case .openFailed(let index, let peer):
      journal.record(at: now, 4, index, peer, text: "node \(index) misses node \(peer)")
      handle(.openFailed(PeerNumber(peer)), at: index)
    case .exchange(let index, let peer):
      journal.record(at: now, 5, index, peer, text: "nodes \(index) and \(peer) compare")
      exchange(index, peer)
    }
  }

  func handle(_ event: GossipEvent, at index: Int) {
    guard network.isUp(index) else { return }
    for action in nodes[index].handle(event, now: now, wall: wall) {
      perform(action, of: index)
    }
    guard let wake = nodes[index].nextWake, wake < wakes[index] else { return }
    wakes[index] = wake
    queue.add(.wake(index), at: wake)
  }

  private func perform(_ action: GossipAction, of index: Int) {
    switch action {
    case .send(let message, let peer): send(message, from: index, to: peer.index)
    case .open(let peer): open(peer.index, by: index)
    case .renew(let after, let lease, let isLeaving):
      handle(
        .own(signed(index, after: after, lease: lease, isLeaving: isLeaving)), at: index)
    case .reconcile(let peer): startExchange(index, peer.index)
    case .record(let peer, let signed): noteRecord(index, peer.index, signed)
    case .state(let peer, let state): noteState(index, peer.index, state)
    case .refused(let verdict, let peer): noteRefused(index, peer.index, verdict)
    case .departed: network.crash(index)
    case .close, .forget, .measured, .missed: break
    }
  }

  func send(_ message: GossipMessage, from: Int, to: Int) {
    let size = message.wireSize + Self.framing
    for time in network.route(from: from, to: to, size: size, now: now) {
      let slot: Int
      if let last = free.popLast() {
        slot = last
        messages[slot] = message
      } else {
        slot = messages.count
        messages.append(message)
      }
      queue.add(.deliver(slot, from: from, to: to, sentAt: now), at: time)
    }
  }

  private func open(_ peer: Int, by index: Int) {
    guard network.isReachable(index, peer) else {
      return queue.add(.openFailed(index, peer), after: .seconds(3))
    }
    _ = network.route(from: index, to: peer, size: Self.handshake, now: now)
    _ = network.route(from: peer, to: index, size: Self.handshake, now: now)
    let trip = network.latency(from: index, to: peer) * 2
    queue.add(.linked(index, peer), after: trip * 2)
  }

  // MARK: - Full exchanges

  private func startExchange(_ index: Int, _ peer: Int) {
    let trip = network.latency(from: index, to: peer) * 2
    let repeats = 1 + network.conditions.loss * 2
    queue.add(.exchange(index, peer), after: trip * Int(4 * repeats + 0.5))
  }

  private func exchange(_ index: Int, _ peer: Int) {
    guard network.isReachable(index, peer), network.isReachable(peer, index) else { return }
    let here = missing(at: index, from: peer)
    let there = missing(at: peer, from: index)
    for (from, to, count) in [(index, peer, there.count), (peer, index, here.count)] {
      for _ in 0..<4 { _ = network.route(from: from, to: to, size: 600, now: now) }
      if count > 0 {
        _ = network.route(from: from, to: to, size: count * (Self.recordBytes + 72), now: now)
      }
    }
    handle(.reconciled(here, with: PeerNumber(peer)), at: index)
    handle(.reconciled(there, with: PeerNumber(index)), at: peer)
  }

  /// Live records of the other's that are not live here: what comparing fingerprints finds.
  private func missing(at index: Int, from peer: Int) -> [(PeerNumber, SignedRecord)] {
    nodes[peer].everybody().compactMap { number, record, state in
      guard state.isLive else { return nil }
      if nodes[index].record(of: number) === record, nodes[index].state(of: number).isLive {
        return nil
      }
      return (number, record)
    }
  }
}

/// A signature that costs a comparison: nobody in the simulator can make another's.
struct TagChecker: RecordChecking {
  static func tag(_ index: Int, _ sequence: UInt64) -> [UInt8] {
    let mixed = (UInt64(index) &+ 0x5EC2E7) &* 0x9E37_79B9_7F4A_7C15 ^ sequence
    return (0..<8).map { UInt8(truncatingIfNeeded: mixed >> (8 * UInt64($0))) }
  }

  func refusal(of signed: SignedRecord, at time: WallTime) -> RecordVerdict? {
    if let refusal = signed.record.refusal(at: time) { return refusal }
    var index = 0
    for (place, byte) in signed.id.bytes.prefix(8).enumerated() {
      index |= Int(byte) << (8 * place)
    }
    return signed.signature == Self.tag(index, signed.sequence) ? nil : .forged
  }
}
