package import Calls
package import IO
package import Primitives

/// The index of this node and of other nodes: the shell around `ZoneCore`.
package final class ZoneService: Component {
  package struct Limits: Sendable {
    package var core = ZoneCore.Limits()
    package var streams = PeerStreamLimits()
    /// Changes that wait for the disk; beyond that nothing is taken in.
    package var unsaved = 4_096
    /// Between two attempts to write to a disk that refuses.
    package var savePause = Duration.seconds(1)
    package init() {}
  }

  /// What a search brought.
  package struct Findings: Sendable, Equatable {
    package var entries: [ZoneEntry]
    /// How many other nodes were asked.
    package var contacts: Int
    /// The zone was catching up, so its neighbour was asked too.
    package var wentBeyond: Bool
  }

  private struct Waiting<Answer: Sendable>: Sendable {
    let done = Gate()
    var result: Result<Answer, NetworkError>?
  }

  private struct State: Sendable {
    var core: ZoneCore
    var puts: [UInt64: Waiting<Void>] = [:]
    var finds: [UInt64: Waiting<Findings>] = [:]
    var lastToken: UInt64 = 0
    /// What was decided and is not on disk yet.
    var unsaved = 0
  }

  /// What may happen once everything before it is on disk.
  private struct Release: Sendable {
    var sends: [(message: ZoneMessage, peer: NodeID)] = []
    /// Puts that have enough copies.
    var stored: [UInt64] = []
    var isEmpty: Bool { sends.isEmpty && stored.isEmpty }
  }

  private struct Save: Sendable {
    var writes: [ZoneWrite]
    var release: Release
  }

  private struct Effects: Sendable {
    /// From whom the event came.
    let peer: NodeID?
    var writes: [ZoneWrite] = []
    var release = Release()
    var complaint: NetworkError?
    var zone: ZonePrefix?
  }

  package let name = "zones"
  private let state: Locked<State>
  private let streams: PeerStreams<ZonesV1.ZoneMessage>
  private let zoneChanged: @Sendable (ZonePrefix) -> Void
  private let archive: ZoneArchive
  private let saves = SaveQueue<Save>(of: "entries of the index")
  private let limits: Limits
  private let isDue = Broadcast()
  private let hasLeft = Gate()

  /// `restored` is what `archive.load()` gives before; `callers` is `NetworkView.caller(to:)`.
  /// `zoneChanged` is told the zone that belongs into the node's record from then on; it must not
  /// wait.
  package init(
    own: NodeID, seed: UInt64, restored: [ZoneWrite], archive: ZoneArchive,
    limits: Limits = Limits(),
    callers: @escaping @Sendable (NodeID) throws -> any Caller,
    zoneChanged: @escaping @Sendable (ZonePrefix) -> Void = { _ in }
  ) {
    self.zoneChanged = zoneChanged
    self.archive = archive
    self.limits = limits
    let core = ZoneCore(
      own: own, restored: restored, limits: limits.core, seed: seed, now: .now())
    state = Locked(State(core: core))
    streams = PeerStreams(
      name: "zones", own: own, limits: limits.streams, callers: callers
    ) { caller, body in
      try await ZonesV1.ZonesClient(caller).exchange { try await body($0) }
    }
    streams.onReceive { [weak self] wire, peer in
      let message = try ZoneMessage(wire)
      // Lost: whoever sent it will do so again.
      if self?.isBehind == true { return }
      if let complaint = self?.handle(.received(message, from: peer), from: peer) {
        throw complaint
      }
    }
  }

  /// What the call server answers.
  package var handlers: [MethodHandler] { ZoneExchange(streams: streams).handlers }

  /// Live members other than this node, and such that are so no longer.
  package func membersChanged(joined: [NodeID], left: [NodeID]) {
    for node in left { streams.forget(node) }
    handle(.membersChanged(joined: joined, left: left))
  }

  // MARK: - The index

  /// Returns when at least three members of each entry's zone have it, or all where there are
  /// fewer. Entries of one key replace each other by version.
  package func put(_ entries: [ZoneEntry]) async throws {
    if isBehind {
      throw NetworkError(.busy, "the disk does not keep up with the index: try again later")
    }
    let waiting = Waiting<Void>()
    let token = update { state, effects in
      state.lastToken += 1
      state.puts[state.lastToken] = waiting
      feed(.put(token: state.lastToken, entries), &state, &effects)
      return state.lastToken
    }
    await waiting.done.wait()
    guard let result = state.withLock({ $0.puts.removeValue(forKey: token)?.result }) else {
      throw CancellationError()
    }
    try result.get()
  }

  /// The entries with such keys, at most `limit` of them; the keys are of one term, so of one
  /// zone. Removed ones are among them, with no payload.
  package func find(_ keys: KeyRange, limit: Int = 256) async throws -> Findings {
    let waiting = Waiting<Findings>()
    let token = update { state, effects in
      state.lastToken += 1
      state.finds[state.lastToken] = waiting
      feed(.find(token: state.lastToken, keys, limit: limit), &state, &effects)
      return state.lastToken
    }
    await waiting.done.wait()
    guard let result = state.withLock({ $0.finds.removeValue(forKey: token)?.result }) else {
      throw CancellationError()
    }
    return try result.get()
  }

  private var isBehind: Bool { state.withLock { $0.unsaved >= limits.unsaved } }

  /// The zone this node is in.
  package var zone: ZonePrefix { state.withLock { $0.core.zone } }

  package var status: ZoneStatus { state.withLock { ZoneStatus($0.core, now: .now()) } }

  /// Gives what is kept here to others; returns when they have it. The caller sets the deadline.
  package func leave() async {
    handle(.leave)
    await hasLeft.wait()
  }

  // MARK: - The component

  package func run(_ scope: ComponentScope) async throws {
    registerMetrics()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.streams.run(scope) }
      group.addTask { await self.save() }
      group.addTask {
        await self.isDue.callWhenDue({ self.state.withLock { $0.core.nextWake } }) {
          self.handle(.wake)
        }
      }
      await scope.stopRequested()
      group.cancelAll()
      try await group.waitForAll()
    }
    state.withLock { state in
      let error = NetworkError(.closed, "the node is stopping")
      for token in Array(state.puts.keys) { finishPut(token, .failure(error), &state) }
      for token in Array(state.finds.keys) { finishFind(token, .failure(error), &state) }
    }
  }

  private func registerMetrics() {
    let registry = MetricRegistry.shared
    registry.gauge("apus_zone_members", "Live nodes in this node's zone of the file index.") {
      [weak self] in
      guard let status = self?.status else { return 0 }
      return Double(status.zones.first { $0.prefix == status.own }?.members.count ?? 0)
    }
    registry.gauge("apus_zone_entries", "Entries of the file index that are kept here.") {
      [weak self] in Double(self?.status.entries ?? 0)
    }
    registry.gauge("apus_zone_settled", "1 when this node has all entries of its zone.") {
      [weak self] in self?.status.isSettled ?? false ? 1 : 0
    }
  }

  private func save() async {
    await saves.run(pause: limits.savePause) { saves in
      try await archive.save(saves.flatMap(\.writes))
    } saved: { saves in
      state.withLock { $0.unsaved -= saves.count }
      for save in saves { release(save.release) }
    }
  }

  private func release(_ release: Release) {
    // What is lost is sent again, or found by comparing.
    for send in release.sends {
      _ = streams.send(send.message.wire, bytes: send.message.roughSize, to: send.peer)
    }
    if release.stored.isEmpty { return }
    state.withLock { state in
      for token in release.stored { finishPut(token, .success(()), &state) }
    }
  }

  // MARK: - The core

  /// Returns what the peer did wrong.
  @discardableResult
  private func handle(_ event: ZoneEvent, from peer: NodeID? = nil) -> NetworkError? {
    update(from: peer) { state, effects in
      feed(event, &state, &effects)
      return effects
    }.complaint
  }

  private func update<Answer: Sendable>(
    from peer: NodeID? = nil, _ body: (inout State, inout Effects) -> Answer
  ) -> Answer {
    let (answer, effects, isFree, mustWake) = state.withLock { state in
      let next = state.core.nextWake
      var effects = Effects(peer: peer)
      let answer = body(&state, &effects)
      let rests = !effects.writes.isEmpty || (state.unsaved > 0 && !effects.release.isEmpty)
      if rests {
        state.unsaved += 1
        saves.add(Save(writes: effects.writes, release: effects.release))
      }
      return (answer, effects, !rests, state.core.nextWake != next)
    }
    if isFree { release(effects.release) }
    if let zone = effects.zone { zoneChanged(zone) }
    if mustWake { isDue.announce() }
    return answer
  }

  private func feed(_ event: ZoneEvent, _ state: inout State, _ effects: inout Effects) {
    for action in state.core.handle(event, now: .now(), wall: .now()) {
      switch action {
      case .save(let writes): effects.writes += writes
      case .send(let message, let peer): effects.release.sends.append((message, peer))
      case .stored(let token): effects.release.stored.append(token)
      case .failed(let token, let error):
        finishPut(token, .failure(error), &state)
        finishFind(token, .failure(error), &state)
      case .found(let token, let entries, let contacts, let wentBeyond):
        let findings = Findings(entries: entries, contacts: contacts, wentBeyond: wentBeyond)
        finishFind(token, .success(findings), &state)
      case .zoneChanged(let zone): effects.zone = zone
      case .left: hasLeft.open()
      case .violated(let peer, let error): if peer == effects.peer { effects.complaint = error }
      }
    }
  }

  private func finishPut(
    _ token: UInt64, _ result: Result<Void, NetworkError>, _ state: inout State
  ) {
    state.puts[token]?.result = result
    state.puts[token]?.done.open()
  }

  private func finishFind(
    _ token: UInt64, _ result: Result<Findings, NetworkError>, _ state: inout State
  ) {
    state.finds[token]?.result = result
    state.finds[token]?.done.open()
  }
}
