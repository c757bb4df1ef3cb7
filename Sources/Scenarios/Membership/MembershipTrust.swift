import Calls
import Mesh
import Primitives
import Security
import Simulation

/// Revocations, expiry and lies among fifty nodes whose clocks are wrong.
struct MembershipTrust: Scenario {
  let name = "membership-trust"
  let promise = "50 nodes, wrong clocks: all reachable know a revocation in 5 s; no lie is believed"
  let seeds = (short: 5, long: 500)
  var count = 50
  /// Any two clocks differ by less than what the product allows.
  var skew = Duration.seconds(280)

  /// What the story knows and the nodes have to find out.
  private final class Truth {
    /// When each was revoked.
    var revokedAt: [Int: Instant] = [:]
    var expiresAt: [Int: WallTime] = [:]
    var worst = 0.0
    var lies = 0
    var healedAt = Instant(nanoseconds: 0)
  }

  func run(seed: UInt64, journal: inout Journal) throws -> [Figure] {
    let world = try TrustWorld(count: count, seed: seed, skew: skew)
    world.journal = journal
    defer { journal = world.journal }
    let truth = Truth()
    try world.joinAll()
    try shorten(world, truth)
    world.noteVerdict = { node, peer, refusal in
      try judge(world, truth, node, peer, refusal)
    }
    try world.run(for: .seconds(10))
    guard world.cores[1].network == world.cores[0].network else {
      throw BrokenPromise("node 1 is in another network")
    }
    for round in 0..<8 {
      try lie(world, truth)
      try revokeOne(world, truth, byOther: round % 2 == 1)
      try partitionAndHeal(world, truth)
      try relink(world)
    }
    // Short memberships end, and what clocks may differ by passes twice.
    for _ in 0..<10 {
      try world.run(for: .seconds(180))
      try lie(world, truth)
      try relink(world)
    }
    try checkEnd(world, truth)
    return [
      Figure(name: "known to all, worst", value: truth.worst, unit: "s", bound: "at most 5"),
      Figure(name: "lies told", value: Double(truth.lies), unit: "", bound: "none believed"),
      Figure(name: "certificates refused", value: Double(world.refusals), unit: ""),
    ]
  }

  // MARK: - What happens

  /// Five members hold certificates that end ten minutes from now.
  private func shorten(_ world: TrustWorld, _ truth: Truth) throws {
    guard let admin = world.adminCertificate else { throw BrokenPromise("node 0 is no admin") }
    for node in (count - 5)..<count {
      let short = MembershipCertificate(
        of: world.keys[node].id, world.cores[node].certificate.grant, serial: 1000 + UInt64(node),
        at: world.wall(0), by: admin, signedBy: world.keys[0], life: .seconds(600))
      world.replaceCertificate(of: node, by: short)
      truth.expiresAt[node] = short.expiresAt
    }
  }

  private func revokeOne(_ world: TrustWorld, _ truth: Truth, byOther: Bool) throws {
    let admin = byOther ? 1 : 0
    var victim = 0
    repeat {
      victim = Int.random(in: 2..<(count - 5), using: &world.random)
    } while truth.revokedAt[victim] != nil
    _ = try world.cores[admin].revoke(
      world.keys[victim].id, signedMembers: nil, reason: "story", at: world.wall(admin))
    let start = world.now
    truth.revokedAt[victim] = start
    world.journal.record(
      at: start, 10, admin, victim, text: "node \(admin) revokes node \(victim)")
    world.knowledgeChanged(at: admin)
    try awaitEverywhere(world, truth, from: admin, since: start)
  }

  private func partitionAndHeal(_ world: TrustWorld, _ truth: Truth) throws {
    let first = Int.random(in: 2..<(count - 12), using: &world.random)
    world.partition(Array(first..<(first + 10)))
    try world.run(for: .seconds(3))
    try revokeOne(world, truth, byOther: false)
    try world.run(for: .seconds(20))
    world.network.heal()
    truth.healedAt = world.now
    try awaitEverywhere(world, truth, from: 0, since: world.now)
  }

  /// Some links end and are made anew, with certificates shown again.
  private func relink(_ world: TrustWorld) throws {
    for _ in 0..<20 {
      let node = Int.random(in: 0..<count, using: &world.random)
      guard let peer = world.wanted[node].randomElement(using: &world.random) else { continue }
      world.unlink(node, peer)
    }
    try world.run(for: .seconds(5))
  }

