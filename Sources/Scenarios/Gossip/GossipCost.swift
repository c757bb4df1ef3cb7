import Mesh
import Primitives
import Simulation

/// What membership costs a node when nothing much happens: leases are renewed, links are
/// exchanged, nodes are watched.
struct GossipCost: Scenario {
  let name = "gossip-cost"
  let promise = "under 2 KiB/s per node, both ways, and no more at 10,000 nodes than at 1,000"
  let seeds = (short: 1, long: 3)
  var sizes = [100, 1000, 10_000]
  /// Against a machine that is busy with something else; the promise is 300,000.
  var fewestEvents = 300_000.0

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var figures: [Figure] = []
    var costs: [Double] = []
    for size in sizes {
      let (cost, rate, degree) = try measure(size, seed: seed)
      costs.append(cost)
      figures.append(Figure(name: "\(size) nodes", value: cost, unit: "B/s per node"))
      figures.append(Figure(name: "events at \(size)", value: rate, unit: "1/s"))
      figures.append(Figure(name: "links at \(size)", value: degree, unit: ""))
      guard cost < 2048 else { throw BrokenPromise("\(cost) B/s per node at \(size) nodes") }
    }
    if let middle = costs.dropFirst().first, let last = costs.last, last > middle * 1.15 {
      throw BrokenPromise("the cost grows with the network: \(costs) B/s per node")
    }
    return figures
  }

  private func measure(_ size: Int, seed: UInt64) throws -> (Double, Double, Double) {
    let world = GossipWorld(count: size, seed: seed, conditions: .init())
    world.startWarm()
    world.run(for: .seconds(size > 5000 ? 30 : 60))
    world.network.resetTraffic()
    let seconds = size > 5000 ? 20 : 60
    let before = world.eventCount
    let start = ProcessorTime.now
    world.run(for: .seconds(seconds))
    let spent = ProcessorTime.now - start
    let bytes = (0..<size).reduce(0) { $0 + world.network.traffic(of: $1).total }
    let links = world.nodes.reduce(0) { $0 + $1.neighbourPeers.count }
    return (
      Double(bytes) / Double(size * seconds),
      Double(world.eventCount - before) / spent, Double(links) / Double(size)
    )
  }
}
