import Mesh
import Primitives
import Security
import Simulation
import Testing

@testable import Blobs

struct PlacementCoreTests {
  private let key = SigningKey()

  private var limits: PlacementLimits {
    var limits = PlacementLimits()
    limits.start = .seconds(1)
    limits.settling = .seconds(30)
    return limits
  }

  /// Node 0 owns what is shared.
  private func world(_ count: Int, seed: UInt64 = 1) -> PlacementWorld {
    var world = PlacementWorld(0, seed: seed, limits: limits)
    world.add(id: key.id)
    for _ in 1..<count { world.add() }
    for number in world.nodes.indices { world.introduce(number, to: Array(world.nodes.indices)) }
    world.run(for: .seconds(5))
    return world
  }

  @Test(arguments: [1, 2, 3, 5])
  func `a share gets as many copies as are asked for`(replicas: Int) throws {
    var world = world(12)
    let signed = try world.share(1, by: 0, key: key, replicas: replicas)
    world.run(for: .seconds(20))
    let holders = world.holders(signed)
    #expect(holders.count == replicas && holders.contains(0))
    world.sent = [:]
    world.run(for: .seconds(600))
    #expect(world.holders(signed) == holders)
    #expect(world.sent.isEmpty)
  }

  @Test func `copies are on different hosts as long as there are such`() throws {
    var world = PlacementWorld(0, limits: limits)
    world.add(id: key.id, address: "here")
    for _ in 0..<10 { world.add(address: "here") }
    let apart = [world.add(address: "there"), world.add(address: "elsewhere")]
    for number in world.nodes.indices { world.introduce(number, to: Array(world.nodes.indices)) }
    for seed in 1...8 as ClosedRange<UInt8> {
      let signed = try world.share(seed, by: 0, key: key, replicas: 3)
      world.run(for: .seconds(30))
      #expect(world.holders(signed) == [0] + apart)
    }
  }

