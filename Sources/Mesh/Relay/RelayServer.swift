import Calls
package import IO
package import Primitives

/// Relays for other nodes: the shell of `RelayBook`. Control comes by gRPC (`RelayService`), data
/// on connections whose first byte is zero (`take`); joined ones are spliced in the kernel.
package final class RelayServer: Component {
  package struct Limits: Sendable {
    /// For the whole preamble to come.
    package var preambleTime = Duration.seconds(5)
    /// Notices that wait for a listener that does not read; more end its listening.
    package var noticesPerListener = 256
    /// What is left of circuits' lives once the node is asked to stop.
    package var drainTime = Duration.seconds(5)
    package var book = RelayBook.Limits()
    package var splice = Splice.Limits()
    package init() {}
  }

  private struct State {
    var book: RelayBook
    var arrivals: [UInt64: RelayArrival] = [:]
    var listeners: [UInt64: RelayMailbox] = [:]
    var meetings: [UInt64: RelayMeeting] = [:]
    var nextNumber: UInt64 = 0
    /// When the home loop looks next.
    var armed: Instant?
    var carriedBytes: UInt64 = 0
  }

  package let name = "relay"
  private let home: EventLoop
  private let limits: Limits
  private let pipes: PipePool
  private let state: Locked<State>
  /// Where this node sees a peer, for peers that want to punch.
  let observed: @Sendable (NodeID) -> SocketAddress?
  private let log = Logger("Mesh")

  package init(
    home: EventLoop, isOffered: Bool = true, seed: UInt64, pipes: PipePool = PipePool(),
    limits: Limits = Limits(),
    observed: @escaping @Sendable (NodeID) -> SocketAddress? = { _ in nil }
  ) {
    self.home = home
    self.limits = limits
    self.pipes = pipes
    self.observed = observed
    state = Locked(
      State(
        book: RelayBook(limits: limits.book, isOffered: isOffered, seed: seed, now: .now())))
  }

  package var load: RelayLoad { state.withLock { $0.book.load(now: .now()) } }
  package var refusals: [RelayRefusal: UInt64] { state.withLock { $0.book.refusals } }
  /// Spliced by circuits that have ended.
  package var carriedBytes: UInt64 { state.withLock { $0.carriedBytes } }

  /// Starts or ends offering; what is there stays.
  package func offer(_ isOffered: Bool) { _ = handle(.offer(isOffered)) }

  /// Serves until asked to stop; then sends the nodes elsewhere, gives circuits `drainTime` and
  /// breaks those that are left.
  package func run(_ scope: ComponentScope) async throws {
    scope.started()
    await scope.stopRequested()
    _ = handle(.drain)
    let deadline = Instant.now().advanced(by: limits.drainTime)
    do {
      while !Task.isCancelled, Instant.now() < deadline, load.circuits > 0 {
        try await home.run { try await home.sleep(for: .milliseconds(50)) }
      }
    } catch {
      // Cancelled: what is left breaks now.
    }
    stop()
  }

  /// Breaks every circuit and ends every listening.
  package func stop() {
    let (meetings, listeners, arrivals) = state.withLock {
      (Array($0.meetings.values), Array($0.listeners.values), Array($0.arrivals.values))
    }
    for meeting in meetings { meeting.stop() }
    for listener in listeners { listener.close() }
    for arrival in arrivals { arrival.settle(nil) }
  }

  // MARK: - Data

  /// Takes a connection whose first byte is zero; on its loop. Returns once it is over.
  package func take(_ transport: SocketTransport) async {
    let ticket: RelayTicket
    do {
      ticket = try await RelayPreamble.read(from: transport, within: limits.preambleTime).ticket
    } catch {
      log.debug(
        "a connection to be relayed showed no ticket", LogField("peer", transport.peer),
        LogField("why", String(describing: error)))
      transport.close()
      return
    }
    let arrival = RelayArrival()
    let number = state.withLock { state in
      state.nextNumber += 1
      state.arrivals[state.nextNumber] = arrival
      return state.nextNumber
    }
    _ = handle(.arrived(connection: number, ticket, from: transport.peer))
    let place = await arrival.settled()
    state.withLock { $0.arrivals[number] = nil }
    guard let place else {
      _ = handle(.left(connection: number))
      transport.close()
      return
    }
    await meet(transport, at: place)
  }

  /// The second of the two to come here moves the bytes, on its loop.
  private func meet(_ transport: SocketTransport, at place: RelayArrival.Place) async {
    let meeting = place.meeting
    switch meeting.add(transport.detach(), isCaller: place.isCaller) {
    case .over: break
    case .first:
      await withTaskCancellationHandler {
        await meeting.ended.waitUncancelled()
      } onCancel: {
        meeting.stop()
      }
    case .second(let caller, let target):
      let splice = Splice(
        caller, target, on: transport.loop, pipes: pipes,
        meter: CircuitMeter(circuit: meeting.circuit, server: self), limits: limits.splice)
      meeting.spliced { splice.loop.execute { splice.stop() } }
      let outcome = await splice.run()
      log.debug(
        "a circuit ended", LogField("why", String(describing: outcome.ending)),
        LogField("bytes", outcome.forward + outcome.backward))
      state.withLock { $0.carriedBytes += outcome.forward + outcome.backward }
      meeting.end()
    }
    if meeting.ended.isOpen {
      state.withLock { $0.meetings[meeting.circuit] = nil }
      _ = handle(.ended(circuit: meeting.circuit))
    }
  }

  // MARK: - The book

  /// Feeds the book and does what it says; returns its answer, which comes first.
  @discardableResult
  func handle(_ event: RelayEvent) -> RelayAction? {
    let now = Instant.now()
    let (actions, wake) = state.withLock { state -> ([RelayAction], Instant?) in
      let actions = state.book.handle(event, now: now)
      guard let wake = state.book.nextWake, state.armed.map({ wake < $0 }) ?? true else {
        return (actions, nil)
      }
      state.armed = wake
      return (actions, wake)
    }
    if let wake { arm(wake) }
    for action in actions { perform(action) }
    return actions.first
  }

  private func arm(_ time: Instant) {
    home.execute { [self] in
      home.schedule(at: time) { [weak self] in
        guard let self else { return }
        state.withLock { if $0.armed == time { $0.armed = nil } }
        handle(.wake)
      }
    }
  }

  private func perform(_ action: RelayAction) {
    switch action {
    case .reserved, .released, .listening, .opened, .signalled: break
    case .refused(let refusal):
      log.debug("a request to relay was refused", LogField("why", refusal.rawValue))
    case .tell(let listener, let notice):
      state.withLock { $0.listeners[listener] }?.put(notice)
    case .silence(let listener): state.withLock { $0.listeners[listener] }?.close()
    case .join(let circuit, let caller, let target): join(circuit, caller, target)
    case .drop(let connection, let refusal):
      log.debug("a connection was not relayed", LogField("why", refusal.rawValue))
      state.withLock { $0.arrivals[connection] }?.settle(nil)
    }
  }

  private func join(_ circuit: UInt64, _ caller: UInt64, _ target: UInt64) {
    let meeting = RelayMeeting(circuit: circuit)
    let arrivals = state.withLock { state in
      state.meetings[circuit] = meeting
      return [state.arrivals[caller], state.arrivals[target]]
    }
    var areThere = true
    for (arrival, isCaller) in zip(arrivals, [true, false]) {
      let place = RelayArrival.Place(meeting: meeting, isCaller: isCaller)
      if arrival?.settle(place) != true { areThere = false }
    }
    if areThere { return }
    // One side was cancelled just now: the other shall not wait for it.
    meeting.stop()
    state.withLock { $0.meetings[circuit] = nil }
    handle(.ended(circuit: circuit))
  }

  // MARK: - Listeners

  func addListener() -> (number: UInt64, mailbox: RelayMailbox) {
    let mailbox = RelayMailbox(limit: limits.noticesPerListener)
    return state.withLock { state in
      state.nextNumber += 1
      state.listeners[state.nextNumber] = mailbox
      return (state.nextNumber, mailbox)
    }
  }

  func removeListener(_ number: UInt64, of node: NodeID) {
    state.withLock { $0.listeners[number] = nil }
    handle(.unlisten(node, listener: number))
  }

  // MARK: - Quotas

  /// Charges a splice to its circuit.
  private struct CircuitMeter: SpliceMeter {
    let circuit: UInt64
    let server: RelayServer

    func draw(_ wanted: Int, now: Instant) -> SpliceAllowance {
      server.state.withLock { $0.book.draw(wanted, for: circuit, now: now) }
    }

    func giveBack(_ unspent: Int) {
      if unspent == 0 { return }
      server.state.withLock { $0.book.giveBack(unspent, for: circuit, now: .now()) }
    }
  }
}
