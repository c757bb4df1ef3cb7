import Calls
package import IO
package import Primitives

/// A hidden node's side of one relay: holds a place there, renews it, and answers what comes by
/// connecting back. One for each relay in use; `RelayChoice` says which those are.
package final class RelayClient: Sendable {
  package struct Limits: Sendable {
    /// Connections being made back at once; more openings are left to lapse.
    package var answering = 64
    package var callTime = Duration.seconds(10)
    package init() {}
  }

  /// A connection that a caller waits at the end of. TLS with that caller comes next: until then
  /// `caller` is the relay's word.
  package struct Arrival: Sendable {
    package var transport: any Transport
    package var relay: NodeID
    package var caller: NodeID
    /// Where the relay sees the caller.
    package var observed: SocketAddress?
  }

  package struct Signal: Sendable {
    package var relay: NodeID
    package var sender: NodeID
    package var sealed: [UInt8]
    package var observed: SocketAddress?
  }

  /// What the place is, once it is held and listened at.
  package struct Place: Sendable {
    package var relay: NodeID
    /// Where the relay sees this node.
    package var observed: SocketAddress?
    package var load: RelayLoad
  }

  package struct Handlers: Sendable {
    package var holds: @Sendable (Place) -> Void = { _ in }
    /// Takes the connection over and returns; on the client's loop.
    package var accept: @Sendable (Arrival) async -> Void
    package var signalled: @Sendable (Signal) -> Void = { _ in }

    package init(accept: @escaping @Sendable (Arrival) async -> Void) { self.accept = accept }
  }

  /// How it ended when the relay announced it.
  package struct Restart: Sendable, Equatable {
    /// Come back no sooner.
    package var after: Duration
  }

  private let endpoint: RelayEndpoint
  private let loop: EventLoop
  private let handlers: Handlers
  private let limits: Limits
  private let log = Logger("Mesh")

  package init(
    _ endpoint: RelayEndpoint, on loop: EventLoop, handlers: Handlers, limits: Limits = Limits()
  ) {
    self.endpoint = endpoint
    self.loop = loop
    self.handlers = handlers
    self.limits = limits
  }

  /// Holds the place until the relay announces that it goes, or the place is lost, which throws.
  /// Cancelled, it gives the place back.
  package func run() async throws(NetworkError) -> Restart {
    do {
      return try await loop.run { try await hold() }
    } catch { throw NetworkError(relaying: error) }
  }

  private func hold() async throws -> Restart {
    let place = try await endpoint.client.reserve(
      RelayV1.ReserveRequest(), options: CallOptions(timeout: limits.callTime))
    let answers = TaskSet(on: loop)
    let ending: Result<Restart, any Error>
    do {
      ending = .success(
        try await withThrowingTaskGroup(of: Restart?.self) { group in
          group.addTask(executorPreference: loop) { [self] in
            try await listen(place, answering: answers)
          }
          group.addTask(executorPreference: loop) { [self] in
            try await renew(place)
            return nil
          }
          defer { group.cancelAll() }
          guard let first = try await group.next(), let restart = first else {
            throw NetworkError(.closed, "the relay no longer says what comes")
          }
          return restart
        })
    } catch { ending = .failure(error) }
    if Task.isCancelled { await release(place.reservation) }
    answers.cancelAll()
    await answers.waitForAll()
    return try ending.get()
  }

  private func renew(_ place: RelayV1.ReserveReply) async throws {
    var lifetime = place.lifetimeSeconds
    while true {
      try await loop.sleep(for: .milliseconds(Int64(lifetime) * 500))
      let renewal = RelayV1.RenewRequest { $0.reservation = place.reservation }
      let reply = try await endpoint.client.renew(
        renewal, options: CallOptions(timeout: limits.callTime))
      lifetime = reply.lifetimeSeconds
      report(reply)
    }
  }

  /// The task is cancelled and calls from it would be too.
  private func release(_ reservation: UInt64) async {
    let gate = Gate()
    let tasks = TaskSet(on: loop)
    tasks.start { [self] in
      // It lapses by itself if this fails.
      _ = try? await endpoint.client.release(
        RelayV1.ReleaseRequest { $0.reservation = reservation },
        options: CallOptions(timeout: .seconds(1)))
      gate.open()
    }
    await gate.waitUncancelled()
    await tasks.waitForAll()
  }

  private func report(_ reply: RelayV1.ReserveReply) {
    handlers.holds(
      Place(
        relay: endpoint.relay, observed: SocketAddress(reply.observed),
        load: RelayLoad(reply.load ?? RelayV1.Load())))
  }

  // MARK: - What comes

  private func listen(
    _ place: RelayV1.ReserveReply, answering answers: TaskSet
  ) async throws -> Restart? {
    try await endpoint.client.listen(RelayV1.ListenRequest()) { notices in
      while let notice = try await notices.next() {
        switch notice.kind {
        case .listening?: report(place)
        // The call runs on the loop of the link to the relay.
        case .incoming(let incoming)?: await loop.run { answer(incoming, in: answers) }
        case .signalled(let signalled)?: pass(signalled)
        case .restarting(let restarting)?:
          return Restart(after: .milliseconds(Int64(restarting.afterMilliseconds)))
        case nil: break  // A kind of a later version.
        }
      }
      return nil
    }
  }

  private func answer(_ incoming: RelayV1.Incoming, in answers: TaskSet) {
    guard let ticket = RelayTicket(incoming.ticket), let caller = NodeID(incoming.caller),
      answers.count < limits.answering
    else {
      log.debug("a relayed connection was left alone", LogField("relay", endpoint.relay.short))
      return
    }
    let observed = SocketAddress(incoming.observed)
    answers.start { [self] in
      do {
        let transport = try await endpoint.dial()
        do {
          try await transport.write(RelayPreamble(ticket).encoded)
        } catch {
          transport.close()
          throw error
        }
        await handlers.accept(
          Arrival(
            transport: transport, relay: endpoint.relay, caller: caller, observed: observed))
      } catch {
        log.debug(
          "a relayed connection could not be answered",
          LogField("relay", endpoint.relay.short), LogField("why", String(describing: error)))
      }
    }
  }

  private func pass(_ signalled: RelayV1.Signalled) {
    guard let sender = NodeID(signalled.sender) else { return }
    handlers.signalled(
      Signal(
        relay: endpoint.relay, sender: sender, sealed: signalled.sealed,
        observed: SocketAddress(signalled.observed)))
  }
}
