import Mesh
import Primitives
import Testing

@Suite struct GossipDetectorTests {
  @Test func `one lost probe removes nobody`() {
    var node = LoneNode(neighbours: 3)
    node.pass(.seconds(20), answering: [1, 2, 3])
    node.actions = []
    node.pass(.milliseconds(900), answering: [1, 2])
    node.pass(.seconds(20), answering: [1, 2, 3])
    #expect((1...3).map { node.state($0) } == [.alive, .alive, .alive])
  }

  @Test func `a silent neighbour is accused first`() {
    var node = LoneNode(neighbours: 3)
    node.pass(.seconds(8), answering: [1, 2])
    #expect(node.state(3) == .suspect)
    let claims = node.sent(to: 1).flatMap(\.updates).count {
      if case .claim(let claim) = $0 {
        claim.peer == PeerNumber(3) && claim.kind == .suspect
      } else {
        false
      }
    }
    #expect(claims == 1)
  }

  @Test func `the more watchers agree the sooner it is dead`() {
    func time(confirmedBy others: [Int]) -> Duration {
      var node = LoneNode(neighbours: 5)
      node.pass(.seconds(15), answering: [1, 2, 3, 4, 5])
      let start = node.now
      while node.state(5) == .alive { node.pass(.milliseconds(100), answering: [1, 2, 3, 4]) }
      for other in others { node.receive(from: other, node.claim(.suspect, of: 5, by: other)) }
      while node.state(5) != .dead { node.pass(.milliseconds(100), answering: [1, 2, 3, 4]) }
      return start.duration(to: node.now)
    }
    let alone = time(confirmedBy: []), one = time(confirmedBy: [1])
    let three = time(confirmedBy: [1, 2, 3])
    #expect(three < one)
    #expect(one < alone)
    #expect(three < .seconds(15))
    #expect(alone > .seconds(30))
  }

  @Test func `a late answer does not revive a dead peer`() {
    var node = LoneNode(neighbours: 2)
    node.receive(from: 1, node.claim(.dead, of: 2, by: 1))
    #expect(node.state(2) == .dead)
    let probe = GossipMessage.Probe(
      number: 1, digest: 0, live: 1, watchers: 1, strain: 0, accused: 0, coordinate: Coordinate())
    node.receive(.ack(probe), from: 2)
    node.receive(from: 1, .record(PeerNumber(2), LoneNode.record(2, 1)))
    #expect(node.state(2) == .dead)
    node.receive(from: 1, .record(PeerNumber(2), LoneNode.record(2, 2)))
    #expect(node.state(2) == .alive)
  }

  @Test func `whoever is accused signs a newer record`() {
    var node = LoneNode(neighbours: 2)
    node.receive(from: 1, node.claim(.suspect, of: 0, by: 2))
    #expect(node.core.record(of: PeerNumber(0))?.sequence == 2)
    node.receive(from: 1, node.claim(.dead, of: 0, 1, by: 2))
    #expect(node.core.record(of: PeerNumber(0))?.sequence == 2)
  }

  @Test func `a claim about another record than the one held says nothing`() {
    var node = LoneNode(neighbours: 2)
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9, 5)))
    for sequence in [4, 6] as [UInt64] {
      node.receive(from: 1, node.claim(.dead, of: 9, sequence, by: 2))
    }
    #expect(node.state(9) == .alive)
  }

  @Test func `one that refutes but does not answer me is unreachable, not dead`() {
    var node = LoneNode(neighbours: 4)
    node.pass(.seconds(12), answering: [1, 2, 3, 4])
    while node.state(4) == .alive { node.pass(.milliseconds(100), answering: [1, 2, 3]) }
    node.receive(from: 1, .record(PeerNumber(4), LoneNode.record(4, 2)))
    #expect(node.state(4) == .alive)
    node.pass(.seconds(15), answering: [1, 2, 3])
    #expect(node.state(4) == .unreachable)
    #expect(!node.core.neighbourPeers.contains(PeerNumber(4)))
  }

  @Test func `a node that stood still blames itself`() {
    var node = LoneNode(neighbours: 3)
    node.pass(.seconds(10), answering: [1, 2, 3])
    node.now = node.now.advanced(by: .seconds(8))
    node.feed(.wake)
    #expect(node.core.strain > 0)
    node.pass(.milliseconds(300))
    #expect((1...3).map { node.state($0) } == [.alive, .alive, .alive])
  }

  @Test func `a watcher that reaches the suspect tells it`() throws {
    var node = LoneNode(neighbours: 3)
    node.pass(.seconds(5), answering: [1, 2, 3])
    node.actions = []
    node.receive(from: 1, node.claim(.suspect, of: 3, by: 1))
    let notices = node.sent(to: 3).compactMap { message in
      if case .probe(let probe) = message.body { probe.accused } else { nil }
    }
    #expect(notices == [1])
    node.pass(.seconds(8), answering: [1, 2, 3])
    #expect(node.state(3) == .suspect)
  }

  @Test func `a suspicion that nobody settles becomes death after half a minute`() {
    var node = LoneNode(neighbours: 2)
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9)))
    node.receive(from: 1, node.claim(.suspect, of: 9, by: 2))
    node.pass(.seconds(29), answering: [1, 2])
    #expect(node.state(9) == .suspect)
    node.pass(.seconds(2), answering: [1, 2])
    #expect(node.state(9) == .dead)
  }
}
