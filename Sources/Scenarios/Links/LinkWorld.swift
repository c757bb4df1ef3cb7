import Mesh
import Primitives
import Simulation

/// What happens in `LinkWorld`. Sides are 0 and 1; a wire is a carrier by its place in the list.
enum LinkHappening {
  case write(side: Int)
  case read(side: Int)
  case wake(side: Int)
  case dial(side: Int, path: PathKind, replaces: Bool)
  /// TLS is done at this side: it says hello.
  case open(wire: Int, side: Int)
  case hello(wire: Int, side: Int, LinkCore.Greeting)
  case bytes(wire: Int, side: Int, [UInt8])
  case ended(wire: Int, side: Int)
  case change
}

/// Both ends of a link over simulated wires.
struct LinkWorld {
  private struct Wire {
    var dialler: Int
    var path: PathKind
    var latency: Duration
    /// Until when bytes come through.
    var cut = Instant.distantFuture
    /// When the last byte sent from each side arrives: the order is kept.
    var horizon = [Instant(nanoseconds: 0), Instant(nanoseconds: 0)]
    var inFlight = [0, 0]
    /// This side knows it as a carrier.
    var isKnown = [false, false]
  }

  private static let window = 64 << 10

  private var queue = EventQueue<LinkHappening>()
  private var random: SeededRandom
  private var cores: [LinkCore] = []
  private var wires: [Wire] = []
  private var wakes: [Instant?] = [nil, nil]
  private var traffic: [LaneTraffic] = []
  private let slowReader: Bool
  private let changes: Int
  private let loss: Double
  private(set) var changesMade = 0
  private(set) var carried = 0
  /// The longest that a byte took after each change.
  private(set) var stalls: [Duration] = []
  private var failure: String?

  init(seed: UInt64, changes: Int) {
    random = SeededRandom(seed: seed)
    self.changes = changes
    slowReader = random.chance(0.3)
    loss = random.chance(0.5) ? 0.02 : 0
    var ids: [NodeID] = []
    while ids.count < 2 {
      let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      if let id = NodeID(bytes) { ids.append(id) }
    }
    var limits = LinkLimits()
    if random.chance(0.3) { limits.laneBytes = 32 << 10 }
    cores = [
      LinkCore(own: ids[0], peer: ids[1], limits: limits),
      LinkCore(own: ids[1], peer: ids[0], limits: limits),
    ]
    traffic = (0..<4).map { LaneTraffic(shift: $0 * 12_347) }
  }

  private var now: Instant { queue.now }

  mutating func run(journal: inout Journal) throws {
    for side in 0..<2 {
      queue.add(.write(side: side), at: now)
      queue.add(.dial(side: side, path: path(), replaces: false), after: delay(1, 40))
    }
    queue.add(.change, after: delay(300, 800))
    while let happening = queue.next() {
      note(happening, in: &journal)
      handle(happening)
      if let failure { throw BrokenPromise(failure) }
      if now > Instant(nanoseconds: 600_000_000_000) { break }
      if changesMade >= changes && traffic.allSatisfy(\.isDone) { return }
    }
    let left = traffic.map { "\($0.received) of \($0.written)" }.joined(separator: ", ")
    throw BrokenPromise("not everything arrived: \(left) bytes")
  }

  // MARK: - Events

  private func note(_ happening: LinkHappening, in journal: inout Journal) {
    let (kind, wire, side, detail) =
      switch happening {
      case .write(let side): (1, 0, side, 0)
      case .read(let side): (2, 0, side, 0)
      case .wake(let side): (3, 0, side, 0)
      case .dial(let side, let path, let replaces):
        (4, path == .relayed ? 1 : 0, side, replaces ? 1 : 0)
      case .open(let wire, let side): (5, wire, side, 0)
      case .hello(let wire, let side, let greeting): (6, wire, side, Int(greeting.epoch))
      case .bytes(let wire, let side, let bytes): (7, wire, side, bytes.count)
      case .ended(let wire, let side): (8, wire, side, 0)
      case .change: (9, 0, 0, 0)
      }
    journal.record(
      at: now, kind, wire << 1 | side, detail ^ carried << 20, text: words(happening))
  }

  private func words(_ happening: LinkHappening) -> String {
    guard case .bytes(let wire, let side, let bytes) = happening else { return "\(happening)" }
    return "\(bytes.count) bytes arrive at side \(side) on wire \(wire)"
  }

