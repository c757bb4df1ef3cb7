package import IO
package import Primitives

/// Dials a peer by a plan: the shell of `DialPlan`. What it cannot do itself comes from above:
/// the handshake between nodes, the relay and the punch.
package struct Dialler: Sendable {
  /// Makes one session between nodes out of a connection; throws unless `peer` has proven to be
  /// at the other end. Closes the connection when it throws.
  package typealias Secure =
    @Sendable (
      _ connection: any Transport, _ peer: NodeID, _ path: PathKind, _ deadline: Instant
    ) async throws -> any Transport

  /// What a relay or a punch does: a session with the peer, proven as by `Secure`.
  package typealias Reach =
    @Sendable (_ peer: NodeID, _ loop: EventLoop, _ deadline: Instant) async throws ->
    any Transport

  /// A way that worked. Whoever gets it owns the transport.
  package struct Found: Sendable {
    package var transport: any Transport
    package var route: DialRoute
  }

  package var options = SocketOptions.node
  package var limits = DialPlan.Limits()
  private let secure: Secure
  private let relay: (@Sendable (NodeID) -> Reach)?
  private let punch: Reach?

  package init(
    secure: @escaping Secure, relay: (@Sendable (_ relay: NodeID) -> Reach)? = nil,
    punch: Reach? = nil
  ) {
    self.secure = secure
    self.relay = relay
    self.punch = punch
  }

  /// Tries the ways and returns when nothing better can come any more. `found` is called on the
  /// loop for the first that works and again for each better one. Ends early when the task is
  /// cancelled. `isConnected` says that a relayed or other link to the peer is there already, so
  /// that punching can be arranged over it. `begun` gets what the search is to be told ways by
  /// that become known meanwhile.
  package func dial(
    _ peer: NodeID, by routes: [DialRoute], isConnected: Bool = false, on loop: EventLoop,
    begun: (_ news: @escaping ([DialRoute]) -> Void) -> Void = { _ in },
    found: @escaping (Found) -> Void
  ) async -> DialReport {
    await loop.run {
      let search = Search(self, peer, routes, on: loop, found: found)
      begun { search.hear(of: $0) }
      return await withTaskCancellationHandler {
        await search.run(isConnected: isConnected)
      } onCancel: {
        loop.execute { search.cancel() }
      }
    }
  }

  /// One attempt, to its session.
  fileprivate func attempt(
    _ route: DialRoute, to peer: NodeID, on loop: EventLoop, deadline: Instant
  ) async throws -> any Transport {
    switch route.target {
    case .address(let address):
      let connection = try await SocketTransport.connect(
        to: address, on: loop, deadline: deadline, options: options)
      return try await withTaskCancellationHandler {
        try await secure(connection, peer, route.path, deadline)
      } onCancel: {
        // Whoever waits for the other side's part of the handshake does not hear of it otherwise.
        loop.execute { connection.close() }
      }
    case .punch:
      guard let punch else { throw DialFailure(.noSignalling) }
      return try await punch(peer, loop, deadline)
    case .relay(let node):
      guard let relay else { throw DialFailure(.relayRefused, "this node uses no relays") }
      return try await relay(node)(peer, loop, deadline)
    }
  }

  /// One run of a plan.
  /// Guard: confinement to `loop`.
  private final class Search: @unchecked Sendable {
    private let dialler: Dialler
    private let peer: NodeID
    private let loop: EventLoop
    private let found: (Found) -> Void
    private let attempts: TaskSet
    private let over = Gate()
    private var plan: DialPlan
    private var numbers: [Int: UInt64] = [:]
    /// Sessions that came up, until the plan has said what becomes of them.
    private var sessions: [Int: any Transport] = [:]
    private var timer: TimerToken?
    private var report: DialReport?

    init(
      _ dialler: Dialler, _ peer: NodeID, _ routes: [DialRoute], on loop: EventLoop,
      found: @escaping (Found) -> Void
    ) {
      self.dialler = dialler
      self.peer = peer
      self.loop = loop
      self.found = found
      attempts = TaskSet(on: loop)
      plan = DialPlan(routes, limits: dialler.limits)
    }

    func run(isConnected: Bool) async -> DialReport {
      if isConnected { feed(.signallingReady) }
      feed(.begin)
      if Task.isCancelled { cancel() }
      await over.waitUncancelled()
      attempts.cancelAll()
      await attempts.waitForAll()
      guard let report else { preconditionFailure("a search ended without a report") }
      return report
    }

    func cancel() { feed(.cancel) }

    func hear(of routes: [DialRoute]) { feed(.news(routes)) }

    private func feed(_ event: DialPlan.Event) {
      for action in plan.handle(event, now: .now()) { perform(action) }
      if let timer { loop.cancel(timer) }
      timer = plan.nextWake.map { loop.schedule(at: $0) { [self] in feed(.wake) } }
    }

    private func perform(_ action: DialPlan.Action) {
      switch action {
      case .start(let number, let route, let deadline): start(number, route, deadline)
      case .stop(let number):
        sessions.removeValue(forKey: number)?.close()
        if let task = numbers[number] { attempts.cancel(task) }
      case .use(let number, let route):
        guard let session = sessions.removeValue(forKey: number) else { return }
        found(Found(transport: session, route: route))
      case .finished(let report):
        self.report = report
        over.open()
      }
    }

    private func start(_ number: Int, _ route: DialRoute, _ deadline: Instant) {
      numbers[number] = attempts.start { [self] in
        // Not at once: the plan is told of outcomes only between its own turns.
        await loop.yieldTurn()
        do {
          let session = try await dialler.attempt(route, to: peer, on: loop, deadline: deadline)
          sessions[number] = session
          feed(.connected(number))
          // The search was over a moment before.
          sessions.removeValue(forKey: number)?.close()
        } catch {
          feed(.failed(number, DialFailure(error)))
        }
      }
    }
  }
}
