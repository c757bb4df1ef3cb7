import Mesh
import Primitives
import Simulation

/// A machine is gone from one moment to the next, without a word and without closed links.
struct GossipCrash: Scenario {
  let name = "gossip-crash"
  let promise = "1,000 nodes, 1 % loss: a crash is confirmed at 99 % of all within 15 s at p99"
  let seeds = (short: 1, long: 10)
  var count = 1000
  var crashes = 60

  private final class Watch {
    var crashedAt: [Int: Instant] = [:]
    var told: [Int: Int] = [:]
    var first: [Double] = []
    var confirmed: [Double] = []
  }

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    var conditions = MessageNetwork.Conditions()
    conditions.loss = 0.01
    let world = GossipWorld(count: count, seed: seed, conditions: conditions)
    world.journal = journal
    defer { journal = world.journal }
    world.startWarm()
    world.run(for: .seconds(30))
    let watch = Watch()
    let enough = (count - crashes) * 99 / 100
    world.noteState = { _, about, state in
      guard state == .dead, let time = watch.crashedAt[about] else { return }
      watch.told[about, default: 0] += 1
      let after = time.duration(to: world.now).inSeconds
      if watch.told[about] == 1 { watch.first.append(after) }
      if watch.told[about] == enough { watch.confirmed.append(after) }
    }
    var victims = Array(0..<count)
    victims.shuffle(using: &world.random)
    for victim in victims.prefix(crashes) {
      world.network.crash(victim)
      watch.crashedAt[victim] = world.now
      world.run(for: .milliseconds(900))
    }
    world.run(for: .seconds(40))
    guard watch.confirmed.count == crashes else {
      throw BrokenPromise("\(crashes - watch.confirmed.count) crashes went unnoticed")
    }
    watch.confirmed.sort()
    watch.first.sort()
    let late = watch.confirmed[(crashes * 99 + 99) / 100 - 1]
    guard late <= 15 else { throw BrokenPromise("a crash was confirmed after \(late) s at p99") }
    return [
      Figure(name: "confirmed p99", value: late, unit: "s", bound: "at most 15"),
      Figure(name: "confirmed median", value: watch.confirmed[crashes / 2], unit: "s"),
      Figure(name: "confirmed worst", value: watch.confirmed[crashes - 1], unit: "s"),
      Figure(name: "first watcher median", value: watch.first[crashes / 2], unit: "s"),
    ]
  }
}
