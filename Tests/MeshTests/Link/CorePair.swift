import Primitives

@testable import Mesh

/// Two cores and the carriers between them, moved by hand. Side 0 is the smaller node.
struct CorePair {
  var cores: [LinkCore]
  var now = Instant(nanoseconds: 1_000_000_000)
  var arrived: [[[UInt8]]] = [[[], []], [[], []]]
  var ends: [[Bool]] = [[false, false], [false, false]]
  var attached: [[Int]] = [[], []]
  var closed: [[Int]] = [[], []]
  var endings: [[LinkCore.Ending]] = [[], []]
  var suspected: [[Int]] = [[], []]
  var detachments = [0, 0]
  /// On their way to a side, by carrier.
  var wires: [[Int: [UInt8]]] = [[:], [:]]
  var boots: [UInt64] = [11, 22]
  var splits: Int?

  init(limits: LinkLimits = LinkLimits()) {
    let ids = [LinkPair.id(1), LinkPair.id(2)]
    cores = [
      LinkCore(own: ids[0], peer: ids[1], limits: limits),
      LinkCore(own: ids[1], peer: ids[0], limits: limits),
    ]
  }

  func greeting(_ side: Int) -> LinkCore.Greeting {
    cores[side].greeting(boot: BootID(boots[side]))
  }

  /// Both sides get to know a carrier at once.
  mutating func connect(_ carrier: Int, dialledBy side: Int = 0, path: PathKind = .direct) {
    let greetings = [greeting(0), greeting(1)]
    for one in 0..<2 { enter(carrier, greetings[1 - one], at: one, dialledBy: side, path: path) }
  }

  mutating func enter(
    _ carrier: Int, _ greeting: LinkCore.Greeting, at side: Int, dialledBy dialler: Int,
    path: PathKind = .direct
  ) {
    handle(.carrier(carrier, greeting, isDialled: side == dialler, path: path), at: side)
  }

  mutating func handle(_ event: LinkCore.Event, at side: Int) {
    perform(cores[side].handle(event, now: now), side)
  }

  /// What `side` gives out now is on its way.
  mutating func send(from side: Int) {
    for carrier in cores[side].carrierNumbers {
      let bytes = cores[side].output(on: carrier, now: now)
      if !bytes.isEmpty { wires[1 - side][carrier, default: []] += bytes }
    }
  }

  /// What is on its way to `side` arrives, or the first `count` bytes of it.
  mutating func deliver(to side: Int, on only: Int? = nil, count: Int = .max) {
    for carrier in wires[side].keys.sorted() where only == nil || only == carrier {
      guard let bytes = wires[side][carrier], !bytes.isEmpty else { continue }
      let part = bytes.prefix(count)
      wires[side][carrier] = Array(bytes.dropFirst(count))
      feed(Array(part), on: carrier, at: side)
    }
  }

  mutating func feed(
    _ bytes: [UInt8], on carrier: Int, at side: Int, isRead: Bool = true
  ) {
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + (splits ?? bytes.count))
      var fresh: [(Int, [UInt8]?)] = []
      let actions = cores[side].receive(bytes[start..<end], on: carrier, now: now) {
        fresh.append(($0, $1))
      }
      for (lane, bytes) in fresh {
        if let bytes { arrived[side][lane] += bytes } else { ends[side][lane] = true }
        if isRead && !cores[side].carrierNumbers.isEmpty {
          cores[side].consume(bytes?.count ?? 0, of: lane, now: now)
        }
      }
      perform(actions, side)
      start = end
    }
  }

  /// Until nothing moves any more.
  mutating func settle() {
    repeat {
      for side in 0..<2 { send(from: side) }
      for side in 0..<2 { deliver(to: side) }
      for side in 0..<2 { send(from: side) }
    } while wires.contains { $0.values.contains { !$0.isEmpty } }
  }

  /// The carrier breaks; what is on its way is lost.
  mutating func cut(_ carrier: Int) {
    for side in 0..<2 {
      wires[side][carrier] = nil
      handle(.carrierEnded(carrier), at: side)
    }
  }

  mutating func pass(_ time: Duration) {
    now = now.advanced(by: time)
    for side in 0..<2 { handle(.wake, at: side) }
  }

  /// As a shell does, which wakes a core when it wants to.
  mutating func passInSteps(_ time: Duration) {
    for _ in 0..<time.nanoseconds / 10_000_000 { pass(.milliseconds(10)) }
  }

  private mutating func perform(_ actions: [LinkCore.Action], _ side: Int) {
    for action in actions {
      switch action {
      case .attached(let carrier, _): attached[side].append(carrier)
      case .suspected(let carrier): suspected[side].append(carrier)
      case .detached: detachments[side] += 1
      case .closeCarrier(let carrier, let words):
        closed[side].append(carrier)
        if !words.isEmpty { wires[1 - side][carrier, default: []] += words }
      case .ended(let ending): endings[side].append(ending)
      }
    }
  }

  var hasEnded: Bool { !endings[0].isEmpty || !endings[1].isEmpty }

  /// The violation that `side` saw, if that is how its link ended last.
  func violation(at side: Int) -> NetworkError? {
    if case .violated(let error) = endings[side].last { error } else { nil }
  }
}

/// Frames as bytes.
enum Wire {
  static func frame(_ head: LinkFrame.Head, _ payload: [UInt8] = []) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: LinkFrame.headBytes)
    bytes.withUnsafeMutableBytes { space in
      if let start = space.baseAddress { head.write(to: start) }
    }
    return bytes + payload
  }

  static func data(_ lane: Int, _ offset: UInt64, _ payload: [UInt8]) -> [UInt8] {
    frame(LinkFrame.Head(.data, lane: lane, length: payload.count, number: offset), payload)
  }

  static func attach(_ attach: LinkFrame.Attach) -> [UInt8] {
    var control = ControlBytes()
    control.append(attach)
    return control.takeAll()
  }
}
