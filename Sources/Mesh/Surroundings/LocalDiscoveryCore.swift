package import IO
package import Primitives

/// When to announce this node on the local network and whose announcements to believe.
///
/// A new node announces itself a few times in quick succession, asking for answers, then rarely.
/// Answers are spread over a moment and one stands for all who ask meanwhile, so that a thousand
/// nodes on one network do not shout at once.
package struct LocalDiscoveryCore: Sendable {
  package struct Limits: Sendable {
    /// After the first; the next ones double it until `rarest`.
    package var first = Duration.seconds(1)
    package var rarest = Duration.seconds(300)
    /// An answer comes within this time, and no two come closer.
    package var answerSpread = Duration.seconds(2)
    /// A peer at the same address is told again after this time only.
    package var silence = Duration.seconds(120)
    package var peers = 512
    /// Signatures looked at in a second, and at once.
    package var checksPerSecond = 20.0
    package var checksAtOnce = 40.0
    package init() {}
  }

  package enum Event: Sendable {
    case begin
    /// Something came in.
    case received([UInt8], from: SocketAddress)
    case networkChanged
    case wake
    case stop
  }

  package enum Action: Equatable, Sendable {
    case announce(wantsAnswer: Bool)
    /// A node of this network is near; nothing is proven but that it was there once.
    case found(NodeID, SocketAddress)
  }

  private struct Peer {
    var address: SocketAddress
    var toldAt: Instant
  }

  private let network: Bytes32
  private let own: NodeID
  private let limits: Limits
  private var jitter: SplitMix
  private var pause: Backoff
  private var nextAnnouncement: Instant?
  private var nextAnswer: Instant?
  private var lastAnswer: Instant?
  private var peers: [NodeID: Peer] = [:]
  private var checks: Double
  private var checkedAt: Instant?
  /// Dropped unread, forged or strange.
  package private(set) var dropped: UInt64 = 0

  package init(network: Bytes32, own: NodeID, limits: Limits = Limits(), seed: UInt64) {
    self.network = network
    self.own = own
    self.limits = limits
    jitter = SplitMix(seed: seed)
    pause = Backoff(first: limits.first, most: limits.rarest)
    checks = limits.checksAtOnce
  }

  package var nextWake: Instant? {
    switch (nextAnnouncement, nextAnswer) {
    case (let one?, let other?): min(one, other)
    case (let one, let other): one ?? other
    }
  }

  package mutating func handle(_ event: Event, now: Instant) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .begin, .networkChanged:
      pause.reset()
      if case .networkChanged = event { peers = [:] }
      announce(asking: true, now, &actions)
    case .received(let bytes, let sender): received(bytes, sender, now, &actions)
    case .wake:
      if let nextAnnouncement, nextAnnouncement <= now {
        announce(asking: false, now, &actions)
      } else if let nextAnswer, nextAnswer <= now {
        self.nextAnswer = nil
        lastAnswer = now
        actions.append(.announce(wantsAnswer: false))
      }
    case .stop: (nextAnnouncement, nextAnswer) = (nil, nil)
    }
    return actions
  }

  private mutating func announce(asking: Bool, _ now: Instant, _ actions: inout [Action]) {
    actions.append(.announce(wantsAnswer: asking))
    // It answers whoever has asked meanwhile as well.
    nextAnswer = nil
    lastAnswer = now
    nextAnnouncement = now.advanced(by: pause.next(&jitter))
  }

  private mutating func received(
    _ bytes: [UInt8], _ sender: SocketAddress, _ now: Instant, _ actions: inout [Action]
  ) {
    guard let announcement = LocalAnnouncement(decoding: bytes) else {
      dropped += 1
      return
    }
    // Another network's, or our own come back: quite usual.
    guard announcement.network == network, announcement.node != own else { return }
    let address = sender.unmapped.with(port: announcement.port)
    let known = peers[announcement.node]
    let isNews =
      known?.address != address
      || known.map { $0.toldAt.duration(to: now) >= limits.silence } ?? true
    if !isNews && !announcement.wantsAnswer { return }
    guard mayCheck(now), announcement.isSigned(in: bytes) else {
      dropped += 1
      return
    }
    if isNews {
      makeRoom()
      peers[announcement.node] = Peer(address: address, toldAt: now)
      actions.append(.found(announcement.node, address))
    }
    if announcement.wantsAnswer, nextAnswer == nil {
      let earliest = lastAnswer.map { $0.advanced(by: limits.answerSpread) } ?? now
      nextAnswer = max(now, earliest).advanced(by: jitter.shorten(limits.answerSpread))
    }
  }

  private mutating func makeRoom() {
    guard peers.count >= limits.peers else { return }
    let oldest = peers.sorted { $0.value.toldAt < $1.value.toldAt }
    for (node, _) in oldest.prefix(max(1, limits.peers / 8)) { peers[node] = nil }
  }

  private mutating func mayCheck(_ now: Instant) -> Bool {
    if let checkedAt {
      let gained = checkedAt.duration(to: now).inSeconds * limits.checksPerSecond
      checks = min(limits.checksAtOnce, checks + gained)
    }
    checkedAt = now
    guard checks >= 1 else { return false }
    checks -= 1
    return true
  }
}
