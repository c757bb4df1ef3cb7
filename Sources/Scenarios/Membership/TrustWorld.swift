import Calls
import Mesh
import Primitives
import Security
import Simulation

/// Membership cores of one network, with clocks that are wrong, on links that carry what the
/// product's carry: certificates when a link is made, then summaries and what the other lacks, and
/// the same again whenever there is news. Lost packets are delays, as with TCP.
final class TrustWorld {
  enum Event {
    case dial(Int, Int)
    case greet(Int, Int)
    case deliver(Letter, from: Int, to: Int, link: Int)
  }

  enum Letter {
    case request([UInt8])
    case reply([UInt8])
    /// What the other lacked by its reply.
    case rest([UInt8])
  }

  /// A link that exists, by number, so that a letter of an earlier one is not heard.
  private struct Links {
    var byPeer: [Int: Int] = [:]
  }

  let count: Int
  var queue = EventQueue<Event>()
  var network: MessageNetwork
  var random: SeededRandom
  var journal = Journal()
  var cores: [MembershipCore] = []
  var clocks: [SimulatedClock] = []
  private(set) var keys: [SigningKey] = []
  /// With whom each node wants a link.
  private(set) var wanted: [[Int]] = []
  let networkKey: NetworkKey
  private var links: [Links]
  private var nextLink = 1
  private(set) var refusals = 0
  /// Told of each certificate that was looked at: by whom, whose, believed, and why not.
  var noteVerdict: (Int, Int, NetworkError?) throws -> Void = { _, _, _ in }

  init(count: Int, seed: UInt64, skew: Duration) throws {
    self.count = count
    random = SeededRandom(seed: seed).branch(21)
    var conditions = MessageNetwork.Conditions()
    conditions.loss = 0.02
    network = MessageNetwork(nodes: count, conditions: conditions, seed: seed)
    links = Array(repeating: Links(), count: count)
    networkKey = try NetworkKey(seed: SecretBytes(Self.bytes(32, &random)))
    for _ in 0..<count {
      keys.append(try SigningKey(seed: SecretBytes(Self.bytes(32, &random))))
      clocks.append(.drawn(offset: skew, drift: 0.000_05, using: &random))
    }
    for index in 0..<count { cores.append(try alone(index)) }
    drawLinks()
  }

  var now: Instant { queue.now }
  func wall(_ node: Int) -> WallTime { clocks[node].wall(at: now) }
  var trueWall: WallTime { SimulatedClock().wall(at: now) }
  func isLinked(_ left: Int, _ right: Int) -> Bool { links[left].byPeer[right] != nil }