  private mutating func handle(_ happening: LinkHappening) {
    switch happening {
    case .write(let side): write(side)
    case .read(let side):
      for lane in 0..<2 { consume(lane, at: side) }
      settle(side)
    case .wake(let side):
      if wakes[side] == now { wakes[side] = nil }
      perform(cores[side].handle(.wake, now: now), side)
    case .dial(let side, let path, let replaces): dial(side, path, replaces)
    case .open(let wire, let side): open(wire, side)
    case .hello(let wire, let side, let greeting): hear(greeting, wire, side)
    case .bytes(let wire, let side, let bytes): arrive(bytes, wire, side)
    case .ended(let wire, let side):
      guard wires[wire].isKnown[side] else { return }
      wires[wire].isKnown[side] = false
      perform(cores[side].handle(.carrierEnded(wire), now: now), side)
    case .change: change()
    }
  }

  private mutating func write(_ side: Int) {
    for lane in 0..<2 {
      let count = Int.random(
        in: random.chance(0.03) ? 8_000...40_000 : 1...1_500, using: &random)
      let index = side * 2 + lane
      let bytes = traffic[index].bytes(count)
      let taken = cores[side].offer(bytes, on: lane)
      traffic[index].wrote(taken, now)
    }
    settle(side)
    if changesMade < changes { queue.add(.write(side: side), after: delay(10, 60)) }
  }

  private mutating func consume(_ lane: Int, at side: Int) {
    let index = (1 - side) * 2 + lane
    let count = traffic[index].unread
    if count > 0 { cores[side].consume(count, of: lane, now: now) }
    traffic[index].unread = 0
  }

  private mutating func dial(_ side: Int, _ path: PathKind, _ replaces: Bool) {
    if !replaces && !cores[side].carrierNumbers.isEmpty { return }
    guard !random.chance(0.15) else {
      let again = LinkHappening.dial(side: side, path: self.path(), replaces: replaces)
      return queue.add(again, after: delay(50, 250))
    }
    let latency = path == .relayed ? delay(10, 60) : delay(1, 40)
    wires.append(Wire(dialler: side, path: path, latency: latency))
    let wire = wires.count - 1
    // TCP and TLS: two round trips for the dialler, half of one more for the other side.
    queue.add(.open(wire: wire, side: side), after: latency * 4)
    queue.add(.open(wire: wire, side: 1 - side), after: latency * 5)
    // What comes to nothing is tried again.
    let again = LinkHappening.dial(side: side, path: self.path(), replaces: false)
    queue.add(again, after: latency * 8 + delay(50, 250))
  }

  private mutating func open(_ wire: Int, _ side: Int) {
    let greeting = cores[side].greeting(boot: BootID(UInt64(side) + 1))
    send(.hello(wire: wire, side: 1 - side, greeting), from: side, on: wire)
  }

  private mutating func hear(_ greeting: LinkCore.Greeting, _ wire: Int, _ side: Int) {
    guard now <= wires[wire].cut else { return }
    wires[wire].isKnown[side] = true
    let event = LinkCore.Event.carrier(
      wire, greeting, isDialled: wires[wire].dialler == side, path: wires[wire].path)
    perform(cores[side].handle(event, now: now), side)
  }

  private mutating func arrive(_ bytes: [UInt8], _ wire: Int, _ side: Int) {
    wires[wire].inFlight[1 - side] -= bytes.count
    guard now <= wires[wire].cut, wires[wire].isKnown[side] else { return }
    let split = random.chance(0.3) ? Int.random(in: 0...bytes.count, using: &random) : 0
    for part in [bytes[..<split], bytes[split...]] where !part.isEmpty {
      var deliveries: [(lane: Int, bytes: [UInt8]?)] = []
      let actions = cores[side].receive(part, on: wire, now: now) { deliveries.append(($0, $1)) }
      for delivery in deliveries { check(delivery.bytes, delivery.lane, side) }
      perform(actions, side)
    }
    if slowReader {
      queue.add(.read(side: side), after: delay(1, 60))
    } else {
      for lane in 0..<2 { consume(lane, at: side) }
    }
    settle(side)
    // The wire has room again.
    settle(1 - side)
  }

