package import Calls
package import HTTP
package import IO
package import Primitives
package import Security

// # The network, put together
//
// `Network` is what the rest of the program knows: calls to other nodes, the node table, joining
// and leaving. It lives as long as the node. What belongs to one network of nodes (the membership
// protocol, discovery, places at relays) is a `NetworkSession`, which ends when the node goes to
// another network, and a new one begins.
//
//   port --(NodeDoor)--> Doorway --carrier--> Peer (one for each other node) --> Link
//   PeerCaller --> Peer --search--> Dialler --carrier--> Link
//   GossipExchange --changes--> NodeTable <-- paths, measurements

/// The network of a node: see above.
package final class Network: Component, NetworkView, Sendable {
  package struct Options: Sendable {
    /// Of the program, for others to see.
    package var version = ""
    package var relays = true
    /// LAN discovery by multicast.
    package var discovers = true
    /// Asks the router for a port.
    package var mapsPorts = true
    package var labels: [String: String] = [:]
    /// The owner may let things go wrong between this node and others.
    package var takesFaults = false
    /// For tests on one machine.
    package var includesLoopback = false
    /// After the last use of a link.
    package var linkIdle = Duration.seconds(60)
    /// Sessions on extra carriers from one peer.
    package var bulkSessions = 16
    /// For dialling an extra carrier where a link is already; a long way gives more time.
    package var bulkTime = Duration.seconds(1)
    /// Connections of nodes that are no members, at once, and the time of each.
    package var strangers = 64
    package var strangerTime = Duration.seconds(30)
    /// A node that joins waits so long for the table.
    package var tableTime = Duration.seconds(5)
    package var links = LinkLimits()
    package var gossip = Gossip.Limits()
    package init() {}
  }

  /// What the node brings.
  package struct Ground: Sendable {
    package var key: SigningKey
    package var membership: Membership
    package var store: NetworkStore
    package var loops: LoopGroup
    package var tls: ServerTLS
    package var specs: SpecsDetection

    package init(
      key: SigningKey, membership: Membership, store: NetworkStore, loops: LoopGroup,
      tls: ServerTLS, specs: SpecsDetection
    ) {
      self.key = key
      self.membership = membership
      self.store = store
      self.loops = loops
      self.tls = tls
      self.specs = specs
    }
  }

  struct State: Sendable {
    var handler: (any Handler)?
    var tenants: [TenantMaker] = []
    var session: NetworkSession?
    var table: NodeTable
    var listening: [SocketAddress] = []
    var interfaces: [NetworkInterface] = []
    var mark = NetworkMark("")
    var nat = NATReport()
    var mapped: SocketAddress?
    /// Where nodes without a record, or beside it, may be found.
    var hints: [NodeID: [SocketAddress]] = [:]
    var recipes = RecipeMemory()
    /// Of the links that have a carrier; rows of the table come and go beside them.
    var paths: [NodeID: PathKind] = [:]
    var strangers = 0
    /// Where the next network begins.
    var entrance: (node: NodeID, address: SocketAddress)?
    /// What was told to the neighbours last.
    var toldKnowledge: Digest?
    var specs = NodeSpecs()
    /// Bytes that its owner leaves to the network.
    var room: @Sendable () -> UInt64 = { .max }
    /// When a connection from elsewhere last came in: proof of being reachable.
    var enteredAt: Instant?
    /// The owner was told that this node is out of its network.
    var hasToldOut = false
    /// A join that waits for approval is asked for anew.
    var isAskingAgain = false
  }

  package let name = "network"
  package let options: Options
  let ground: Ground
  let boot: BootID
  let startedAt = WallTime.now()
  let clientTLS: TLSContext
  let state: Locked<State>
  package let tableChanges = Broadcast()
  package let relay: RelayServer
  let faults: FaultSwitch
  let sessionChanges = Broadcast()
  /// Announced when the node goes to another network.
  let replaced = Broadcast()
  /// Announced when the machine is in other networks.
  let machineChanges = Broadcast()
  /// Announced when a link has no carrier any more.
  let linkLosses = Broadcast()
  /// Announced when something this node says of itself may have changed.
  let ownChanges = Broadcast()
  private let testerBox = Locked<SpeedTester?>(nil)
  private let peersBox = Locked<PeerSet?>(nil)
  /// For what nobody waits for; on the first loop.
  private let errands: TaskSet
  let log = Logger("Mesh")

  package init(_ ground: Ground, options: Options = Options()) throws {
    self.ground = ground
    self.options = options
    boot = BootID(SplitMix.freshSeed())
    clientTLS = try TLSContext(
      client: Credentials(of: ground.key), protocols: [ApplicationProtocol.node])
    faults = FaultSwitch(isEnabled: options.takesFaults, own: ground.key.id)
    state = Locked(State(table: NodeTable(me: ground.key.id)))
    errands = TaskSet(on: ground.loops.loops[0])
    relay = RelayServer(
      home: ground.loops.loops[0], isOffered: options.relays, seed: SplitMix.freshSeed(),
      observed: { _ in nil })
    peersBox.withLock {
      $0 = PeerSet(loops: ground.loops.loops) { [unowned self] in Peer($0, of: self, on: $1) }
    }
  }

  /// One for all, since two tests at once would measure each other.
  var tester: SpeedTester {
    testerBox.withLock { box in
      let tester = box ?? SpeedTester(self)
      box = tester
      return tester
    }
  }

  var peers: PeerSet {
    guard let peers = peersBox.withLock({ $0 }) else { preconditionFailure("no peers") }
    return peers
  }

  package var own: NodeID { ground.key.id }
  package var membership: Membership { ground.membership }

  /// What answers the calls of other nodes, and where the node listens; before `run`.
  package func serve(_ handler: any Handler, listening: [SocketAddress]) {
    state.withLock {
      $0.handler = handler
      $0.listening = listening
    }
  }

  var handler: any Handler {
    guard let handler = state.withLock({ $0.handler }) else {
      preconditionFailure("the network runs before it is told what to serve")
    }
    return handler
  }

  /// Runs it on the first loop, beside everything else; the node's end cancels it.
  func start(_ body: @escaping @Sendable () async -> Void) {
    ground.loops.loops[0].execute { [errands] in errands.start(body) }
  }

  private func endErrands() async {
    await ground.loops.loops[0].run { [errands] in
      errands.cancelAll()
      await errands.waitForAll()
    }
  }

  // MARK: - The component

  package func run(_ scope: ComponentScope) async throws {
    defer { letGo() }
    let interfaces = try NetworkInterface.all()
    state.withLock {
      $0.interfaces = interfaces
      $0.mark = NetworkMark(interfaces)
    }
    let specs = NodeSpecs(await ground.specs.specs(on: ground.loops.loops[0]))
    state.withLock { $0.specs = specs }
    while true {
      let session = try await NetworkSession.make(self)
      state.withLock { $0.session = session }
      sessionChanges.announce()
      tellIfOut()
      if membership.pendingJoin != nil { askAgain() }
      try await session.run(until: scope, orReplaced: replaced)
      state.withLock { state in
        state.session = nil
        state.hints = [:]
        state.recipes = RecipeMemory()
      }
      await endErrands()
      await peers.closeAll()
      if scope.isStopping || Task.isCancelled { return membership.endHolds() }
      try await ground.store.clear()
      let entrance = state.withLock { state in
        state.table = NodeTable(me: own)
        defer { state.entrance = nil }
        return state.entrance
      }
      if let entrance { try await ground.store.add(contact: entrance.node, at: entrance.address) }
    }
  }

  /// What is served knows the network, and so does what measures for it: without this a program
  /// that runs one node after another would keep them all.
  private func letGo() {
    state.withLock {
      $0.handler = StoppedHandler()
      $0.tenants = []
      $0.session = nil
    }
    testerBox.withLock { $0 = nil }
  }

  /// What belongs to the network of nodes that this node is in now.
  package func session() throws(NetworkError) -> NetworkSession {
    guard let session = state.withLock({ $0.session }) else {
      throw NetworkError(.unreachable, "the node is starting, stopping or changing its network")
    }
    return session
  }

  // MARK: - The view

  package func withTable<Result>(
    _ body: (inout NodeTable) throws(NetworkError) -> Result
  ) throws(NetworkError) -> Result {
    let outcome = state.withLock { state -> Swift.Result<Result, NetworkError> in
      do throws(NetworkError) { return .success(try body(&state.table)) } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  package func caller(to peer: NodeID) throws(NetworkError) -> any Caller {
    try caller(to: peer, isBulk: false)
  }

  /// The same for calls that move much: over an extra carrier where the node can be dialled, and
  /// over the link where it cannot. They fail when that carrier does.
  package func bulkCaller(to peer: NodeID) throws(NetworkError) -> any Caller {
    try caller(to: peer, isBulk: true)
  }

  private func caller(to peer: NodeID, isBulk: Bool) throws(NetworkError) -> any Caller {
    if let why = membership.whyOut() { throw why }
    if peer == own {
      throw NetworkError(.violation, "this node is \(peer.short) itself; ask it directly")
    }
    guard isKnown(peer) else {
      throw NetworkError(.notFound, "the network knows no node \(peer.short); see `apus nodes`")
    }
    return PeerCaller(peer, isBulk: isBulk, of: self)
  }

  private func isKnown(_ peer: NodeID) -> Bool {
    state.withLock { $0.table[peer] != nil || $0.hints[peer] != nil }
  }

  package func explain(_ peer: NodeID, deadline: Instant) async throws -> DialReport {
    _ = try caller(to: peer)
    return try await peers.with(peer) { peer in
      let loop = peer.loop
      return try await withThrowingTaskGroup(of: DialReport?.self) { group in
        group.addTask(executorPreference: loop) { await peer.explain() }
        group.addTask(executorPreference: loop) {
          try await loop.sleep(until: deadline)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let report = first else {
          throw NetworkError(.timedOut, "the search for ways took longer than it may")
        }
        return report
      }
    }
  }

  package func rows() -> [NodeRow] { state.withLock { Array($0.table.rows) } }

  package func row(of node: NodeID) -> NodeRow? { state.withLock { $0.table[node] } }

  /// Members that are there, other than this node.
  package var livePeers: Int {
    state.withLock { $0.table.rows.count { !$0.isSelf && $0.state.isLive } }
  }

  /// Whether a live node other than this id has the name.
  package func isTaken(name: String, byOtherThan id: NodeID) -> Bool {
    state.withLock { $0.table.isTaken(name: name, byOtherThan: id) }
  }

  // MARK: - What peers tell

  func linked(_ peer: NodeID, path: PathKind) {
    state.withLock {
      $0.paths[peer] = path
      $0.table.setPath(path, to: peer)
    }
    tableChanges.announce()
  }

  func unlinked(_ peer: NodeID) {
    state.withLock {
      $0.paths[peer] = nil
      $0.table.setPath(nil, to: peer)
    }
    linkLosses.announce()
    tableChanges.announce()
  }

  /// A member whose certificate holds now.
  package func principal(of key: NodeID) -> Principal {
    membership.rolesAndPermissions(of: key) == nil ? .stranger(key) : .node(key)
  }

  /// Their certificates hold no longer: nobody speaks with them from here on.
  package func expel(_ nodes: [NodeID: LinkFrame.Farewell]) {
    for (id, farewell) in nodes {
      peers.ifThere(id) { peer in
        peer.end(farewell)
        peer.network.unlinked(id)
      }
    }
    if let session = state.withLock({ $0.session }) { session.expel(Set(nodes.keys)) }
    knowledgeMayHaveChanged()
  }
}

extension NodeSpecs {
  init(_ machine: MachineSpecs) {
    self.init()
    processor = machine.processor
    cores = machine.cores
    memoryBytes = machine.memoryBytes
    diskBytes = machine.diskBytes
    architecture = machine.architecture
    system = "linux"
    graphics = machine.gpus.map {
      Graphics(name: $0.name, vendor: $0.vendor.rawValue, memoryBytes: $0.memoryBytes)
    }
  }
}
