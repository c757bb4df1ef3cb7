import Mesh
import Primitives
import Simulation

/// One member in twenty passes on records that are made up, old, of the future or expired, and
/// accuses everybody of being dead.
struct GossipForged: Scenario {
  let name = "gossip-forged"
  let promise = "no forged, replayed or rolled-back record is ever believed"
  let seeds = (short: 3, long: 100)
  var count = 200
  var seconds = 60

  private final class Watch {
    var broken: String?
    var refused: [RecordVerdict: Int] = [:]
    var accepted = 0
    /// The highest number anybody signed, by node; what is believed may never be higher or fall.
    var believed: [[UInt64]] = []
  }

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    let world = GossipWorld(count: count, seed: seed, conditions: .init())
    world.journal = journal
    defer { journal = world.journal }
    let watch = Watch()
    watch.believed = Array(repeating: Array(repeating: 0, count: count), count: count)
    world.noteRecord = { node, about, signed in
      watch.accepted += 1
      if signed.signature != TagChecker.tag(about, signed.sequence) {
        watch.broken = "node \(node) believed a forged record of \(about)"
      }
      if signed.sequence <= watch.believed[node][about] {
        watch.broken = "node \(node) went back to record \(signed.sequence) of \(about)"
      }
      watch.believed[node][about] = signed.sequence
    }
    world.noteRefused = { _, _, verdict in watch.refused[verdict, default: 0] += 1 }
    world.startWarm()
    world.run(for: .seconds(15))
    let past = world.own
    for _ in 0..<seconds * 4 {
      let liar = count - 1 - Int(world.random.next() % UInt64(count / 20))
      for neighbour in world.nodes[liar].neighbourPeers.prefix(4) {
        world.send(lie(in: world, past: past), from: liar, to: neighbour.index)
      }
      if world.random.chance(0.2) { change(world) }
      world.run(for: .milliseconds(250))
    }
    world.run(for: .seconds(30))
    if let broken = watch.broken { throw BrokenPromise(broken) }
    guard watch.refused[.forged, default: 0] > 0, watch.refused[.early, default: 0] > 0,
      watch.refused[.expired, default: 0] > 0
    else { throw BrokenPromise("the lies never arrived: \(watch.refused)") }
    try agree(world)
    return [
      Figure(name: "forged, refused", value: Double(watch.refused[.forged] ?? 0), unit: ""),
      Figure(name: "early, refused", value: Double(watch.refused[.early] ?? 0), unit: ""),
      Figure(name: "expired, refused", value: Double(watch.refused[.expired] ?? 0), unit: ""),
      Figure(name: "genuine, accepted", value: Double(watch.accepted), unit: ""),
    ]
  }

  private func change(_ world: GossipWorld) {
    let subject = Int(world.random.next() % UInt64(count))
    let lease = Gossip.lease(forLive: count)
    world.handle(.own(world.signed(subject, after: 0, lease: lease)), at: subject)
  }

  private func lie(in world: GossipWorld, past: [SignedRecord]) -> GossipMessage {
    let victim = Int(world.random.next() % UInt64(count))
    let peer = PeerNumber(victim)
    let sequence = world.own[victim].sequence
    let update: GossipMessage.Update
    switch world.random.next() % 6 {
    case 0:  // Made up.
      let false_ = GossipWorld.record(of: victim, sequence: sequence + 5, issuedAt: world.wall)
      update = .record(
        peer,
        SignedRecord(simulating: false_.record, payloadBytes: 620, signature: [1, 2, 3]))
    case 1:  // Another's signature.
      let false_ = GossipWorld.record(of: victim, sequence: sequence + 1, issuedAt: world.wall)
      let tag = TagChecker.tag(victim + 1, sequence + 1)
      update = .record(
        peer, SignedRecord(simulating: false_.record, payloadBytes: 620, signature: tag))
    case 2: update = .record(peer, past[victim])
    case 3:
      let ahead = world.wall.advanced(by: .seconds(7200))
      update = .record(
        peer, GossipWorld.record(of: victim, sequence: sequence + 9, issuedAt: ahead))
    case 4:
      let long = world.wall.advanced(by: .seconds(-7200))
      update = .record(
        peer, GossipWorld.record(of: victim, sequence: sequence + 9, issuedAt: long))
    default:
      update = .claim(
        GossipMessage.Claim(peer: peer, sequence: sequence, kind: .dead, by: peer))
    }
    return GossipMessage(.rumours, updates: [update])
  }

  /// After the lies stop everybody knows everybody's last record.
  private func agree(_ world: GossipWorld) throws {
    for node in 0..<count {
      for about in 0..<count {
        let held = world.nodes[node].record(of: PeerNumber(about))
        guard held?.sequence == world.own[about].sequence,
          world.nodes[node].state(of: PeerNumber(about)).isLive
        else {
          throw BrokenPromise("node \(node) has not the last record of the living node \(about)")
        }
      }
    }
  }
}