  private mutating func check(_ bytes: [UInt8]?, _ lane: Int, _ side: Int) {
    guard let bytes else { return failure = "a lane ended by itself" }
    if !traffic[(1 - side) * 2 + lane].take(bytes, now) { failure = "lane \(lane): a wrong byte" }
    carried += bytes.count
  }

  // MARK: - Changes

  private mutating func change() {
    guard changesMade < changes else { return }
    changesMade += 1
    noteStalls()
    switch Int.random(in: 0..<12, using: &random) {
    case 0..<4: breakWires()
    case 4..<6: loseWires()
    case 10..<12: cutWires()
    case 6:
      for side in 0..<2 { queue.add(.dial(side: side, path: path(), replaces: true), at: now) }
    default:
      let side = Int.random(in: 0..<2, using: &random)
      queue.add(.dial(side: side, path: path(), replaces: true), at: now)
    }
    queue.add(.change, after: random.chance(0.2) ? delay(20, 300) : delay(500, 1_200))
  }

  /// All wires break; the kernels notice.
  private mutating func breakWires() {
    let cut = now.advanced(by: delay(0, 30))
    for wire in wires.indices where wires[wire].cut > cut {
      wires[wire].cut = cut
      for side in 0..<2 {
        queue.add(.ended(wire: wire, side: side), at: cut.advanced(by: delay(0, 60)))
      }
    }
  }

  /// Nothing comes through any more, and nobody is told.
  private mutating func cutWires() {
    for wire in wires.indices where wires[wire].cut > now { wires[wire].cut = now }
  }

  /// The same because one side moves to another network, which it hears of, and dials.
  private mutating func loseWires() {
    cutWires()
    let side = Int.random(in: 0..<2, using: &random)
    perform(cores[side].handle(.networkChanged, now: now), side)
    queue.add(.dial(side: side, path: path(), replaces: true), after: delay(5, 60))
    queue.add(.dial(side: side, path: path(), replaces: true), after: delay(100, 300))
  }

  private mutating func noteStalls() {
    let longest = traffic.indices.map { traffic[$0].takeLongest(now) }.max() ?? .zero
    if changesMade > 1 { stalls.append(longest) }
  }

  // MARK: - Out

  private mutating func perform(_ actions: [LinkCore.Action], _ side: Int) {
    for action in actions {
      switch action {
      case .attached: break
      case .suspected:
        queue.add(.dial(side: side, path: path(), replaces: true), after: delay(1, 20))
      case .detached:
        queue.add(.dial(side: side, path: path(), replaces: false), after: delay(5, 80))
      case .closeCarrier(let wire, let words):
        if !words.isEmpty { send(.bytes(wire: wire, side: 1 - side, words), from: side, on: wire) }
        wires[wire].isKnown[side] = false
        send(.ended(wire: wire, side: 1 - side), from: side, on: wire)
      case .ended(let ending): failure = "side \(side): the link ended, \(ending)"
      }
    }
    settle(side)
  }

  /// Gives out what there is, and sees to the next wake.
  private mutating func settle(_ side: Int) {
    for wire in cores[side].carrierNumbers { give(wire, side) }
    guard let wake = cores[side].nextWake else { return }
    if let known = wakes[side], known <= wake, known >= now { return }
    wakes[side] = wake
    queue.add(.wake(side: side), at: wake)
  }

  private mutating func give(_ wire: Int, _ side: Int) {
    let room = Self.window - wires[wire].inFlight[side]
    let bytes = cores[side].output(on: wire, room: room, now: now)
    guard !bytes.isEmpty else { return }
    wires[wire].inFlight[side] += bytes.count
    send(.bytes(wire: wire, side: 1 - side, bytes), from: side, on: wire)
  }

  private mutating func send(_ happening: LinkHappening, from side: Int, on wire: Int) {
    var at = now.advanced(by: wires[wire].latency)
    if random.chance(loss) { at = at.advanced(by: delay(200, 260)) }
    at = max(at, wires[wire].horizon[side])
    wires[wire].horizon[side] = at
    queue.add(happening, at: at)
  }

  private mutating func path() -> PathKind {
    PathKind.allCases[Int.random(in: 0..<PathKind.allCases.count, using: &random)]
  }

  private mutating func delay(_ least: Int, _ most: Int) -> Duration {
    .microseconds(Int.random(in: least * 1000...most * 1000, using: &random))
  }
}
