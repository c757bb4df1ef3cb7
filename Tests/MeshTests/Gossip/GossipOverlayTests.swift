import Mesh
import Primitives
import Testing

@Suite struct GossipOverlayTests {
  @Test func `a full node takes a guest only for one that can spare the link`() {
    var node = LoneNode(neighbours: 12)
    #expect(node.core.neighbourPeers.count == 12)
    node.receive(
      .neighbour(isUrgent: false), from: 20, .record(PeerNumber(20), LoneNode.record(20)))
    #expect(!node.core.neighbourPeers.contains(PeerNumber(20)))
    node.receive(
      .neighbour(isUrgent: true), from: 21, .record(PeerNumber(21), LoneNode.record(21)))
    #expect(node.core.neighbourPeers.contains(PeerNumber(21)))
    #expect(node.core.neighbourPeers.count == 12)
  }

  @Test func `a newcomer is passed on to others`() {
    var node = LoneNode(neighbours: 5)
    node.receive(.join, from: 9, .record(PeerNumber(9), LoneNode.record(9)))
    let walks = node.actions.count { action in
      guard case .send(let message, _) = action, case .forwardJoin = message.body else {
        return false
      }
      return true
    }
    #expect(walks == 5)
    #expect(node.core.neighbourPeers.contains(PeerNumber(9)))
  }

  @Test func `a probe from one that is no neighbour ends its mistake`() {
    var node = LoneNode(neighbours: 1)
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9)))
    let probe = GossipMessage.Probe(
      number: 5, digest: 0, live: 1, watchers: 1, strain: 0, accused: 0, coordinate: Coordinate())
    node.receive(.probe(probe), from: 9)
    let isEnded = node.sent(to: 9).contains {
      if case .disconnect = $0.body { true } else { false }
    }
    #expect(isEnded)
  }

  @Test func `a node without links goes on trying its contacts`() {
    var core = Gossip(me: PeerNumber(0), checker: TrustingChecker(), seed: 1)
    var opened = 0
    var now = Instant(nanoseconds: 0)
    var event = GossipEvent.start(
      own: LoneNode.record(0), contacts: [PeerNumber(7)], known: [])
    while now < Instant(nanoseconds: 60_000_000_000) {
      for action in core.handle(event, now: now, wall: TableSamples.time) {
        if case .open(PeerNumber(7)) = action {
          opened += 1
          _ = core.handle(.openFailed(PeerNumber(7)), now: now, wall: TableSamples.time)
        }
      }
      event = .wake
      now = core.nextWake ?? .distantFuture
    }
    #expect((10...40).contains(opened))
  }

  @Test func `goodbye reaches the neighbours and ends the node`() {
    var node = LoneNode(neighbours: 3)
    node.feed(.leave)
    node.pass(.seconds(3))
    let told = (1...3).map { peer in
      node.sent(to: peer).flatMap(\.updates).count {
        if case .record(PeerNumber(0), let signed) = $0 { signed.record.isLeaving } else { false }
      }
    }
    #expect(told.allSatisfy { $0 >= 1 })
    let hasDeparted = node.actions.contains { if case .departed = $0 { true } else { false } }
    #expect(hasDeparted)
    #expect(node.core.nextWake == nil)
  }

  @Test func `one that said goodbye is left, not dead`() {
    var node = LoneNode(neighbours: 2)
    let goodbye = LoneNode.record(2, 2) { $0.isLeaving = true }
    node.receive(from: 1, .record(PeerNumber(2), goodbye))
    #expect(node.state(2) == .left)
    #expect(node.core.neighbourPeers == [PeerNumber(1)])
    node.receive(from: 1, .record(PeerNumber(2), LoneNode.record(2, 3)))
    #expect(node.state(2) == .alive)
  }

  @Test func `a quiet network sends nothing but probes and a sample now and then`() {
    var node = LoneNode(neighbours: 9)
    node.pass(.seconds(60), answering: Set(1...9))
    node.actions = []
    node.pass(.seconds(60), answering: Set(1...9))
    var probes = 0, others = 0
    for case .send(let message, _) in node.actions {
      switch message.body {
      case .probe: probes += 1
      default: others += 1
      }
    }
    #expect((50...80).contains(probes))
    #expect(others <= 4)
  }
}