  private static func bytes(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  private func alone(_ index: Int) throws -> MembershipCore {
    let own = index == 0 ? networkKey : NetworkKey()
    return try MembershipCore.alone(
      key: keys[index], name: "node\(index)", networkKey: own, needsApproval: false,
      at: wall(index)
    ).core
  }

  /// A ring, and about eight more for each.
  private func drawLinks() {
    var sets = Array(repeating: Set<Int>(), count: count)
    for index in 0..<count {
      var peers = [(index + 1) % count]
      for _ in 0..<4 { peers.append(Int.random(in: 0..<count, using: &random)) }
      for peer in peers where peer != index {
        sets[index].insert(peer)
        sets[peer].insert(index)
      }
    }
    wanted = sets.map { $0.sorted() }
  }

  // MARK: - Joining

  /// Everybody redeems one invite of node 0, as over a link, and node 1 becomes an admin too.
  func joinAll() throws {
    let terms = InviteBook.Terms(roles: Set(Role.allCases), uses: count)
    let secret = Self.bytes(Invite.secretBytes, &random)
    let (invite, _) = try cores[0].invites.create(
      terms, secret: secret, addresses: [], at: wall(0))
    for index in 1..<count {
      let request = try cores[index].joinRequest(
        for: invite, name: "node\(index)", at: wall(index))
      let plea = try JoinPlea(request, from: keys[index].id, source: "\(index)")
      let (answer, _) = try cores[0].join(plea, at: wall(0)) { _, _ in false }
      _ = try cores[index].accept(cores[0].reply(answer), to: invite, at: wall(index))
    }
    _ = try cores[0].addAdmin(
      keys[1].id, name: "node1", signedBy: networkKey, at: wall(0))
    for (index, peers) in wanted.enumerated() {
      for peer in peers where peer > index {
        queue.add(.dial(index, peer), after: .nanoseconds(random.share(of: .seconds(1))))
      }
    }
  }

  var adminCertificate: AdminCertificate? { cores[0].adminCertificate }

  /// The node holds another certificate from now on, as after a renewal.
  func replaceCertificate(of node: Int, by certificate: MembershipCertificate) {
    cores[node].certificate = certificate
  }

  func knowsRevoked(_ node: Int, _ victim: Int) -> Bool {
    !cores[node].revocations.standing(of: keys[victim].id).isMember
  }

  // MARK: - Running

  func run(for duration: Duration) throws { try run(until: now.advanced(by: duration)) }

  func run(until end: Instant) throws {
    while let event = queue.next(until: end) { try perform(event) }
  }

  private func perform(_ event: Event) throws {
    switch event {
    case .dial(let caller, let called):
      if isLinked(caller, called) { return }
      guard network.isReachable(caller, called) else { return dialAgain(caller, called) }
      let trip = network.latency(from: caller, to: called) * 4
      queue.add(.greet(caller, called), after: trip)
    case .greet(let caller, let called): try greet(caller, called)
    case .deliver(let letter, let from, let to, let link):
      guard links[to].byPeer[from] == link else { return }
      try receive(letter, from: from, at: to)
    }
  }

  /// Who was refused waits long before it shows its certificate again.
  private func dialAgain(_ caller: Int, _ called: Int, wasRefused: Bool = false) {
    let least = wasRefused ? Duration.seconds(60) : .milliseconds(500)
    let wait = least + .nanoseconds(random.share(of: least * 2))
    queue.add(.dial(caller, called), after: wait)
  }

  /// Both show their certificates; the link stands when both are believed.
  private func greet(_ caller: Int, _ called: Int) throws {
    if isLinked(caller, called) { return }
    guard network.isReachable(caller, called) else { return dialAgain(caller, called) }
    let isCallerBelieved = try believes(called, cores[caller].certificate.encoded, of: caller)
    let isCalledBelieved = try believes(caller, cores[called].certificate.encoded, of: called)
    guard isCallerBelieved, isCalledBelieved else {
      return dialAgain(caller, called, wasRefused: true)
    }
    links[caller].byPeer[called] = nextLink
    links[called].byPeer[caller] = nextLink
    nextLink += 1
    journal.record(at: now, 1, caller, called, text: "node \(caller) links with node \(called)")
    ask(called, by: caller)
  }

  /// What `node` makes of a certificate that is shown to it.
  @discardableResult
  func believes(_ node: Int, _ certificate: [UInt8], of peer: Int) throws -> Bool {
    var refusal: NetworkError?
    do throws(NetworkError) {
      try MembershipCertificate(decoding: certificate).verify(
        network: cores[node].network, at: wall(node), revocations: cores[node].revocations)
    } catch {
      refusal = error
      refusals += 1
    }
    journal.record(
      at: now, 2, node, peer << 1 | (refusal == nil ? 1 : 0),
      text: "node \(node) sees node \(peer)'s certificate: \(refusal?.message ?? "fine")")
    try noteVerdict(node, peer, refusal)
    return refusal == nil
  }

  func unlink(_ left: Int, _ right: Int) {
    guard links[left].byPeer.removeValue(forKey: right) != nil else { return }
    links[right].byPeer[left] = nil
    journal.record(at: now, 3, left, right, text: "node \(left) and node \(right) part")
    dialAgain(left, right)
  }

  /// Links over the border of a partition break.
  func partition(_ group: [Int]) {
    network.partition([group])
    for left in 0..<count {
      for right in wanted[left] where !network.isReachable(left, right) { unlink(left, right) }
    }
  }

  // MARK: - Telling

  func ask(_ peer: Int, by node: Int) {
    let request = NetworkV1.RevocationsRequest {
      $0.revocations = cores[node].revocations.summary.message
      $0.decisions = cores[node].decisions.summary.message
    }
    send(.request(request.encoded()), size: request.encoded().count, from: node, to: peer)
  }

  /// There is something new: all peers are asked to compare, and fallen members lose their links.
  func knowledgeChanged(at node: Int, besides source: Int? = nil) {
    for peer in links[node].byPeer.keys.sorted() {
      if cores[node].revocations.isRevoked(cores[peer].certificate) {
        unlink(node, peer)
      } else if peer != source {
        ask(peer, by: node)
      }
    }
  }

  private func receive(_ letter: Letter, from peer: Int, at node: Int) throws {
    switch letter {
    case .request(let bytes):
      let request = try NetworkV1.RevocationsRequest(decoding: bytes)
      let reply = NetworkV1.RevocationsReply {
        $0.revocations = cores[node].revocations.summary.message
        $0.decisions = cores[node].decisions.summary.message
        $0.knowledge = try? lacking(node, request.revocations, request.decisions)  // stays empty
      }
      send(.reply(reply.encoded()), size: reply.encoded().count, from: node, to: peer)
    case .reply(let bytes):
      let reply = try NetworkV1.RevocationsReply(decoding: bytes)
      let rest = try lacking(node, reply.revocations, reply.decisions)
      if !rest.revocations.isEmpty || !rest.decisions.isEmpty {
        send(.rest(rest.encoded()), size: rest.encoded().count, from: node, to: peer)
      }
      try merge(reply.knowledge ?? .init(), from: peer, at: node)
    case .rest(let bytes):
      try merge(NetworkV1.Knowledge(decoding: bytes), from: peer, at: node)
    }
  }

  private func lacking(
    _ node: Int, _ revocations: NetworkV1.Summary?, _ decisions: NetworkV1.Summary?
  ) throws(NetworkError) -> NetworkV1.Knowledge {
    try cores[node].knowledge(
      lackingIn: revocations ?? .init(), decisions ?? .init(), skip: 0)
  }

  private func merge(_ knowledge: NetworkV1.Knowledge, from peer: Int, at node: Int) throws {
    let before = cores[node].revocations.count
    let outcome = cores[node].merge(knowledge, at: wall(node))
    if let failure = outcome.failure {
      throw BrokenPromise("an honest peer was refused: \(failure)")
    }
    guard cores[node].revocations.count > before else { return }
    journal.record(at: now, 4, node, peer, text: "node \(node) learns from node \(peer)")
    knowledgeChanged(at: node, besides: peer)
  }

  private func send(_ letter: Letter, size: Int, from: Int, to: Int) {
    guard let link = links[from].byPeer[to] else { return }
    var wait = Duration.zero
    for _ in 0..<8 where network.isReachable(from, to) {
      let start = now.advanced(by: wait)
      if let time = network.route(from: from, to: to, size: size + 40, now: start).first {
        return queue.add(.deliver(letter, from: from, to: to, link: link), at: time)
      }
      wait = wait * 2 + .milliseconds(200)
    }
  }
}
