package import Calls
package import IO
package import Primitives

/// Topics for programs, and for other nodes: the shell around `TopicCore`.
package final class TopicService: TopicsV1.TopicsService, Component {
  package struct Limits: Sendable {
    package var core = TopicCore.Limits()
    /// Deliveries that wait for one program.
    package var queue = 1_024
    package init() {}
  }

  private struct Publishing: Sendable {
    let done = Gate()
    var result: Result<TopicPosition, Status>?
  }

  private struct State: Sendable {
    var core: TopicCore
    var clients: TopicClients
    var publishing: [UInt64: Publishing] = [:]
    var saves: [(token: UInt64, writes: [TopicWrite])] = []
    var lastToken: UInt64 = 0
    var subscribed: Set<TopicCore.SubscriptionKey> = []
  }

  package let name = "topics"
  private let state: Locked<State>
  private let links: any TopicLinks
  private let archive: TopicArchive
  private let change = Broadcast()
  private let log = Logger("Mesh")

  /// `boot` is drawn anew at each start; the archive is read before.
  package init(
    own: NodeID, boot: UInt64, restored: [TopicWrite], archive: TopicArchive,
    links: any TopicLinks, limits: Limits = Limits()
  ) {
    let core = TopicCore(own: own, boot: boot, restored: restored, limits: limits.core)
    state = Locked(State(core: core, clients: TopicClients(limit: limits.queue)))
    self.archive = archive
    self.links = links
  }

  // MARK: From the network

  package func membersChanged(joined: [NodeID], left: [NodeID]) {
    handle(.membersChanged(joined: joined, left: left))
  }

  /// Throws when the peer has broken the protocol.
  package func receive(_ bytes: [UInt8], from peer: NodeID) throws(NetworkError) {
    let (message, topic) = try TopicMessage.decode(bytes)
    handle(.received(message, topic: topic, from: peer))
  }

  // MARK: The component

  package func run(_ scope: ComponentScope) async throws {
    scope.started()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.save(scope) }
      group.addTask { try await self.wake(scope) }
      await scope.stopRequested()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  /// One transaction for all that has come up meanwhile.
  private func save(_ scope: ComponentScope) async throws {
    while !Task.isCancelled {
      let gate = change.next()
      let saves = state.withLock { state in
        defer { state.saves = [] }
        return state.saves
      }
      if saves.isEmpty {
        await gate.wait()
        continue
      }
      try await archive.save(saves.flatMap(\.writes))
      for save in saves { handle(.saved(token: save.token)) }
    }
  }

  private func wake(_ scope: ComponentScope) async throws {
    guard let loop = EventLoop.current else { fatalError("topics run on an event loop") }
    while !Task.isCancelled {
      let gate = change.next()
      guard let next = state.withLock({ $0.core.nextWake }) else {
        await gate.wait()
        continue
      }
      if next <= .now() {
        handle(.wake)
        continue
      }
      let timer = loop.schedule(at: next) { gate.open() }
      await gate.wait()
      loop.cancel(timer)
    }
  }

  // MARK: The core

  private func handle(_ event: TopicEvent) {
    let (sends, hasSaves) = state.withLock { state in
      let actions = state.core.handle(event, now: .now(), wall: .now())
      return Self.perform(actions, &state)
    }
    var full: Set<NodeID> = []
    for send in sends where !links.send(send.bytes, to: send.peer) { full.insert(send.peer) }
    // A full link loses what its subscribers without a name would have got: they are told.
    for peer in full { handle(.congested(peer)) }
    if hasSaves || !sends.isEmpty { change.announce() }
  }

  private struct Send: Sendable {
    var bytes: [UInt8]
    var peer: NodeID
  }

  private static func perform(
    _ actions: [TopicAction], _ state: inout State
  ) -> (sends: [Send], hasSaves: Bool) {
    var sends: [Send] = []
    var hasSaves = false
    for action in actions {
      switch action {
      case .send(let message, let topic, let peer):
        sends.append(Send(bytes: message.encoded(topic: topic), peer: peer))
      case .save(let token, let writes):
        state.saves.append((token, writes))
        hasSaves = true
      case .published(let token, let position):
        finish(token, .success(position), &state)
      case .failed(let token, let code, let reason):
        let status = Status(code == .busy ? .resourceExhausted : .invalidArgument, reason)
        finish(token, .failure(status), &state)
      case .subscribed(let topic, let name):
        state.subscribed.insert(TopicCore.SubscriptionKey(topic: topic, name: name))
      case .deliver(let topic, let delivery): state.clients.deliver(topic, delivery)
      case .cutOff(let topic, let name, let reason): state.clients.end(topic, name, reason)
      case .violated(let peer, let reason):
        Logger("Mesh").warning(
          "a peer broke the rules of topics", LogField("peer", "\(peer)"), LogField("why", reason))
      }
    }
    return (sends, hasSaves)
  }

  private static func finish(
    _ token: UInt64, _ result: Result<TopicPosition, Status>, _ state: inout State
  ) {
    state.publishing[token]?.result = result
    state.publishing[token]?.done.open()
  }

  // MARK: Calls

  package func publish(
    _ request: TopicsV1.PublishRequest, _ context: CallContext
  ) async throws -> TopicsV1.PublishReply {
    let publishing = Publishing()
    let token = state.withLock { state in
      state.lastToken += 1
      state.publishing[state.lastToken] = publishing
      return state.lastToken
    }
    handle(
      .publish(
        token: token, topic: request.topic, payload: request.payload, isKept: request.isKept))
    await publishing.done.wait()
    let result = state.withLock { $0.publishing.removeValue(forKey: token)?.result }
    guard let result else { throw CancellationError() }
    let position = try result.get()
    return TopicsV1.PublishReply { $0.position = position.wire }
  }

  package func subscribe(
    _ request: TopicsV1.SubscribeRequest, _ replies: MessageWriter<TopicsV1.Delivery>,
    _ context: CallContext
  ) async throws {
    let (number, isFirst, change) = state.withLock { state in
      let isFirst = !state.clients.has(request.topic, request.name)
      state.clients.endOthers(request.topic, request.name)
      let number = state.clients.add(request.topic, request.name)
      return (number, isFirst, state.clients.clients[number]?.change)
    }
    guard let change else { return }
    defer {
      if state.withLock({ $0.clients.remove(number) }) {
        handle(.unsubscribe(topic: request.topic, name: request.name))
      }
    }
    if isFirst || !request.name.isEmpty {
      // The former reader of a name is gone already, so that this one is not taken for it.
      handle(.unsubscribe(topic: request.topic, name: request.name))
      handle(.subscribe(topic: request.topic, name: request.name))
    }
    while true {
      let gate = change.next()
      let (deliveries, end) = state.withLock { $0.clients.take(number) }
      for delivery in deliveries {
        try await replies.write(
          TopicsV1.Delivery {
            $0.position = delivery.position.wire
            $0.isKept = delivery.isKept
            $0.payload = delivery.payload
          })
      }
      if request.name.isEmpty, !deliveries.isEmpty, isFirst {
        handle(.consumed(topic: request.topic, count: deliveries.count))
      }
      if let end { throw Status(.aborted, end) }
      if deliveries.isEmpty { await gate.wait() }
      try Task.checkCancellation()
    }
  }

  package func acknowledge(
    _ request: TopicsV1.AcknowledgeRequest, _ context: CallContext
  ) async throws -> TopicsV1.AcknowledgeReply {
    guard let position = try? TopicPosition(request.position) else {  // which one is wrong is clear
      throw Status(.invalidArgument, "Expected the position of a delivery.")
    }
    handle(.acknowledge(topic: request.topic, name: request.name, position))
    return TopicsV1.AcknowledgeReply()
  }

  package func list(
    _ request: TopicsV1.ListRequest, _ context: CallContext
  ) async throws -> TopicsV1.ListReply {
    let topics = state.withLock { $0.core.summaries }
    return TopicsV1.ListReply {
      $0.topics = topics.map { summary in
        TopicsV1.TopicState {
          $0.topic = summary.topic
          $0.isHeld = summary.isHeld
          $0.messages = UInt64(summary.messages)
          $0.bytes = UInt64(summary.bytes)
          $0.names = summary.names
          $0.subscribers = UInt32(clamping: summary.subscribers)
        }
      }
    }
  }
}
