import Mesh
import Primitives
import Testing

@Suite struct GossipRecordTests {
  @Test func `news is passed on to all neighbours but the one it came from`() {
    var node = LoneNode(neighbours: 4)
    node.pass(.milliseconds(500), answering: [1, 2, 3, 4])
    node.actions = []
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9)))
    node.pass(.milliseconds(200), answering: [1, 2, 3, 4])
    let told = (1...4).map { peer in node.sent(to: peer).count { !$0.updates.isEmpty } }
    #expect(told == [0, 1, 1, 1])
    #expect(node.state(9) == .alive)
  }

  @Test func `a record that came twice is passed on once`() {
    var node = LoneNode(neighbours: 3)
    node.pass(.milliseconds(500), answering: [1, 2, 3])
    node.actions = []
    let record = LoneNode.record(9)
    for peer in [1, 2, 1] { node.receive(from: peer, .record(PeerNumber(9), record)) }
    node.pass(.milliseconds(900), answering: [1, 2, 3])
    let told = (1...3).map { peer in node.sent(to: peer).count { !$0.updates.isEmpty } }
    #expect(told == [0, 0, 1])
  }

  @Test func `an older record changes nothing`() {
    var node = LoneNode(neighbours: 1)
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9, 5)))
    let digest = node.core.digest
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9, 4)))
    #expect(node.core.record(of: PeerNumber(9))?.sequence == 5)
    #expect(node.core.digest == digest)
    #expect(node.refusals == [])
  }

  @Test func `of two records with one number everybody keeps the same`() {
    let one = LoneNode.record(9, 5), other = TableSamples.loose(TableSamples.record(8, sequence: 5))
    var nodes = [LoneNode(neighbours: 1), LoneNode(neighbours: 1)]
    for (place, records) in [[one, other], [other, one]].enumerated() {
      for record in records { nodes[place].receive(from: 1, .record(PeerNumber(9), record)) }
    }
    let kept = nodes.map { $0.core.record(of: PeerNumber(9))?.fingerprint }
    #expect(kept[0] == kept[1])
    #expect(nodes.flatMap(\.refusals) == [.conflicting])
  }

  @Test func `what the checker refuses is not believed and the sender is named`() {
    struct Refusing: RecordChecking {
      func refusal(of signed: SignedRecord, at time: WallTime) -> RecordVerdict? {
        signed.sequence == 7 ? .forged : nil
      }
    }
    var node = LoneNode(neighbours: 1, checker: Refusing())
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9, 7)))
    #expect(node.state(9) == .unknown)
    #expect(node.refusals == [.forged])
  }

  @Test func `an own record of a former life makes the node sign a newer one`() {
    var node = LoneNode(neighbours: 1)
    node.receive(from: 1, .record(PeerNumber(0), LoneNode.record(0, 40)))
    #expect(node.core.record(of: PeerNumber(0))?.sequence == 41)
  }

  @Test func `a lease that is not renewed ends`() {
    var node = LoneNode(neighbours: 1)
    node.receive(from: 1, .record(PeerNumber(9), LoneNode.record(9)))
    node.pass(.seconds(1790), answering: [1])
    #expect(node.state(9) == .alive)
    node.pass(.seconds(60), answering: [1])
    #expect(node.state(9) == .dead)
  }

  @Test func `the own lease is renewed in time`() throws {
    var node = LoneNode(neighbours: 1)
    node.pass(.seconds(3000), answering: [1])
    let own = try #require(node.core.record(of: PeerNumber(0)))
    #expect(own.sequence > 2)
    #expect(own.record.expiresAt > node.wall)
  }

  @Test func `ten thousand joins and leaves fill nothing`() {
    var node = LoneNode(neighbours: 1) { $0.tombstones = 100 }
    var forgotten = 0
    for peer in 10..<10_010 {
      node.receive(from: 1, .record(PeerNumber(peer), LoneNode.record(peer)))
      let goodbye = LoneNode.record(peer, 2) { $0.isLeaving = true }
      node.receive(from: 1, .record(PeerNumber(peer), goodbye))
      if peer % 10 == 0 {
        node.pass(.seconds(1), answering: [1])
        forgotten += node.actions.count { if case .forget = $0 { true } else { false } }
        node.actions = []
      }
    }
    node.pass(.seconds(60), answering: [1])
    #expect(node.core.goneCount <= 100 + 16)
    #expect(node.core.liveCount == 2)
    #expect(forgotten > 9000)
  }

  @Test func `a full table takes no more`() {
    var node = LoneNode(neighbours: 1) { $0.members = 3 }
    for peer in 2..<6 {
      node.receive(from: 1, .record(PeerNumber(peer), LoneNode.record(peer)))
    }
    #expect(node.core.liveCount == 3)
    #expect(node.refusals == [.full, .full, .full])
  }
}
