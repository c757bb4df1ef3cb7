import Mesh
import Primitives
import Simulation

/// What membership costs a node when nothing much happens: leases are renewed, links are
/// exchanged, nodes are watched.
struct GossipCost: Scenario {
  let name: String
  let promise = "under 2 KiB/s per node, both directions added, at any size"
  let seeds: (short: Int, long: Int)
  private let sizes: [Int]

  static let small = GossipCost(name: "gossip-cost", seeds: (1, 5), sizes: [100, 1000])
  static let large = GossipCost(name: "gossip-cost-10000", seeds: (1, 2), sizes: [10_000])

  private init(name: String, seeds: (Int, Int), sizes: [Int]) {
    self.name = name
    self.seeds = seeds
    self.sizes = sizes
  }

  private struct Measured {
    var cost = 0.0
    var rate = 0.0
    var links = 0.0
  }

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var figures: [Figure] = []
    for size in sizes {
      let measured = measure(size, seed: seed, journal: &journal)
      figures += [
        Figure(
          name: "\(size) nodes", value: measured.cost, unit: "B/s per node", bound: "under 2048"),
        Figure(
          name: "events", value: measured.rate, unit: "1/s", bound: "at least 300000"),
        Figure(name: "links", value: measured.links, unit: "per node"),
      ]
      guard measured.cost < 2048 else {
        throw BrokenPromise("\(measured.cost) B/s per node at \(size) nodes")
      }
    }
    return figures
  }

  /// Links are found first: that is the price of a start, not of being there.
  private func measure(_ size: Int, seed: UInt64, journal: inout Journal) -> Measured {
    let isLarge = size > 5000
    let seconds = isLarge ? 20 : 60
    let world = GossipWorld(count: size, seed: seed, conditions: .init())
    world.journal = journal
    defer { journal = world.journal }
    world.startWarm()
    world.run(for: .seconds(isLarge ? 25 : 60))
    world.network.resetTraffic()
    let before = world.journal.events
    let start = ProcessorTime.now
    world.run(for: .seconds(seconds))
    let spent = ProcessorTime.now - start
    let bytes = (0..<size).reduce(0) { $0 + world.network.traffic(of: $1).total }
    let links = world.nodes.reduce(0) { $0 + $1.neighbourPeers.count }
    return Measured(
      cost: Double(bytes) / Double(size * seconds),
      rate: Double(world.journal.events - before) / spent, links: Double(links) / Double(size))
  }
}
