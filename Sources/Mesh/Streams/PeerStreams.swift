package import Calls
package import IO
package import Primitives

// # One stream a peer
//
// Topics and zones say things to other nodes now and then: a message is put into the peer's queue
// and nobody waits for it. Whoever has something to say and finds no stream opens one, a
// bidirectional call on the link with the peer, which both sides use until it has been silent for
// a while. Two that are opened at once both live; each side writes to one of them.
//
// Messages may get lost: when a queue is full, when a stream breaks, when no link comes about.
// Those who speak here say again what matters. A peer that sends what no honest one does loses its
// stream; whoever called it does not do so again before a pause is over.

/// Messages of one kind between this node and any other.
package final class PeerStreams<M: Message>: Component {
  /// Opens the call and runs `body` on it.
  package typealias Opening =
    @Sendable (any Caller, _ body: @Sendable (Conversation<M, M>) async throws -> Void)
    async throws -> Void

  package let name: String
  let own: NodeID
  let limits: PeerStreamLimits
  private let book: Locked<PeerBook<M>>
  private let callers: @Sendable (NodeID) throws -> any Caller
  private let opening: Opening
  private let receiver = Locked<(@Sendable (M, NodeID) throws -> Void)?>(nil)
  private let wanted = Broadcast()
  private let log = Logger("Mesh")

  /// `callers` is `NetworkView.caller(to:)`.
  package init(
    name: String, own: NodeID, limits: PeerStreamLimits = PeerStreamLimits(),
    callers: @escaping @Sendable (NodeID) throws -> any Caller, opening: @escaping Opening
  ) {
    self.name = name
    self.own = own
    self.limits = limits
    self.callers = callers
    self.opening = opening
    book = Locked(PeerBook(limits: limits))
  }

  /// Called for every message before the next one of its stream is read; what it throws counts
  /// against the peer.
  package func onReceive(_ body: @escaping @Sendable (M, NodeID) throws -> Void) {
    receiver.withLock { $0 = body }
  }

  /// Never waits. `bytes`: about how many the message takes. False when it is lost.
  package func send(_ message: M, bytes: Int, to peer: NodeID) -> Bool {
    let (isTaken, change, mustOpen) = book.withLock { book in
      let isTaken = book.add(message, bytes, to: peer, now: .now())
      return (isTaken, book.change(of: peer), book.wants(peer))
    }
    change?.announce()
    if mustOpen { wanted.announce() }
    return isTaken
  }

  /// The node is a member no more: what waits for it is forgotten, and its streams end.
  package func forget(_ peer: NodeID) {
    book.withLock { $0.forget(peer) }?.announce()
  }

  /// How many streams are open, for status.
  package var openCount: Int { book.withLock { $0.streamCount } }

  // MARK: - The component

  package func run(_ scope: ComponentScope) async throws {
    scope.started()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.openWanted() }
      await scope.stopRequested()
      group.cancelAll()
    }
    for change in book.withLock({ $0.close() }) { change.announce() }
  }

  private func openWanted() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let gate = wanted.next()
        for peer in book.withLock({ $0.takeWanted() }) {
          group.addTask { await self.call(peer) }
        }
        await gate.wait()
      }
      group.cancelAll()
    }
  }

  /// One call, from the opening to the end.
  private func call(_ peer: NodeID) async {
    let start = Instant.now()
    var failure: (any Error)?
    do {
      let caller = try callers(peer)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await self.opening(caller) { conversation in
            try await self.converse(peer, PeerStream(conversation))
          }
        }
        group.addTask { try await self.leaveUnopened(peer) }
        defer { group.cancelAll() }
        try await group.next()
      }
    } catch { failure = error }
    if let failure, !Task.isCancelled {
      log.debug(
        "a stream of \(name) ended", LogField("peer", peer.short), LogField("why", "\(failure)"))
    }
    let mustOpen = book.withLock {
      $0.callEnded(with: peer, since: start, hasFailed: failure != nil, now: .now())
    }
    if mustOpen { wanted.announce() }
  }

  /// Returns only when the peer is forgotten or no stream comes about in time.
  private func leaveUnopened(_ peer: NodeID) async throws {
    guard let loop = EventLoop.current else { fatalError("streams run on an event loop") }
    let deadline = Instant.now().advanced(by: limits.opening)
    while !Task.isCancelled {
      guard let change = book.withLock({ $0.change(of: peer) }) else { return }
      let gate = change.next()
      if !book.withLock({ $0.isCalling(peer) }) { return }
      // Once it is open, its writer hears of what concerns it.
      if book.withLock({ $0.hasCalledStream(peer) }) { return await Gate().wait() }
      if deadline <= .now() {
        throw NetworkError(.timedOut, "no stream with \(peer.short) came about: it may be gone")
      }
      let timer = loop.schedule(at: deadline) { change.announce() }
      await gate.wait()
      loop.cancel(timer)
    }
  }

  // MARK: - The service's side

  /// Answers the peer's call; the generated service passes it on to here.
  package func answer(
    _ requests: MessageReader<M>, _ replies: MessageWriter<M>, _ context: CallContext
  ) async throws {
    guard case .node(let peer) = context.principal, peer != own else {
      throw Status(.permissionDenied, "Only other members of the network speak here.")
    }
    do {
      try await converse(peer, PeerStream(requests, replies))
    } catch let error as NetworkError {
      throw Status(error.code == .violation ? .invalidArgument : .unavailable, error.message)
    }
  }

  // MARK: - One stream

  private func converse(_ peer: NodeID, _ stream: PeerStream<M>) async throws {
    guard
      let (number, change) = book.withLock({ $0.open(with: peer, isCalled: stream.isCalled) })
    else { throw NetworkError(.busy, "there are too many streams of \(name): try again later") }
    change.announce()
    defer {
      let mustOpen = book.withLock { $0.closed(number, with: peer) }
      change.announce()
      if mustOpen { wanted.announce() }
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await self.read(stream, peer, number)
        return true
      }
      group.addTask {
        try await self.write(stream, peer, number, change)
        return false
      }
      defer { group.cancelAll() }
      if try await group.next() == true, !stream.isCalled {
        // The caller has finished; what this side is writing arrives yet.
        book.withLock { $0.closing(number, with: peer) }
        change.announce()
        _ = try await group.next()
      }
    }
  }

  private func read(_ stream: PeerStream<M>, _ peer: NodeID, _ number: UInt64) async throws {
    var reading = WireReader.Limits()
    reading.size = limits.messageBytes
    reading.elements = limits.elements
    reading.depth = 8
    while let message = try await next(stream, reading) {
      book.withLock { $0.heard(number, from: peer, at: .now()) }
      guard let receive = receiver.withLock({ $0 }) else { continue }
      do { try receive(message, peer) } catch {
        log.warning(
          "a peer broke the rules of \(name)", LogField("peer", peer.short),
          LogField("why", "\(error)"))
        throw error
      }
    }
  }

  private func next(_ stream: PeerStream<M>, _ limits: WireReader.Limits) async throws -> M? {
    do { return try await stream.next(limits) } catch let failure as DecodingFailure {
      throw NetworkError(.violation, "a message about \(name) cannot be read", cause: failure)
    }
  }

  /// Until it has been silent for long, or is closed.
  private func write(
    _ stream: PeerStream<M>, _ peer: NodeID, _ number: UInt64, _ change: Broadcast
  ) async throws {
    guard let loop = EventLoop.current else { fatalError("streams run on an event loop") }
    while !Task.isCancelled {
      let gate = change.next()
      let wait: Instant
      switch book.withLock({ $0.take(number, of: peer, now: .now()) }) {
      case .messages(let messages):
        for message in messages { try await stream.write(message) }
        continue
      case .closed:
        // A call whose body just returns would wait for the other side.
        if stream.isCalled { throw NetworkError(.closed, "the stream was given up") }
        return
      case .silent:
        try await stream.finish()
        // The peer ends its side; if it does not, the call is cancelled.
        try await loop.sleep(for: limits.linger)
        throw NetworkError(.timedOut, "the peer did not end a stream that had ended")
      case .waiting(let deadline): wait = deadline
      }
      let timer = wait == .distantFuture ? nil : loop.schedule(at: wait) { change.announce() }
      await gate.wait()
      if let timer { loop.cancel(timer) }
    }
  }
}
