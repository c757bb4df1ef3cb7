import Mesh
import Primitives

/// One membership core whose peers the test plays. Peer `n` is the node `TableSamples.id(n)`; the
/// core itself is peer 0.
struct LoneNode {
  var core: Gossip
  var now = Instant(nanoseconds: 0)
  var actions: [GossipAction] = []
  var wall: WallTime { WallTime(nanoseconds: TableSamples.time.nanoseconds + now.nanoseconds) }

  init(
    neighbours: Int = 0, checker: any RecordChecking = TrustingChecker(),
    change: (inout Gossip.Limits) -> Void = { _ in }
  ) {
    var limits = Gossip.Limits()
    change(&limits)
    core = Gossip(me: PeerNumber(0), checker: checker, seed: 1, limits: limits)
    feed(.start(own: Self.record(0), contacts: [], known: []))
    for peer in 1..<neighbours + 1 { greet(peer) }
    actions = []
  }

  static func record(
    _ peer: Int, _ sequence: UInt64 = 1, fill: (inout NodeRecord) -> Void = { _ in }
  ) -> SignedRecord {
    TableSamples.loose(TableSamples.record(peer, sequence: sequence, fill: fill))
  }

  /// Signs when it is asked to, as shells do.
  mutating func feed(_ event: GossipEvent) {
    let new = core.handle(event, now: now, wall: wall)
    actions += new
    for case .renew(let after, _, let isLeaving) in new {
      let issued = wall
      let signed = Self.record(0, after + 1) {
        $0.issuedAt = issued
        $0.isLeaving = isLeaving
      }
      feed(.own(signed))
    }
  }

  mutating func receive(
    _ body: GossipMessage.Body = .rumours, from peer: Int, _ updates: GossipMessage.Update...
  ) {
    feed(.received(GossipMessage(body, updates: updates), from: PeerNumber(peer)))
  }

  /// The peer becomes a neighbour.
  mutating func greet(_ peer: Int) {
    receive(
      .neighbour(isUrgent: true), from: peer, .record(PeerNumber(peer), Self.record(peer)))
  }

  /// Time passes; the neighbours that are named answer every probe, others none.
  mutating func pass(_ duration: Duration, answering peers: Set<Int> = []) {
    let end = now.advanced(by: duration)
    while let wake = core.nextWake, wake <= end {
      now = max(now, wake)
      let before = actions.count
      feed(.wake)
      answer(from: before, peers)
    }
    now = end
  }

  private mutating func answer(from first: Int, _ peers: Set<Int>) {
    for action in actions[first...] {
      guard case .send(let message, let peer) = action, case .probe(let probe) = message.body,
        peers.contains(peer.index)
      else { continue }
      var reply = probe
      reply.digest = core.digest
      reply.live = UInt32(core.liveCount)
      reply.watchers = 9
      reply.accused = 0
      reply.strain = 0
      receive(.ack(reply), from: peer.index)
    }
  }

  func state(_ peer: Int) -> MemberState { core.state(of: PeerNumber(peer)) }

  func claim(
    _ kind: GossipMessage.Claim.Kind, of peer: Int, _ sequence: UInt64 = 1, by: Int
  ) -> GossipMessage.Update {
    .claim(.init(peer: PeerNumber(peer), sequence: sequence, kind: kind, by: PeerNumber(by)))
  }

  /// All that went to a peer since the actions were last emptied.
  func sent(to peer: Int) -> [GossipMessage] {
    actions.compactMap { action in
      if case .send(let message, PeerNumber(peer)) = action { message } else { nil }
    }
  }

  var refusals: [RecordVerdict] {
    actions.compactMap { if case .refused(let verdict, _) = $0 { verdict } else { nil } }
  }
}
