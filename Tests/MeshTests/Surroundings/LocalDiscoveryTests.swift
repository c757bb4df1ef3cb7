import IO
import Primitives
import Security
import Testing

@testable import Mesh

@Suite(.timeLimit(.minutes(5))) struct LocalDiscoveryTests {
  private let key = SigningKey()
  private let network = node(77).key
  private let sender = address("192.168.1.20:47083")

  private func bytes(_ key: SigningKey, wantsAnswer: Bool = false, port: UInt16 = 4_711) -> [UInt8]
  {
    LocalAnnouncement(network: network, node: key.id, port: port, wantsAnswer: wantsAnswer)
      .signed(by: key)
  }

  private func core(_ limits: LocalDiscoveryCore.Limits = .init()) -> LocalDiscoveryCore {
    LocalDiscoveryCore(network: network, own: node(1), limits: limits, seed: 1)
  }

  @Test func `an announcement survives the wire, and every changed byte spoils it`() throws {
    let good = bytes(key, wantsAnswer: true)
    let announcement = try #require(LocalAnnouncement(decoding: good))
    #expect(announcement.isSigned(in: good))
    #expect(announcement.port == 4_711 && announcement.wantsAnswer)
    for index in good.indices {
      var bad = good
      bad[index] ^= 1
      let isAccepted = LocalAnnouncement(decoding: bad).map { $0.isSigned(in: bad) } ?? false
      #expect(!isAccepted, "byte \(index)")
    }
    for count in good.indices { #expect(LocalAnnouncement(decoding: Array(good[..<count])) == nil) }
  }

  @Test func `a new node calls a few times, then ever more rarely`() throws {
    var core = core()
    #expect(core.handle(.begin, now: at(0)) == [.announce(wantsAnswer: true)])
    var now = at(0)
    var pauses: [Duration] = []
    for _ in 0..<15 {
      let wake = try #require(core.nextWake)
      pauses.append(now.duration(to: wake))
      now = wake
      #expect(core.handle(.wake, now: now) == [.announce(wantsAnswer: false)])
    }
    #expect(pauses[0] <= .seconds(1))
    #expect(pauses[14] >= .seconds(150) && pauses[14] <= .seconds(300))
  }

  @Test func `a peer is told once, and again when it moved or after a silence`() {
    var core = core()
    let found = LocalDiscoveryCore.Action.found(key.id, address("192.168.1.20:4711"))
    #expect(core.handle(.received(bytes(key), from: sender), now: at(0)) == [found])
    #expect(core.handle(.received(bytes(key), from: sender), now: at(1_000)) == [])
    let moved = core.handle(.received(bytes(key, port: 9), from: sender), now: at(2_000))
    #expect(moved == [.found(key.id, address("192.168.1.20:9"))])
    let later = core.handle(.received(bytes(key, port: 9), from: sender), now: at(122_000))
    #expect(later == moved)
  }

  @Test func `other networks, forgeries and noise are not believed`() {
    var core = core()
    var forged = bytes(key)
    forged[100] ^= 1
    let strange = LocalAnnouncement(
      network: node(78).key, node: key.id, port: 1, wantsAnswer: true
    ).signed(by: key)
    for bad in [forged, strange, [], [UInt8](repeating: 65, count: 144)] {
      #expect(core.handle(.received(bad, from: sender), now: at(0)) == [])
    }
    #expect(core.dropped == 3)
    #expect(core.nextWake == nil)
  }

  @Test func `a hundred who ask get one answer, soon`() throws {
    var core = core()
    for number in 0..<30 {
      let asking = bytes(SigningKey(), wantsAnswer: true)
      _ = core.handle(.received(asking, from: sender), now: at(Int64(number)))
    }
    let wake = try #require(core.nextWake)
    #expect(wake <= at(2_100))
    #expect(core.handle(.wake, now: wake) == [.announce(wantsAnswer: false)])
    #expect(core.nextWake == nil)
  }

  @Test func `a flood costs no more signatures than allowed`() {
    var limits = LocalDiscoveryCore.Limits()
    limits.checksAtOnce = 5
    limits.checksPerSecond = 1
    var core = core(limits)
    let found = (0..<20).count { _ in
      !core.handle(.received(bytes(SigningKey()), from: sender), now: at(1_000)).isEmpty
    }
    #expect(found == 5)
    #expect(core.handle(.received(bytes(key), from: sender), now: at(2_000)).count == 1)
  }

  @Test func `two nodes on one machine find each other by multicast`() async throws {
    let loop = try EventLoop()
    defer { loop.stop() }
    try await loop.run {
      let finds = Finds()
      var options = LocalDiscovery.Options()
      options.includesLoopback = true
      // A group of this test's own.
      let probe = try DatagramSocket(bind: .loopback(port: 0), on: loop)
      let port = probe.local.port ?? 0
      probe.close()
      options.groups = [SocketAddress(.v4([239, 255, 70, UInt8.random(in: 1...250)], port: port))]
      let scopes = [ComponentScope(), ComponentScope()]
      let keys = [SigningKey(), key]
      let nodes = keys.map { key in
        LocalDiscovery(
          key: key, network: network, port: 4_711, on: loop, options: options
        ) { node, _ in
          finds.all.insert(node)
          finds.wakeup.raise()
        }
      }
      async let first: Void = nodes[0].run(scopes[0])
      async let second: Void = nodes[1].run(scopes[1])
      while finds.all.count < 2 { await finds.wakeup.wait() }
      #expect(finds.all == Set(keys.map(\.id)))
      for scope in scopes { scope.stopGate.open() }
      try await first
      try await second
    }
  }

  /// Guard: confinement to one loop.
  private final class Finds: @unchecked Sendable {
    var all: Set<NodeID> = []
    let wakeup = Wakeup()
  }
}