  @Test func `a holder that dies is replaced after the grace time and not before`() throws {
    var world = world(10)
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(20))
    let other = try #require(world.holders(signed).last)
    world.kill(other)
    world.run(for: .seconds(590))
    #expect(world.holders(signed) == [0])
    world.run(for: .seconds(25))
    #expect(world.holders(signed).count == 2)
    world.restart(other)
    world.run(for: .seconds(400))
    #expect(world.holders(signed).count == 2 && world.holders(signed).contains(0))
  }

  @Test func `a holder that is back in time makes no difference`() throws {
    var world = world(10)
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(20))
    let holders = world.holders(signed)
    world.kill(holders[1])
    world.run(for: .seconds(300))
    world.restart(holders[1])
    world.sent = [:]
    world.run(for: .seconds(1_000))
    #expect(world.holders(signed) == holders)
    #expect(world.sent["keep"] == nil && world.dropped.isEmpty)
  }

  @Test(arguments: [true, false], [true, false])
  func `a holder that comes back with nothing gets its copy again`(
    isOwner: Bool, isMissed: Bool
  ) throws {
    var world = world(10)
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(20))
    let emptied = isOwner ? 0 : try #require(world.holders(signed).last)
    #expect(world.holders(signed).count == 2)
    world.kill(emptied, isSeen: isMissed)
    world.run(for: .seconds(isMissed ? 100 : 2))
    (world.nodes[emptied].rows, world.nodes[emptied].blobs) = ([:], [])
    world.restart(emptied)
    world.run(for: .seconds(60))
    #expect(world.holders(signed).count == 2 && world.holders(signed).contains(0))
  }

  @Test func `when the guardian dies another holder sees to the copies`() throws {
    var world = world(10)
    let signed = try world.share(1, by: 0, key: key, replicas: 3)
    world.run(for: .seconds(20))
    world.kill(0)
    world.run(for: .seconds(660))
    #expect(world.holders(signed).count == 3)
    #expect(!world.holders(signed).contains(0))
  }

  @Test func `better nodes that join get the copies, and there is never one too few`() throws {
    var world = world(3)
    let shares = try (1...20 as ClosedRange<UInt8>).map {
      try world.share($0, by: 0, key: key)
    }
    world.run(for: .seconds(30))
    let before = shares.map { world.holders($0) }
    for _ in 0..<12 {
      let number = world.add()
      world.join(number)
    }
    world.run(for: .seconds(1_200))
    let after = shares.map { world.holders($0) }
    #expect(after.allSatisfy { $0.count == 2 && $0.contains(0) })
    #expect(zip(before, after).count { $0 != $1 } > 8)
    #expect(!world.dropped.isEmpty && world.dropped.allSatisfy { $0.live >= 2 })
  }

  @Test func `the owner that joins later gets its file`() throws {
    var world = world(6)
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(20))
    world.kill(0)
    world.nodes[0].rows = [:]
    world.nodes[0].blobs = []
    world.run(for: .seconds(700))
    #expect(world.holders(signed).count == 2 && !world.holders(signed).contains(0))
    world.restart(0)
    world.run(for: .seconds(400))
    #expect(world.holders(signed).contains(0) && world.holders(signed).count == 2)
    #expect(world.nodes[0].core?.guardian(of: signed.key) == key.id)
  }

  @Test func `who leaves politely hands over first`() throws {
    var world = world(8)
    let shares = try (1...10 as ClosedRange<UInt8>).map {
      try world.share($0, by: 0, key: key)
    }
    world.run(for: .seconds(30))
    world.handle(0, .leave)
    world.run(for: .seconds(30))
    #expect(world.nodes[0].hasLeft)
    world.kill(0)
    #expect(shares.allSatisfy { world.holders($0).count >= 2 })
  }

  @Test func `who stays after all keeps what it has and may leave later`() throws {
    var world = world(5)
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(30))
    world.handle(0, .leave)
    #expect(world.nodes[0].core?.handingOver == HandingOver(total: 1, left: 1))
    world.handle(0, .stay)
    world.run(for: .seconds(30))
    #expect(!world.nodes[0].hasLeft && world.holders(signed).contains(0))
    world.handle(0, .leave)
    world.run(for: .seconds(30))
    #expect(world.nodes[0].hasLeft)
  }

  @Test func `what nobody takes is told apart from what was handed over`() throws {
    var world = PlacementWorld(0, limits: limits)
    world.add(id: key.id)
    world.add(weight: 0)
    for number in world.nodes.indices { world.introduce(number, to: Array(world.nodes.indices)) }
    _ = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(30))
    world.handle(0, .leave)
    world.run(for: .seconds(30))
    #expect(world.nodes[0].core?.handingOver == HandingOver(total: 1, refused: 1))
  }

  @Test func `who is alone may leave at once`() throws {
    var world = world(1)
    _ = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(10))
    world.handle(0, .leave)
    world.run(for: .seconds(10))
    #expect(world.nodes[0].hasLeft)
  }

  @Test func `a node without room is passed over`() throws {
    var world = world(6)
    for number in 1...4 { world.nodes[number].isFull = true }
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(120))
    #expect(world.holders(signed) == [0, 5])
    #expect(world.sent["keep", default: 0] <= 5)
  }

  @Test func `a node that stores nothing for others keeps its own and nothing else`() throws {
    var world = PlacementWorld(0, limits: limits)
    world.add(id: key.id, weight: 0)
    world.add(weight: 0)
    let store = world.add()
    for number in world.nodes.indices { world.introduce(number, to: Array(world.nodes.indices)) }
    let signed = try world.share(1, by: 0, key: key, replicas: 3)
    world.run(for: .seconds(60))
    #expect(world.holders(signed) == [0, store])
    let ask = PlacementMessage.keep(signed, holders: [key.id])
    world.handle(1, .received(ask, from: key.id))
    world.run(for: .seconds(60))
    #expect(world.holders(signed) == [0, store])
  }

  @Test func `fetches at once are bounded, and all get done`() throws {
    var world = world(2)
    let shares = try (1...60 as ClosedRange<UInt8>).map {
      try world.share($0, by: 0, key: key)
    }
    world.run(for: .seconds(120))
    #expect(shares.allSatisfy { world.holders($0) == [0, 1] })
    #expect(world.nodes[1].mostFetches == limits.fetches)
  }

  @Test func `a withdrawn share goes everywhere, and a holder that was away hears of it`() throws {
    var world = world(8)
    let signed = try world.share(1, by: 0, key: key, replicas: 3)
    world.run(for: .seconds(20))
    let away = try #require(world.holders(signed).last)
    world.kill(away)
    world.run(for: .seconds(5))
    var last = signed.share
    (last.version, last.isWithdrawn) = (2, true)
    world.handle(0, .added(try SignedShare(last, key: key), isPinned: false))
    world.run(for: .seconds(60))
    #expect(world.holders(signed).isEmpty)
    world.run(for: .seconds(3_600))
    world.restart(away)
    #expect(world.holders(signed) == [away])
    world.run(for: .seconds(120))
    #expect(world.holders(signed).isEmpty)
    #expect(world.nodes.allSatisfy { $0.blobs.isEmpty })
  }

  @Test func `a new version of the content takes the place of the old one`() throws {
    var world = world(8)
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(20))
    let holder = try #require(world.holders(signed).last)
    var next = signed.share
    (next.version, next.blob) = (2, BlobID(Digest.sha256(of: [99])))
    let newer = try SignedShare(next, key: key)
    world.nodes[0].blobs.insert(next.blob)
    world.handle(0, .added(newer, isPinned: false))
    world.run(for: .seconds(400))
    let holders = world.nodes.indices.filter { world.nodes[$0].blobs.contains(next.blob) }
    #expect(holders.count == 2)
    #expect(!world.nodes[holder].blobs.contains(signed.share.blob))
  }

  @Test func `a copy that is damaged is made anew`() throws {
    var world = world(8)
    let signed = try world.share(1, by: 0, key: key)
    world.run(for: .seconds(20))
    world.nodes[0].blobs = []
    world.handle(0, .lost(signed.key))
    world.run(for: .seconds(60))
    #expect(world.holders(signed).count >= 2 && world.holders(signed).contains(0))
  }

  @Test func `who has promised does not let go, and who is letting go does not promise`() throws {
    var world = world(4)
    let signed = try world.share(1, by: 1, key: key, replicas: 1)
    world.handle(2, .added(signed, isPinned: false))
    world.nodes[2].blobs.insert(signed.share.blob)
    let name = PlacementMessage.Name(signed.key, version: 1)
    var core = try #require(world.nodes[2].core)
    let ids = world.nodes.map(\.id)
    let promised = core.handle(
      .received(.askPromise(name), from: ids[1]), now: world.now, wall: world.wall)
    #expect(promised.contains { $0.isPromise(true) })
    let release = PlacementMessage.release(name, holders: [ids[1]])
    let kept = core.handle(.received(release, from: ids[1]), now: world.now, wall: world.wall)
    #expect(!kept.contains { $0.asksPromise })
    let later = world.now.advanced(by: .seconds(61))
    let going = core.handle(.received(release, from: ids[1]), now: later, wall: world.wall)
    #expect(going.contains { $0.asksPromise })
    let refused = core.handle(
      .received(.askPromise(name), from: ids[1]), now: later, wall: world.wall)
    #expect(refused.contains { $0.isPromise(false) })
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `with lost and doubled messages, deaths and views that differ nothing is lost`(
    seed: UInt64
  ) throws {
    var world = world(14, seed: seed)
    (world.loss, world.doubling) = (0.1, 0.1)
    let shares = try (1...15 as ClosedRange<UInt8>).map {
      try world.share($0, by: 0, key: key)
    }
    world.run(for: .seconds(120))
    for round in 0..<25 {
      // Somebody believes for a while that somebody else is gone.
      let (left, right) = (
        Int.random(in: 0..<14, using: &world.random), Int.random(in: 0..<14, using: &world.random)
      )
      world.handle(left, .members(changed: [], left: [world.nodes[right].id]))
      if round % 5 == 1 {
        let victim = Int.random(in: 1..<14, using: &world.random)
        world.kill(victim)
        world.run(for: .seconds(30))
        world.restart(victim)
      }
      world.run(for: .seconds(90))
      if left != right, world.nodes[right].core != nil { world.introduce(left, to: [right]) }
      #expect(shares.allSatisfy { !world.holders($0).isEmpty }, "seed \(seed)")
    }
    (world.loss, world.doubling) = (0, 0)
    world.run(for: .seconds(6_000))
    #expect(shares.allSatisfy { world.holders($0).count == 2 }, "seed \(seed)")
    #expect(world.dropped.allSatisfy { $0.live >= 2 }, "seed \(seed)")
    #expect(world.complaints.isEmpty)
  }
}

extension PlacementAction {
  fileprivate func isPromise(_ isGiven: Bool) -> Bool {
    if case .send(.promise(_, isGiven), _) = self { true } else { false }
  }

  fileprivate var asksPromise: Bool {
    if case .send(.askPromise, _) = self { true } else { false }
  }
}
