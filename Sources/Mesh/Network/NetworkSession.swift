import Calls
import IO
import Primitives
import Security

/// A node's time in one network: the parts that end when it goes to another one.
package final class NetworkSession: Sendable {
  private struct State: Sendable {
    var record: SignedRecord
    var lease: Duration
    var live: LiveMembers
    var hasLeft = false
  }

  /// The network it is a session of.
  package let id: NetworkID
  package let gossip: GossipExchange
  package let topics: TopicService
  package let zones: ZoneService
  let records: RecordReconciliation
  private let handlers: [String: MethodHandler]
  let places: RelayPlaces
  let tenants: [any NetworkTenant]
  private let network: Network
  private let components: [any Component]
  private let over = Gate()
  private let state: Locked<State>

  private init(
    _ network: Network, _ gossip: GossipExchange, _ topics: TopicService, _ zones: ZoneService,
    _ places: RelayPlaces, _ tenants: [any NetworkTenant], _ components: [any Component],
    _ record: SignedRecord, lease: Duration
  ) {
    id = network.membership.network
    self.network = network
    self.gossip = gossip
    self.topics = topics
    self.zones = zones
    records = RecordReconciliation { await gossip.shelf() }
    let all = gossip.handlers + records.handlers + topics.handlers + zones.handlers
    handlers = Dictionary(uniqueKeysWithValues: all.map { ($0.description.path, $0) })
    self.places = places
    self.tenants = tenants
    self.components = components
    state = Locked(State(record: record, lease: lease, live: LiveMembers(own: network.own)))
  }

  static func make(_ network: Network) async throws -> NetworkSession {
    let store = network.ground.store
    let loop = network.ground.loops.loops[0]
    let lease = Gossip.lease(forLive: 1, network.options.gossip)
    let record = try await network.sign(
      network.describeOwn(relays: [], zone: "", lease: lease), after: 0)
    let known = try await store.records()
    let contacts = try await store.contacts()
    network.state.withLock { state in
      for (id, addresses) in contacts { state.hints[id] = addresses }
      state.table.take(record.record, at: .now())
      // Where they were is where to look for them.
      for signed in known { state.table.take(signed.record, at: .now()) }
    }
    let membership = network.membership
    let checker = SignedRecordChecker { id, certificate, time in
      // Whatever is wrong with it, its record does not count.
      (try? membership.verify(certificate, for: id, now: time)) != nil
    }
    let gossip = GossipExchange(
      GossipExchange.Beginning(own: record, contacts: Array(contacts.keys), known: known),
      checker: checker, on: loop, seed: SplitMix.freshSeed(), hooks: network.gossipHooks(),
      core: network.options.gossip)
    let callers = { @Sendable (id: NodeID) throws in try network.caller(to: id) }
    let topics = TopicService(
      own: network.own, boot: network.boot.number, restored: try await store.topics.load(),
      archive: store.topics, callers: callers)
    let zones = ZoneService(
      own: network.own, seed: SplitMix.freshSeed(), restored: try await store.zones.load(),
      archive: store.zones, callers: callers
    ) { _ in network.ownChanges.announce() }
    let places = RelayPlaces(network, on: loop)
    var tenants: [any NetworkTenant] = []
    for make in network.state.withLock({ $0.tenants }) {
      tenants.append(try await make(membership.network, zones))
    }
    // What stands on the index ends before it.
    let components: [any Component] =
      [gossip, topics, zones] + tenants + network.keepers(of: gossip, on: loop) + [
        NATLookout(network, on: loop), places,
      ]
      + network.discovery(on: loop) + network.echoes(on: loop)
    let session = NetworkSession(
      network, gossip, topics, zones, places, tenants, components, record, lease: lease)
    session.expect(known)
    return session
  }

  // MARK: - Calls

  /// What is answered by the session of the moment.
  static let methods = [
    TableV1.GossipMethods.exchange, TableV1.RecordsMethods.reconcile,
    TopicsV1.TopicsMethods.publish, TopicsV1.TopicsMethods.subscribe,
    TopicsV1.TopicsMethods.acknowledge, TopicsV1.TopicsMethods.list,
    TopicsV1.TopicsMethods.subscriptions, TopicsV1.TopicsMethods.unsubscribe,
    TopicsV1.TopicExchangeMethods.exchange, ZonesV1.ZonesMethods.exchange,
  ]

  func handler(of method: MethodDescription) throws(NetworkError) -> MethodHandler {
    guard let handler = handlers[method.path] else {
      throw NetworkError(.notFound, "no service of this node answers \(method)")
    }
    return handler
  }

  /// Topics, zones and tenants hear who came and who went.
  func take(_ change: GossipChange) {
    if let (joined, left) = state.withLock({ $0.live.take(change) }) { tell(joined, left) }
  }

  /// Those whom the last run knew count as there until the membership protocol says otherwise.
  private func expect(_ known: [SignedRecord]) {
    let now = WallTime.now()
    let expected = state.withLock { state in
      for signed in known where signed.record.expiresAt > now {
        _ = state.live.take(.record(signed))
      }
      return Array(state.live.nodes)
    }
    if !expected.isEmpty { tell(expected, []) }
  }

  private func tell(_ joined: [NodeID], _ left: [NodeID]) {
    topics.membersChanged(joined: joined, left: left)
    zones.membersChanged(joined: joined, left: left)
    for tenant in tenants { tenant.membersChanged(joined: joined, left: left) }
  }

  /// Until the node stops, or goes to another network.
  func run(until scope: ComponentScope, orReplaced replaced: Broadcast) async throws {
    var limits = ComponentRunner.Limits()
    limits.stopDeadline = .seconds(5)
    let runner = ComponentRunner(components, on: network.ground.loops, limits: limits)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await runner.run(until: self.over) { scope.started() } }
      group.addTask {
        await scope.stopRequested()
        await self.end(within: .seconds(2))
      }
      group.addTask {
        await replaced.next().wait()
        if !Task.isCancelled { await self.end(within: .seconds(1)) }
      }
      try await group.next()
      // One of the two that wait has ended it, or it failed: the runner's end counts.
      if over.isOpen { try await group.next() }
      group.cancelAll()
    }
  }

  /// Tells the neighbours, if there is time, once.
  func sayGoodbye(within time: Duration) async {
    let isFirst = state.withLock { state in
      defer { state.hasLeft = true }
      return !state.hasLeft
    }
    if isFirst { await within(time) { await self.gossip.leave() } }
  }

  /// Keeps the time for those who are on no loop.
  var home: EventLoop { network.ground.loops.loops[0] }

  private func end(within time: Duration) async {
    await sayGoodbye(within: time)
    over.open()
  }

  // MARK: - The node's own record

  var ownRecord: SignedRecord { state.withLock { $0.record } }

  /// The membership protocol wants a newer one.
  func sign(after sequence: UInt64, lease: Duration, isLeaving: Bool) async throws -> SignedRecord {
    state.withLock { $0.lease = lease }
    var record = network.describeOwn(
      relays: places.held, zone: zones.zone.description, lease: lease)
    record.isLeaving = isLeaving
    return try await keep(try await network.sign(record, after: sequence))
  }

  /// Tells the network when what the node says of itself has changed.
  func refresh() async throws {
    let (held, lease) = state.withLock { ($0.record, $0.lease) }
    let record = network.describeOwn(
      relays: places.held, zone: zones.zone.description, lease: lease)
    if held.record.isLeaving || record.says(held.record) { return }
    await gossip.publish(try await keep(try await network.sign(record, after: held.sequence)))
  }

  private func keep(_ signed: SignedRecord) async throws -> SignedRecord {
    state.withLock { if $0.record.sequence < signed.sequence { $0.record = signed } }
    network.state.withLock { _ = $0.table.take(signed.record, at: .now()) }
    network.tableChanges.announce()
    return signed
  }

  /// They are members no longer.
  func expel(_ nodes: Set<NodeID>) {
    network.start { [self] in for id in nodes { await gossip.expel(id) } }
  }
}
