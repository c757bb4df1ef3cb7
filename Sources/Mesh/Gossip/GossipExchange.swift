package import Calls
package import IO
package import Primitives

/// Runs the membership core over streams of messages, one for each link it wants. Guard: confined
/// to `loop`; the hooks are called there too.
package final class GossipExchange: Component, TableV1.GossipService, @unchecked Sendable {
  package struct Limits: Sendable {
    /// Messages waiting for one slow peer.
    package var queued = 256
    /// From the stream's opening to equal revocations.
    package var greeting = Duration.seconds(15)
    package init() {}
  }

  /// What the core is started with.
  package struct Beginning: Sendable {
    package var own: SignedRecord
    /// Nodes to join through.
    package var contacts: [NodeID]
    /// The table as it was kept from the last run.
    package var known: [SignedRecord]

    package init(own: SignedRecord, contacts: [NodeID], known: [SignedRecord]) {
      self.own = own
      self.contacts = contacts
      self.known = known
    }
  }

  package let name = "gossip"
  private let loop: EventLoop
  private let hooks: GossipHooks
  private let limits: Limits
  private let codec = GossipCodec()
  private let beginning: Beginning
  private let me: NodeID
  private var core: Gossip
  private var directory = PeerDirectory()
  /// What the core's live records come to.
  private var live: RecordShelf
  private var contacts: Set<NodeID>
  private var sessions: [NodeID: GossipSession] = [:]
  private var dialling: Set<NodeID> = []
  private var events: [GossipEvent] = []
  private var isFeeding = false
  /// Nothing happens any more: what ends would only be begun again.
  private var isOver = false
  private var timer: TimerToken?
  private let tasks: TaskSet
  private let departed = Gate()
  private let log = Logger("Mesh")

  package init(
    _ beginning: Beginning, checker: any RecordChecking, on loop: EventLoop, seed: UInt64,
    hooks: GossipHooks, limits: Limits = Limits(), core: Gossip.Limits = Gossip.Limits(),
    shelf: RecordShelf = RecordShelf()
  ) {
    live = shelf
    self.loop = loop
    self.hooks = hooks
    self.limits = limits
    self.beginning = beginning
    me = beginning.own.id
    contacts = Set(beginning.contacts)
    let number = directory.number(of: me)
    self.core = Gossip(me: number, checker: checker, seed: seed, limits: core)
    tasks = TaskSet(on: loop)
  }

  package func run(_ scope: ComponentScope) async throws {
    await loop.run {
      begin()
      scope.started()
      await scope.stopRequested()
      isOver = true
      if let timer { loop.cancel(timer) }
      for session in sessions.values { session.close() }
      tasks.cancelAll()
      await tasks.waitForAll()
    }
  }

  /// Says goodbye to everybody; returns when that is sent.
  package func leave() async {
    await loop.run {
      if isOver { return }
      feed(.leave)
      await departed.wait()
    }
  }

  /// The node's own record has changed: everybody hears of it within seconds.
  package func publish(_ own: SignedRecord) async { await loop.run { feed(.own(own)) } }

  /// The certificate of a node was revoked.
  package func expel(_ id: NodeID) async {
    await loop.run {
      if let number = directory.existing(id) { feed(.expel(number)) }
    }
  }

  /// Somebody was found otherwise: links up, and learns what it knows.
  package func meet(_ id: NodeID) async {
    await loop.run {
      guard id != me, sessions[id] == nil, contacts.insert(id).inserted || core.liveCount <= 1
      else { return }
      open(id, directory.number(of: id))
    }
  }

  /// Compares the whole table with a node's, whatever the protocol would do by itself.
  package func learn(from id: NodeID) async throws {
    let records = try await hooks.reconcile(id)
    await loop.run {
      let peer = directory.number(of: id)
      feed(.reconciled(records.map { (directory.number(of: $0.id), $0) }, with: peer))
    }
  }

  /// The records to keep for the next start.
  package func liveRecords() async -> [SignedRecord] { await loop.run { coreRecords } }

  private var coreRecords: [SignedRecord] {
    core.everybody().compactMap { $0.2.isLive ? $0.1 : nil }
  }

  /// The same, to compare with a peer's.
  package func shelf() async -> RecordShelf { await loop.run { live } }

  /// Those whom this node watches now.
  package func neighbours() async -> [NodeID] {
    await loop.run { core.neighbourPeers.compactMap { directory.id(of: $0) } }
  }

  // MARK: - The core

  private func begin() {
    feed(
      .start(
        own: beginning.own, contacts: beginning.contacts.map { directory.number(of: $0) },
        known: beginning.known.map { (directory.number(of: $0.id), $0) }))
    live.fill(coreRecords)
  }

  /// What the core holds of a peer has changed, or may have.
  private func noteLive(_ peer: PeerNumber) {
    guard let id = directory.id(of: peer) else { return }
    live.set(core.state(of: peer).isLive ? core.record(of: peer) : nil, of: id)
  }

  /// One event after another: what an action brings about comes after the other actions.
  private func feed(_ event: GossipEvent) {
    loop.checkIsCurrent("GossipExchange")
    if isOver { return }
    events.append(event)
    if isFeeding { return }
    isFeeding = true
    while !events.isEmpty {
      let event = events.removeFirst()
      for action in core.handle(event, now: .now(), wall: .now()) { perform(action) }
      if case .own = event { noteLive(core.me) }
    }
    isFeeding = false
    directory.settle { number, id in
      number == core.me || core.record(of: number) != nil || contacts.contains(id)
        || sessions[id] != nil || dialling.contains(id)
    }
    setTimer()
  }

  private func setTimer() {
    if let timer { loop.cancel(timer) }
    timer = core.nextWake.map { time in
      loop.schedule(at: time) { [self] in
        timer = nil
        feed(.wake)
      }
    }
  }

  private func perform(_ action: GossipAction) {
    switch action {
    case .open(let peer): withID(peer) { open($0, peer) }
    case .close(let peer): withID(peer) { close($0) }
    case .send(let message, let peer):
      guard let id = directory.id(of: peer), let session = sessions[id] else { return }
      session.send(TableV1.GossipFrame { $0.content = .message(codec.wire(message, directory)) })
    case .renew(let after, let lease, let isLeaving): renew(after, lease, isLeaving)
    case .reconcile(let peer): withID(peer) { reconcile($0, peer) }
    case .record(let peer, let signed):
      noteLive(peer)
      hooks.changed(.record(signed))
    case .state(let peer, let state):
      noteLive(peer)
      withID(peer) { hooks.changed(.state($0, state)) }
    case .forget(let peer):
      noteLive(peer)
      withID(peer) { hooks.changed(.forgotten($0)) }
      directory.forget(peer)
    case .measured(let peer, let roundTrip, let its):
      withID(peer) {
        hooks.changed(.measured($0, roundTrip: roundTrip, its: its, own: core.coordinate))
      }
    case .missed(let peer): withID(peer) { hooks.changed(.missed($0)) }
    case .refused(let verdict, let peer): withID(peer) { refused(verdict, from: $0) }
    case .departed: departed.open()
    }
  }

  private func withID(_ peer: PeerNumber, _ body: (NodeID) -> Void) {
    if let id = directory.id(of: peer) { body(id) }
  }

  private func refused(_ verdict: RecordVerdict, from id: NodeID) {
    hooks.changed(.refused(verdict, from: id))
    if verdict.isViolation {
      log.warning("a peer passed on a forged record", .init("peer", id.short))
      sessions[id]?.close()
    }
  }

  private func renew(_ after: UInt64, _ lease: Duration, _ isLeaving: Bool) {
    tasks.start { [self] in
      do {
        feed(.own(try await hooks.sign(after, lease, isLeaving)))
      } catch {
        log.error("the node's record could not be signed", .init("cause", "\(error)"))
      }
    }
  }

  private func reconcile(_ id: NodeID, _ peer: PeerNumber) {
    tasks.start { [self] in
      var records: [SignedRecord] = []
      do { records = try await hooks.reconcile(id) } catch {
        log.debug("a full exchange failed", .init("peer", id.short), .init("cause", "\(error)"))
      }
      guard directory.existing(id) == peer else { return }
      feed(.reconciled(records.map { (directory.number(of: $0.id), $0) }, with: peer))
    }
  }

  // MARK: - Streams

  package func exchange(
    _ requests: MessageReader<TableV1.GossipFrame>, _ replies: MessageWriter<TableV1.GossipFrame>,
    _ context: CallContext
  ) async throws {
    guard case .node(let id) = context.principal else {
      throw Status(.permissionDenied, "Only members of the network speak its membership protocol.")
    }
    let stream = GossipStream(requests, replies)
    try await loop.run { try await converse(id, stream, isMine: false) }
  }

  private func open(_ id: NodeID, _ peer: PeerNumber) {
    if sessions[id] != nil { return feed(.linkUp(peer)) }
    guard dialling.insert(id).inserted else { return }
    tasks.start { [self] in
      do {
        try await hooks.dial(id) { stream in
          try await self.loop.run { try await self.converse(id, stream, isMine: true) }
        }
      } catch {
        log.debug("no stream to a peer", .init("peer", id.short), .init("cause", "\(error)"))
      }
      if dialling.remove(id) != nil, sessions[id] == nil { feed(.openFailed(peer)) }
    }
  }

  private func close(_ id: NodeID) {
    guard let session = sessions[id] else { return }
    session.close()
    hooks.release(id)
  }

  /// From greeting to end. Throws what the peer did wrong.
  private func converse(_ id: NodeID, _ stream: GossipStream, isMine: Bool) async throws {
    let session = GossipSession(peer: id, isMine: isMine, limit: limits.queued)
    try await greetInTime(id, stream)
    guard isPreferred(session) else { return }
    sessions[id]?.close()
    sessions[id] = session
    dialling.remove(id)
    let number = directory.number(of: id)
    feed(.linkUp(number))
    defer {
      if sessions[id] === session {
        sessions[id] = nil
        if let number = directory.existing(id) { feed(.linkDown(number)) }
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await session.writeAll(to: stream) }
      group.addTask { try await self.read(stream, session) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func greetInTime(_ id: NodeID, _ stream: GossipStream) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.greet(id, stream) }
      group.addTask {
        try await self.loop.sleep(for: self.limits.greeting)
        throw NetworkError(.timedOut, "The peer did not greet in time.")
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func greet(_ id: NodeID, _ stream: GossipStream) async throws {
    let own = hooks.revocations()
    try await stream.write(
      TableV1.GossipFrame {
        $0.content = .greeting(TableV1.Greeting { $0.revocations = own.bytes })
      })
    guard case .greeting(let greeting)? = try await stream.next()?.content,
      let theirs = Digest(greeting.revocations)
    else { throw NetworkError(.violation, "The peer did not greet before it spoke.") }
    if theirs != own { try await hooks.mergeRevocations(id, theirs) }
  }

  /// When both sides opened a stream at once, both keep the one that the smaller id opened. A
  /// second one from the same side is a new try after a break that only one side saw.
  private func isPreferred(_ session: GossipSession) -> Bool {
    guard let old = sessions[session.peer], old.isMine != session.isMine else { return true }
    return session.isMine == (me < session.peer)
  }

  private func read(_ stream: GossipStream, _ session: GossipSession) async throws {
    while let frame = try await stream.next() {
      guard case .message(let wire)? = frame.content else {
        throw NetworkError(.violation, "The peer greeted twice or said nothing.")
      }
      guard sessions[session.peer] === session else { return }
      guard let message = try codec.read(wire, &directory) else { continue }
      feed(.received(message, from: directory.number(of: session.peer)))
    }
  }
}
