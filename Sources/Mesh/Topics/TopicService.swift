package import Calls
package import IO
package import Primitives

/// Topics for programs of this node and for other nodes: the shell around `TopicCore`.
package final class TopicService: Component {
  package struct Limits: Sendable {
    package var core = TopicCore.Limits()
    package var streams = PeerStreamLimits()
    /// Deliveries that wait for one program.
    package var queue = 1_024
    package var queueBytes = 16 << 20
    /// Programs that listen at this node.
    package var clients = 4_096
    /// Publications whose callers wait.
    package var publishing = 8_192
    /// Between two attempts to write to a disk that refuses.
    package var savePause = Duration.seconds(1)

    package init() {}
  }

  struct Publishing: Sendable {
    let done = Gate()
    var result: Result<TopicPosition, NetworkError>?
  }

  struct Forgetting: Sendable {
    let done = Gate()
    var result: Result<Void, NetworkError>?
  }

  struct State: Sendable {
    var core: TopicCore
    var clients: TopicClients
    var publishing: [UInt64: Publishing] = [:]
    var forgetting: [UInt64: Forgetting] = [:]
    let saves = SaveQueue<Save>(of: "messages of topics")
    var lastToken: UInt64 = 0
  }

  struct Save: Sendable {
    var token: UInt64
    var writes: [TopicWrite]
  }

  package let name = "topics"
  let limits: Limits
  let state: Locked<State>
  private let streams: PeerStreams<TopicsV1.TopicMessage>
  private let archive: TopicArchive
  let own: NodeID
  let callers: @Sendable (NodeID) throws -> any Caller
  private let isDue = Broadcast()
  private let log = Logger("Mesh")

  /// `boot` is drawn anew at each start. `restored` is what `archive.load()` gives before;
  /// `callers` is `NetworkView.caller(to:)`.
  package init(
    own: NodeID, boot: UInt64, restored: [TopicWrite], archive: TopicArchive,
    limits: Limits = Limits(), callers: @escaping @Sendable (NodeID) throws -> any Caller
  ) {
    self.limits = limits
    self.own = own
    self.callers = callers
    let core = TopicCore(own: own, boot: boot, restored: restored, limits: limits.core)
    state = Locked(
      State(
        core: core, clients: TopicClients(limit: limits.queue, byteLimit: limits.queueBytes)))
    self.archive = archive
    streams = PeerStreams(
      name: "topics", own: own, limits: limits.streams, callers: callers
    ) { caller, body in
      try await TopicsV1.TopicExchangeClient(caller).exchange { try await body($0) }
    }
    streams.onReceive { [weak self] wire, peer in
      let (message, topic) = try TopicMessage.decode(wire)
      if let complaint = self?.handle(.received(message, topic: topic, from: peer), from: peer) {
        throw NetworkError(.violation, complaint)
      }
    }
  }

  /// What the call server answers: programs' calls and other nodes'.
  package var handlers: [MethodHandler] {
    TopicCalls(service: self).handlers + TopicExchange(streams: streams).handlers
  }

  /// Live members other than this node, and such that are so no longer.
  package func membersChanged(joined: [NodeID], left: [NodeID]) {
    for node in left { streams.forget(node) }
    handle(.membersChanged(joined: joined, left: left))
  }

  // MARK: - The component

  package func run(_ scope: ComponentScope) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.streams.run(scope) }
      group.addTask { await self.save() }
      group.addTask {
        self.handle(.wake)
        await self.isDue.callWhenDue({ self.state.withLock { $0.core.nextWake } }) {
          self.handle(.wake)
        }
      }
      await scope.stopRequested()
      group.cancelAll()
      // What ends because it was asked to has nothing to say.
      do { try await group.waitForAll() } catch is CancellationError {}
    }
    endClients()
  }

  /// Until it is on disk, nobody hears that these messages are kept.
  private func save() async {
    let saves = state.withLock { $0.saves }
    await saves.run(pause: limits.savePause) { saves in
      try await archive.save(saves.flatMap(\.writes))
    } saved: { saves in
      for save in saves { handle(.saved(token: save.token)) }
    }
  }

  private func endClients() {
    state.withLock { state in
      state.clients.endAll("the node is stopping")
      for token in state.publishing.keys {
        state.finish(token, .failure(NetworkError(.closed, "the node is stopping")))
      }
      for token in state.forgetting.keys {
        state.finishForgetting(token, .failure(NetworkError(.closed, "the node is stopping")))
      }
    }
  }

  // MARK: - The core

  /// Returns what the peer did wrong.
  @discardableResult
  func handle(_ event: TopicEvent, from peer: NodeID? = nil) -> String? {
    update(from: peer) { state, effects in state.feed(event, &effects) }.complaint
  }

  /// Everything in `body` happens at once.
  @discardableResult
  func update(
    from peer: NodeID? = nil, _ body: (inout State, inout TopicEffects) -> Void
  ) -> TopicEffects {
    var effects = TopicEffects(peer: peer)
    let mustWake = state.withLock { state in
      let next = state.core.nextWake
      body(&state, &effects)
      return state.core.nextWake != next
    }
    var full: Set<NodeID> = []
    for send in effects.sends {
      let wire = send.message.wire(topic: send.topic)
      if !streams.send(wire, bytes: send.message.roughSize, to: send.peer) {
        full.insert(send.peer)
      }
    }
    if mustWake { isDue.announce() }
    // A full link loses what its subscribers without a name would have got: they are told.
    for peer in full.sorted() { handle(.congested(peer)) }
    return effects
  }
}

/// What is left to do once the core is free again.
struct TopicEffects: Sendable {
  struct Send: Sendable {
    var message: TopicMessage
    var topic: String
    var peer: NodeID
  }

  /// From whom the event came.
  let peer: NodeID?
  var sends: [Send] = []
  var complaint: String?
}

extension TopicService.State {
  mutating func feed(_ event: TopicEvent, _ effects: inout TopicEffects) {
    var taken: [String: Int] = [:]
    for action in core.handle(event, now: .now(), wall: .now()) {
      switch action {
      case .send(let message, let topic, let peer):
        effects.sends.append(TopicEffects.Send(message: message, topic: topic, peer: peer))
      case .save(let token, let writes):
        saves.add(TopicService.Save(token: token, writes: writes))
      case .published(let token, let position): finish(token, .success(position))
      case .failed(let token, let code, let reason):
        finish(token, .failure(NetworkError(code, reason)))
        finishForgetting(token, .failure(NetworkError(code, reason)))
      case .forgotten(let token): finishForgetting(token, .success(()))
      case .subscribed(let topic, let name): clients.attached(topic, name)
      case .deliver(let topic, let delivery):
        clients.deliver(topic, delivery)
        if delivery.name.isEmpty { taken[topic, default: 0] += 1 }
      case .cutOff(let topic, let name, let reason): clients.end(topic, name, reason)
      case .violated(let peer, let reason): if peer == effects.peer { effects.complaint = reason }
      }
    }
    // Each program has a queue of its own with bounds of its own.
    for (topic, count) in taken { feed(.consumed(topic: topic, count: count), &effects) }
  }

  mutating func finish(_ token: UInt64, _ result: Result<TopicPosition, NetworkError>) {
    publishing[token]?.result = result
    publishing[token]?.done.open()
  }

  mutating func finishForgetting(_ token: UInt64, _ result: Result<Void, NetworkError>) {
    forgetting[token]?.result = result
    forgetting[token]?.done.open()
  }
}
