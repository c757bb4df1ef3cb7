import Mesh
import Primitives
import Simulation

/// Slow machines and bad lines kill nobody.
struct GossipCalm: Scenario {
  let name = "gossip-calm"
  let promise = "10 % slow nodes, 5 % loss: under 1 false death per million node-seconds"
  let seeds = (short: 1, long: 20)
  var count = 1000
  var seconds = 600

  private final class Watch {
    var suspected: Set<Death> = []
    var dead: Set<Death> = []
    var localDeaths = 0
    var unreachable = 0
  }

  private struct Death: Hashable {
    var subject: Int
    var sequence: UInt64
  }

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var conditions = MessageNetwork.Conditions()
    conditions.loss = 0.05
    conditions.slowNodes = 0.1
    conditions.slowStall = .milliseconds(2900)
    let world = GossipWorld(count: count, seed: seed, conditions: conditions)
    world.journal = journal
    defer { journal = world.journal }
    world.startWarm()
    world.run(for: .seconds(20))
    let watch = Watch()
    world.noteState = { node, about, state in
      let sequence = world.nodes[node].record(of: PeerNumber(about))?.sequence ?? 0
      switch state {
      case .suspect: watch.suspected.insert(Death(subject: about, sequence: sequence))
      case .dead:
        watch.dead.insert(Death(subject: about, sequence: sequence))
        watch.localDeaths += 1
      case .unreachable: watch.unreachable += 1
      case .alive, .left, .unknown: break
      }
    }
    world.network.resetTraffic()
    world.run(for: .seconds(seconds))
    let million = Double(count * seconds) / 1e6
    let rate = Double(watch.dead.count) / million
    let bytes = (0..<count).reduce(0) { $0 + world.network.traffic(of: $1).total }
    guard rate < 1 else {
      throw BrokenPromise(
        "\(watch.dead.count) living nodes were declared dead: \(rate) per million")
    }
    return [
      Figure(name: "false deaths", value: rate, unit: "per million node-seconds", bound: "under 1"),
      Figure(name: "suspicions refuted", value: Double(watch.suspected.count), unit: ""),
      Figure(name: "unreachable verdicts", value: Double(watch.unreachable), unit: ""),
      Figure(name: "cost", value: Double(bytes) / Double(count * seconds), unit: "B/s per node"),
    ]
  }
}
