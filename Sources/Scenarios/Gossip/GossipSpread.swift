import Mesh
import Primitives
import Simulation

/// A change of one record reaches everybody although a quarter of all messages is lost.
struct GossipSpread: Scenario {
  let name = "gossip-spread"
  let promise = "1,000 nodes, 25 % loss: a change is known to 99 % in 2 s and to all in 5 s"
  let seeds = (short: 2, long: 20)
  var count = 1000
  var changes = 20

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    let world = GossipWorld(count: count, seed: seed, conditions: .init())
    world.journal = journal
    defer { journal = world.journal }
    world.startWarm()
    world.run(for: .seconds(20))
    world.network.change { $0.loss = 0.25 }
    world.run(for: .seconds(20))
    var most: [Double] = [], all: [Double] = []
    for _ in 0..<changes {
      let (nearly, entirely) = try spread(in: world)
      most.append(nearly)
      all.append(entirely)
      world.run(for: .seconds(1))
    }
    most.sort()
    all.sort()
    return [
      Figure(name: "to 99 %, worst", value: most[most.count - 1], unit: "s", bound: "at most 2"),
      Figure(name: "to all, worst", value: all[all.count - 1], unit: "s", bound: "at most 5"),
      Figure(name: "to 99 %, median", value: most[most.count / 2], unit: "s"),
      Figure(name: "to all, median", value: all[all.count / 2], unit: "s"),
    ]
  }

  private func spread(in world: GossipWorld) throws -> (Double, Double) {
    let subject = Int(world.random.next() % UInt64(count))
    var known = 0
    var knows = [Bool](repeating: false, count: count)
    let sequence = world.own[subject].sequence + 1
    let start = world.now
    var nearly: Double?
    var entirely: Double?
    world.noteRecord = { node, about, signed in
      guard about == subject, signed.sequence >= sequence, !knows[node] else { return }
      knows[node] = true
      known += 1
      let time = start.duration(to: world.now).inSeconds
      if known == (count * 99 + 99) / 100 - 1 { nearly = time }
      if known == count - 1 { entirely = time }
    }
    let lease = Gossip.lease(forLive: count)
    world.handle(.own(world.signed(subject, after: 0, lease: lease)), at: subject)
    _ = world.run(atMost: .seconds(20)) { entirely != nil }
    world.noteRecord = { _, _, _ in }
    guard let nearly, let entirely, nearly <= 2, entirely <= 5 else {
      throw BrokenPromise(
        "the change of node \(subject) took \(nearly ?? 99) s to 99 % and "
          + "\(entirely ?? 99) s to all; \(known) of \(count - 1) know")
    }
    return (nearly, entirely)
  }
}
