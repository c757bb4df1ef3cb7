import Mesh
import Primitives
import Simulation

/// Nodes join in a rush, leave, crash and come back; the network is cut in two and heals.
struct GossipChurn: Scenario {
  let name = "gossip-churn"
  let promise = "after any storm all that live know exactly all that live, through few links"
  let seeds = (short: 2, long: 20)
  var count = 300
  var storms = 6

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var conditions = MessageNetwork.Conditions()
    conditions.loss = 0.02
    conditions.duplication = 0.01
    conditions.reordering = 0.02
    let world = GossipWorld(count: count, seed: seed, conditions: conditions)
    world.journal = journal
    defer { journal = world.journal }
    for index in 0..<count {
      world.join(index)
      world.run(for: .milliseconds(20))
    }
    var settled = [try settle(world, "the rush to join")]
    for storm in 0..<storms {
      let victims = (0..<count / 4).map { _ in 3 + Int(world.random.next() % UInt64(count - 3)) }
      for victim in victims { toggle(victim, in: world) }
      settled.append(try settle(world, "storm \(storm)"))
    }
    let split = world.now
    world.network.partition([Array(0..<count / 2)])
    world.run(for: .seconds(60))
    world.network.heal()
    settled.append(try settle(world, "a partition of \(split.duration(to: world.now))"))
    let most = world.nodes.map(\.neighbourPeers.count).max() ?? 0
    guard most <= 12 else { throw BrokenPromise("a node has \(most) links") }
    return [
      Figure(name: "settled after joining", value: settled[0], unit: "s"),
      Figure(name: "after storms, worst", value: settled[1...storms].max() ?? 0, unit: "s"),
      Figure(name: "after a partition", value: settled[storms + 1], unit: "s"),
    ]
  }

  private func toggle(_ victim: Int, in world: GossipWorld) {
    if !world.network.isUp(victim) {
      world.network.restart(victim, now: world.now)
      world.nodes[victim] = world.fresh(victim)
      world.join(victim)
    } else if world.random.chance(0.5) {
      world.network.crash(victim)
    } else {
      world.handle(.leave, at: victim)
    }
    world.run(for: .milliseconds(100))
  }

  /// How long until every living node's table is true.
  private func settle(_ world: GossipWorld, _ what: String) throws -> Double {
    let start = world.now
    let isTrue = world.run(atMost: .seconds(400), step: .milliseconds(500)) {
      disagreement(world) == nil
    }
    guard isTrue else {
      throw BrokenPromise("after \(what): \(disagreement(world) ?? "late")")
    }
    return start.duration(to: world.now).inSeconds
  }

  private func disagreement(_ world: GossipWorld) -> String? {
    let up = (0..<count).filter { world.network.isUp($0) }
    for node in up where world.nodes[node].liveCount != up.count {
      let wrong = (0..<count).filter {
        world.nodes[node].state(of: PeerNumber($0)).isLive != world.network.isUp($0)
      }
      let what = wrong.prefix(5).map {
        "\($0) \(world.nodes[node].state(of: PeerNumber($0))), up: \(world.network.isUp($0))"
      }
      return "node \(node) counts \(world.nodes[node].liveCount) of \(up.count): \(what)"
    }
    for node in up {
      for about in up where !world.nodes[node].state(of: PeerNumber(about)).isLive {
        return "node \(node) holds \(about) \(world.nodes[node].state(of: PeerNumber(about)))"
      }
    }
    return nil
  }
}
