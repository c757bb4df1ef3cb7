import Primitives
import Simulation

/// Nodes that answer each other through the simulated network: shows what the simulator itself
/// costs, and that it loses nothing but what it says.
struct MessageStorm: Scenario {
  let nodes: Int

  private enum Event {
    case wake(node: Int32)
    case message(from: Int32, to: Int32, hops: Int32)
  }

  /// Of virtual time.
  private static let length = Duration.seconds(20)

  var name: String { "message-storm-\(nodes)" }
  var promise: String { "\(nodes) nodes exchange messages; each is delivered, lost or doubled" }
  var seeds: (short: Int, long: Int) { (short: 2, long: 20) }

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var conditions = MessageNetwork.Conditions()
    conditions.loss = 0.05
    conditions.duplication = 0.01
    conditions.reordering = 0.02
    conditions.slowNodes = 0.1
    var network = MessageNetwork(nodes: nodes, conditions: conditions, seed: seed)
    var random = SeededRandom(seed: seed).branch(1)
    var queue = EventQueue<Event>()
    for node in 0..<nodes {
      queue.add(.wake(node: Int32(node)), after: .nanoseconds(random.share(of: .seconds(1))))
    }
    var delivered = 0, sent = 0, lost = 0, doubled = 0
    func send(_ from: Int32, _ to: Int32, hops: Int32) {
      let arrivals = network.route(from: Int(from), to: Int(to), size: 200, now: queue.now)
      sent += 1
      if arrivals.isEmpty { lost += 1 }
      if arrivals.count == 2 { doubled += 1 }
      for arrival in arrivals { queue.add(.message(from: from, to: to, hops: hops), at: arrival) }
    }
    let end = Instant(nanoseconds: 0).advanced(by: Self.length)
    while let event = queue.next() {
      switch event {
      case .wake(let node):
        journal.record(at: queue.now, 1, Int(node), text: "node \(node) wakes")
        guard queue.now < end else { continue }
        let other =
          (Int(node) + 1 + Int(random.next() % UInt64(nodes - 1))) % nodes
        send(node, Int32(other), hops: 3)
        queue.add(.wake(node: node), after: .seconds(1))
      case .message(let from, let to, let hops):
        journal.record(at: queue.now, 2, Int(to), Int(from), text: "node \(to) hears node \(from)")
        delivered += 1
        if hops > 0 { send(to, from, hops: hops - 1) }
      }
    }
    guard delivered == sent - lost + doubled else {
      throw BrokenPromise("sent \(sent), lost \(lost), doubled \(doubled), delivered \(delivered)")
    }
    let bytes = (0..<nodes).map { network.traffic(of: $0).total }.max() ?? 0
    return [
      Figure(name: "lost", value: Double(lost) / Double(sent) * 100, unit: "%"),
      Figure(
        name: "busiest node", value: Double(bytes) / Self.length.inSeconds / 1024, unit: "KiB/s"),
    ]
  }
}