  /// Certificates and revocations that were changed, or are of another network.
  private func lie(_ world: TrustWorld, _ truth: Truth) throws {
    for _ in 0..<10 {
      let node = Int.random(in: 0..<count, using: &world.random)
      let model = Int.random(in: 0..<count, using: &world.random)
      var bytes = world.cores[model].certificate.encoded
      let place = Int.random(in: 0..<bytes.count, using: &world.random)
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &world.random)
      truth.lies += 2
      if isBelieved(bytes, by: node, world) {
        throw BrokenPromise("node \(node) believes a changed certificate")
      }
      try lieAboutRevocation(world, node)
    }
    let stranger = try TrustWorld(count: 2, seed: world.random.next(), skew: .zero)
    truth.lies += 1
    if isBelieved(stranger.cores[0].certificate.encoded, by: 0, world) {
      throw BrokenPromise("a certificate of another network is believed")
    }
  }

  private func isBelieved(_ bytes: [UInt8], by node: Int, _ world: TrustWorld) -> Bool {
    let core = world.cores[node]
    do throws(NetworkError) {
      try MembershipCertificate(decoding: bytes).verify(
        network: core.network, at: world.wall(node), revocations: core.revocations)
      return true
    } catch {
      return false
    }
  }

  private func lieAboutRevocation(_ world: TrustWorld, _ node: Int) throws {
    guard var bytes = world.cores[0].revocations.all.last?.encoded else { return }
    let place = Int.random(in: 0..<bytes.count, using: &world.random)
    bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &world.random)
    let known = world.cores[node].revocations.digest
    let outcome = world.cores[node].merge(
      NetworkV1.Knowledge { $0.revocations = [bytes] }, at: world.wall(node))
    if outcome.failure == nil || world.cores[node].revocations.digest != known {
      throw BrokenPromise("node \(node) took a changed revocation")
    }
  }

  // MARK: - What must hold

  private func judge(
    _ world: TrustWorld, _ truth: Truth, _ node: Int, _ peer: Int, _ refusal: NetworkError?
  ) throws {
    let margin = Validity.clockSkew + skew * 2 + .seconds(1)
    let end = truth.expiresAt[peer]
    if refusal == nil {
      let knows = world.knowsRevoked(node, peer)
      if knows { throw BrokenPromise("node \(node) believes the revoked node \(peer)") }
      if let end, world.trueWall > end.advanced(by: margin) {
        throw BrokenPromise("node \(node) believes node \(peer) after its membership has ended")
      }
    } else if truth.revokedAt[peer] == nil, truth.revokedAt[node] == nil,
      end.map({ world.trueWall < $0 }) ?? true
    {
      throw BrokenPromise(
        "node \(node) refuses the member \(peer): \(refusal?.message ?? "")")
    }
  }

  /// Everybody who can hear of it, by links among members, knows all revocations in five seconds.
  private func awaitEverywhere(
    _ world: TrustWorld, _ truth: Truth, from admin: Int, since start: Instant
  ) throws {
    let reachable = reachable(world, truth, from: admin)
    let members = (0..<count).count {
      truth.revokedAt[$0] == nil && truth.expiresAt[$0] == nil
        && world.network.isReachable(admin, $0)
    }
    // Without this a world without links would keep every promise.
    guard reachable.count * 10 >= members * 9 else {
      throw BrokenPromise("links lead to \(reachable.count) of \(members) members alone")
    }
    let end = start.advanced(by: .seconds(5))
    while world.now < end {
      try world.run(for: .milliseconds(20))
      guard ignorant(world, truth, reachable) == nil else { continue }
      truth.worst = max(truth.worst, start.duration(to: world.now).inSeconds)
      return
    }
    throw BrokenPromise("5 s later \(ignorant(world, truth, reachable) ?? "somebody is late")")
  }

  private func ignorant(_ world: TrustWorld, _ truth: Truth, _ nodes: [Int]) -> String? {
    for node in nodes {
      for victim in truth.revokedAt.keys.sorted() {
        if !world.knowsRevoked(node, victim) {
          return "node \(node) does not know that node \(victim) is revoked"
        }
        if world.isLinked(node, victim) { return "node \(node) has a link to node \(victim)" }
      }
    }
    return nil
  }

  /// Over links that members want and the network lets be.
  private func reachable(_ world: TrustWorld, _ truth: Truth, from first: Int) -> [Int] {
    var seen: Set<Int> = [first], next = [first]
    while let node = next.popLast() {
      for peer in world.wanted[node]
      where truth.revokedAt[peer] == nil && truth.expiresAt[peer] == nil
        && world.network.isReachable(node, peer) && seen.insert(peer).inserted
      {
        next.append(peer)
      }
    }
    return seen.sorted()
  }

  private func checkEnd(_ world: TrustWorld, _ truth: Truth) throws {
    let reachable = reachable(world, truth, from: 0)
    for victim in truth.revokedAt.keys.sorted() + truth.expiresAt.keys.sorted() {
      for node in reachable {
        let bytes = world.cores[victim].certificate.encoded
        if try world.believes(node, bytes, of: victim) {
          throw BrokenPromise("at the end node \(node) believes node \(victim)")
        }
      }
    }
  }
}
