package import Calls
package import IO
package import Mesh
package import Primitives

/// Keeps as many copies of shares as they want: the shell around `PlacementCore`.
package final class PlacementKeeper: Component {
  package struct Limits: Sendable {
    package var core = PlacementLimits()
    package var streams = PeerStreamLimits()
    /// Between two attempts to write to a disk that refuses.
    package var savePause = Duration.seconds(1)
    package init() {}
  }

  /// What the keeper has others do; none of it is called while it holds its lock.
  package struct Work: Sendable {
    /// Gets the blob of a share, and what it names, whole; nil once it is here. Throws `full`
    /// when there is no room for it.
    package var fetch: @Sendable (SignedShare, _ sources: [NodeID]) async throws -> Void
    /// The copy is not needed for this share any more.
    package var drop: @Sendable (SignedShare) async throws -> Void
    package init(
      fetch: @escaping @Sendable (SignedShare, _ sources: [NodeID]) async throws -> Void,
      drop: @escaping @Sendable (SignedShare) async throws -> Void
    ) {
      self.fetch = fetch
      self.drop = drop
    }
  }

  private enum Step: Sendable {
    case save([ShelfWrite])
    case send(PlacementMessage, NodeID)
    case fetch(SignedShare, [NodeID])
    case cancel(ShareKey)
    case drop(SignedShare)
    case list(SignedShare, Share?)
    case mark(SignedShare)
    case unmark(BlobID)
    case left
  }

  package let name = "placement"
  private let core: Locked<PlacementCore>
  private let shelf: ShareShelf
  private let index: ShareIndex
  private let work: Work
  private let streams: PeerStreams<FilesV1.PlacementMessage>
  private let limits: Limits
  private let steps = Locked<[Step]>([])
  private let hasSteps = Broadcast()
  private let isDue = Broadcast()
  private let hasLeft = Locked<Gate?>(nil)
  private let fetches = Locked<[ShareKey: Gate]>([:])
  private let log = Logger("Blobs")

  /// `restored` is what `shelf.load()` gives before; `callers` is `NetworkView.caller(to:)`.
  package init(
    own: NodeID, seed: UInt64, restored: [ShelvedShare], shelf: ShareShelf, index: ShareIndex,
    work: Work, limits: Limits = Limits(),
    callers: @escaping @Sendable (NodeID) throws -> any Caller
  ) {
    core = Locked(
      PlacementCore(own: own, restored: restored, limits: limits.core, seed: seed, now: .now()))
    self.shelf = shelf
    self.index = index
    self.work = work
    self.limits = limits
    streams = PeerStreams(
      name: "placement", own: own, limits: limits.streams, callers: callers
    ) { caller, body in
      try await FilesV1.PlacementClient(caller).exchange { try await body($0) }
    }
    streams.onReceive { [weak self] wire, peer in
      let message = try PlacementMessage(wire, limits: limits.core)
      if let complaint = self?.handle(.received(message, from: peer)) { throw complaint }
    }
  }

  /// What the call server answers.
  package var handlers: [MethodHandler] { PlacementExchange(streams: streams).handlers }

  // MARK: - What others say

  /// Live nodes that are new or changed, this one among them, and such that are gone.
  package func membersChanged(_ changed: [PlacementCandidate], left: [NodeID]) {
    for node in left { streams.forget(node) }
    handle(.members(changed: changed, left: left))
  }

  /// This node has it whole: as its owner, or pinned. The keeper puts it into the index, in the
  /// place of the version before. A withdrawn version lets all copies go; the index hears of that
  /// by `ShareIndex.withdraw`.
  package func add(_ signed: SignedShare, isPinned: Bool = false) {
    handle(.added(signed, isPinned: isPinned))
  }

  package func pin(_ key: ShareKey, _ isPinned: Bool) { handle(.pinned(key, isPinned)) }

  /// This node's copy is damaged or was removed.
  package func lost(_ key: ShareKey) { handle(.lost(key)) }

  package func holders(of key: ShareKey) -> [NodeID] { core.withLock { $0.holders(of: key) } }

  package func guardian(of key: ShareKey) -> NodeID? { core.withLock { $0.guardian(of: key) } }

  /// How many copies are here.
  package var copies: Int { core.withLock { $0.copies } }

  /// Returns when enough others have what is here, or there are none who take it. A task that is
  /// cancelled gives up.
  package func leave() async {
    let gate = hasLeft.withLock { held in
      let gate = held.flatMap { $0.isOpen ? nil : $0 } ?? Gate()
      held = gate
      return gate
    }
    handle(.leave)
    await gate.wait()
  }

  package var handingOver: HandingOver { core.withLock { $0.handingOver } }

  package func stay() { handle(.stay) }

  // MARK: - The component

  package func run(_ scope: ComponentScope) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.streams.run(scope) }
      group.addTask { await self.perform() }
      group.addTask { await self.wake() }
      await scope.stopRequested()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func wake() async {
    guard let loop = EventLoop.current else { preconditionFailure("cores are woken on a loop") }
    while !Task.isCancelled {
      let gate = isDue.next()
      let due = core.withLock { $0.nextWake }
      if let due, due <= .now() {
        handle(.wake)
        continue
      }
      let timer = due.map { loop.schedule(at: $0) { self.isDue.announce() } }
      await gate.wait()
      if let timer { loop.cancel(timer) }
    }
  }

  /// In order, what is to be saved before what rests on it.
  private func perform() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let gate = hasSteps.next()
        let steps = steps.withLock { steps in
          defer { steps = [] }
          return steps
        }
        for step in steps {
          if Task.isCancelled { break }
          if case .save(let writes) = step {
            await save(writes)
          } else if case .send(let message, let peer) = step {
            // What is lost is said again.
            _ = streams.send(message.wire, bytes: message.roughSize, to: peer)
          } else if case .left = step {
            hasLeft.withLock { $0 }?.open()
          } else if case .cancel(let key) = step {
            fetches.withLock { $0.removeValue(forKey: key) }?.open()
          } else {
            group.addTask { await self.perform(step) }
          }
        }
        if steps.isEmpty { await gate.wait() }
      }
      group.cancelAll()
    }
  }

  private func save(_ writes: [ShelfWrite]) async {
    while !Task.isCancelled {
      do { return try await shelf.save(writes) } catch {
        log.error("what is known of copies cannot be kept", LogField("cause", "\(error)"))
        // Ends early only when all of this does.
        try? await EventLoop.current?.sleep(for: limits.savePause)
      }
    }
  }

  private func perform(_ step: Step) async {
    do {
      switch step {
      case .fetch(let signed, let sources): await fetch(signed, sources)
      case .drop(let signed): try await work.drop(signed)
      case .list(let signed, let old):
        let until = try await index.publish(signed, replacing: old)
        handle(.listed(signed.key, until: until))
      case .mark(let signed):
        handle(.marked(signed.key, until: try await index.hold(signed.share.blob)))
      case .unmark(let blob): try await index.letGo(blob)
      case .save, .send, .cancel, .left: break
      }
    } catch {
      // The core asks again for what matters.
      if Task.isCancelled { return }
      log.debug("to be tried again", LogField("why", "\(error)"))
    }
  }

  private func fetch(_ signed: SignedShare, _ sources: [NodeID]) async {
    let cancelled = Gate()
    fetches.withLock { $0[signed.key] = cancelled }
    let event: PlacementEvent? = await withTaskGroup(of: PlacementEvent?.self) { group in
      group.addTask { await self.fetched(signed, sources) }
      group.addTask {
        await cancelled.wait()
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    guard let event else { return }
    fetches.withLock { fetches in
      if fetches[signed.key] === cancelled { fetches[signed.key] = nil }
    }
    handle(event)
  }

  private func fetched(_ signed: SignedShare, _ sources: [NodeID]) async -> PlacementEvent {
    do {
      try await work.fetch(signed, sources)
      return .fetched(signed.key, version: signed.version)
    } catch {
      log.info(
        "a copy could not be made", LogField("share", signed.share.name),
        LogField("why", "\(error)"))
      return .fetchFailed(
        signed.key, version: signed.version, isFull: (error as? BlobError)?.code == .full)
    }
  }

  // MARK: - The core

  /// Returns what the peer did wrong.
  @discardableResult
  private func handle(_ event: PlacementEvent) -> BlobError? {
    let (complaint, mustWake) = core.withLock { core in
      let next = core.nextWake
      var complaint: BlobError?
      var added: [Step] = []
      for action in core.handle(event, now: .now(), wall: .now()) {
        switch action {
        case .save(let writes): added.append(.save(writes))
        case .send(let message, let peer): added.append(.send(message, peer))
        case .fetch(let signed, let sources): added.append(.fetch(signed, sources))
        case .cancel(let key): added.append(.cancel(key))
        case .drop(let signed): added.append(.drop(signed))
        case .list(let signed, let old): added.append(.list(signed, old))
        case .mark(let signed): added.append(.mark(signed))
        case .unmark(let blob): added.append(.unmark(blob))
        case .left: added.append(.left)
        case .violated(_, let error): complaint = error
        }
      }
      // Under the core's lock, so that steps keep the order of events.
      steps.withLock { $0 += added }
      return (complaint, core.nextWake != next)
    }
    hasSteps.announce()
    if mustWake { isDue.announce() }
    return complaint
  }
}

/// Placement as other nodes speak of it.
struct PlacementExchange: FilesV1.PlacementService {
  let streams: PeerStreams<FilesV1.PlacementMessage>

  func exchange(
    _ requests: MessageReader<FilesV1.PlacementMessage>,
    _ replies: MessageWriter<FilesV1.PlacementMessage>, _ context: CallContext
  ) async throws {
    try await streams.answer(requests, replies, context)
  }
}
