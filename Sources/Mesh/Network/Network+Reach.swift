import Calls
import HTTP
package import IO
package import Primitives
import Security

// MARK: - Joining and leaving

extension Network: MembershipReach {
  package var addresses: [Endpoint] {
    let (own, relays) = state.withLock { state -> ([SocketAddress], [SocketAddress]) in
      let held = state.session?.places.held ?? []
      let theirs = held.flatMap { state.table[$0]?.record.addresses.prefix(2) ?? [] }
      return (Self.addresses(state, options), theirs.compactMap { SocketAddress($0) })
    }
    // Who cannot be dialled is found by way of its relays.
    let all = isHidden ? relays + own : own + relays
    return all.compactMap { address in
      address.port.map { Endpoint(host: address.host, port: $0) }
    }
  }

  package func node(named name: String) throws(NetworkError) -> NodeID {
    try withTable { table throws(NetworkError) in try table.find(name).id }
  }

  package func name(of node: NodeID) -> String? { row(of: node)?.record.name }

  package var certificates: [[UInt8]] {
    state.withLock { state in state.table.rows.map(\.record.certificate) }
  }

  package func join(_ invite: Invite, name: String?) async throws -> JoinOutcome {
    let outcome = try await join(invite, name: name, patience: .zero)
    if outcome.isPending { askAgain() }
    return outcome
  }

  private func join(
    _ invite: Invite, name: String?, patience: Duration
  ) async throws -> JoinOutcome {
    let before = membership.network
    var failures: [String] = []
    for address in await invite.resolved() {
      do {
        var (outcome, member) = try await join(
          invite, name: name, at: address, patience: patience)
        if !outcome.isPending {
          try await joined(by: member, at: address, isOther: before != outcome.network)
          outcome.isComplete = await learnTable(from: member)
        }
        return outcome
      } catch let error as NetworkError where error.code != .unreachable && error.code != .timedOut
      {
        // The admin has answered: another address leads to the same answer.
        throw error
      } catch {
        failures.append("\(address): \(error)")
      }
    }
    let tried = failures.isEmpty ? "it names no address" : failures.joined(separator: "; ")
    throw NetworkError(
      .unreachable, "nobody of the invite's network was reached (\(tried)); is its node running?")
  }

  /// Also says who was found at the address.
  private func join(
    _ invite: Invite, name: String?, at address: SocketAddress, patience: Duration
  ) async throws -> (JoinOutcome, NodeID) {
    let loop = ground.loops.next()
    return try await loop.run {
      let deadline = Instant.now().advanced(by: .seconds(10))
      let connection: SocketTransport
      do {
        connection = try await SocketTransport.connect(
          to: address, on: loop, deadline: deadline, options: .node)
      } catch {
        throw NetworkError(.unreachable, "\(error)", cause: error)
      }
      let carrier = try await greet(.anyNode, of: invite, over: connection, deadline)
      let outcome = try await Self.run(over: carrier) { caller in
        if carrier.peerKey == invite.admin {
          return try await self.membership.join(
            invite, name: name, over: caller, peer: carrier.peerKey, patience: patience)
        }
        return try await self.join(
          invite, name: name, through: caller, patience: patience, on: loop, deadline)
      }
      return (outcome, carrier.peerKey)
    }
  }

  /// By way of a member that is not the invite's admin, and gets to see nothing of it.
  private func join(
    _ invite: Invite, name: String?, through member: any Caller, patience: Duration,
    on loop: EventLoop, _ deadline: Instant
  ) async throws -> JoinOutcome {
    try await NetworkV1.MembershipClient(member).introduce { conversation in
      try await conversation.requests.write(
        NetworkV1.Passage { $0.admin = invite.admin.bytes })
      return try await Passage.carry(
        conversation.replies, conversation.requests, on: loop
      ) { transport in
        let carrier = try await self.greet(
          .node(invite.admin), of: invite, over: transport, deadline)
        return try await Self.run(over: carrier) { caller in
          try await self.membership.join(
            invite, name: name, over: caller, peer: carrier.peerKey, patience: patience)
        }
      }
    }
  }

  /// As one who is no member yet.
  private func greet(
    _ expected: ExpectedPeer, of invite: Invite, over connection: any Transport,
    _ deadline: Instant
  ) async throws -> Carrier {
    var handshake = handshake(.bulk)
    // What it has it shows with the request, whose answer says why it does not hold, if so.
    handshake.certificate = []
    return try await shakeHands(
      handshake, over: connection, to: expected, deadline
    ) { peer, certificate in
      let shown = try MembershipCertificate(decoding: certificate)
      guard shown.member == peer else {
        throw NetworkError(.forged, "\(peer.short) shows the certificate of another node")
      }
      try shown.verify(
        network: invite.network, at: .now(), revocations: RevocationSet(network: invite.network))
    }
  }

  /// Calls over a session of its own, which ends with `body`.
  private static func run<Answer: Sendable>(
    over carrier: Carrier, _ body: @Sendable (any Caller) async throws -> Answer
  ) async throws -> Answer {
    let (connection, caller) = try BulkCarrier.client(carrier)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: carrier.loop) { await connection.run() }
      let result: Result<Answer, any Error>
      do { result = .success(try await body(caller)) } catch { result = .failure(error) }
      connection.close()
      try await group.waitForAll()
      return try result.get()
    }
  }

  /// Makes the network begin with that member, and returns once it has.
  private func joined(by member: NodeID, at address: SocketAddress, isOther: Bool) async throws {
    guard isOther else { return meet(member, at: address) }
    state.withLock { $0.entrance = (member, address) }
    try await networkChanged()
  }

  package func networkChanged() async throws {
    let network = membership.network
    replaced.announce()
    while true {
      let change = sessionChanges.next()
      if state.withLock({ $0.session?.id }) == network { return }
      await change.wait()
      try Task.checkCancellation()
    }
  }

  /// The table of the network that this node is in now, from one who has it.
  private func learnTable(from member: NodeID) async -> Bool {
    let loop = ground.loops.loops[0]
    return await withTaskGroup(of: Bool.self) { [self] group in
      group.addTask(executorPreference: loop) { [self] in
        do {
          try await session().gossip.learn(from: member)
          return true
        } catch {
          log.debug("the table was not learned", LogField("why", String(describing: error)))
          return false
        }
      }
      group.addTask(executorPreference: loop) { [options] in
        // Cancelled when the table is here.
        try? await loop.sleep(for: options.tableTime)
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  /// An admin has to approve: asks until it has, or the invite is over. The admin keeps its answer
  /// back, so that this node hears of the decision at once.
  func askAgain() {
    let isFirst = state.withLock { state in
      defer { state.isAskingAgain = true }
      return !state.isAskingAgain
    }
    guard isFirst else { return }
    start { [self] in
      defer { state.withLock { $0.isAskingAgain = false } }
      let loop = ground.loops.loops[0]
      while !Task.isCancelled, let pending = membership.pendingJoin {
        let begin = Instant.now()
        do {
          let outcome = try await join(
            pending.invite, name: pending.name, patience: Self.heldFor)
          if !outcome.isPending { return }
        } catch let error as NetworkError where !error.code.mayPass {
          await giveUpJoining(error)
          return
        } catch {
          log.debug("joining is tried again", LogField("why", String(describing: error)))
        }
        // One that did not keep its answer back has too many to care for.
        let wasHeld = begin.duration(to: .now()) * 2 > Self.heldFor
        // Cancelled at the end.
        try? await loop.sleep(for: wasHeld ? .milliseconds(100) : Self.pause)
      }
    }
  }

  private func giveUpJoining(_ error: NetworkError) async {
    log.warning("joining failed", LogField("why", error.message))
    do { try await membership.forgetPendingJoin() } catch {
      log.error("a join that failed is not forgotten", LogField("why", String(describing: error)))
    }
  }

  private static let heldFor = Duration.seconds(20)
  private static let pause = Duration.seconds(5)

  package func handOver(
    force: Bool, patience: Duration, progress: (HandingOver) async throws -> Void
  ) async throws {
    let others = try withTable { table in
      table.rows.contains { !$0.isSelf && $0.state.isLive }
    }
    let isLastAdmin = membership.isAdmin && membership.admins.count <= 1
    guard force || !others || !isLastAdmin else {
      throw NetworkError(
        .denied,
        "this node is the network's only admin: nobody could join or renew any more; make another "
          + "one an admin with `apus network admin add`, or use --force")
    }
    let session = state.withLock { $0.session }
    if others, !force { try await session?.handOver(within: patience, progress) }
    // The others hear it while this node can still sign as one of them.
    await session?.sayGoodbye(within: .seconds(2))
  }

  package func knowledgeChanged() { knowledgeMayHaveChanged() }
}

extension Invite {
  /// Its addresses, names looked up; those that cannot be are left out.
  fileprivate func resolved() async -> [SocketAddress] {
    var found: [SocketAddress] = []
    for endpoint in addresses {
      // A name that cannot be looked up is left out.
      for address in (try? await Resolver.resolve(endpoint)) ?? [] where !found.contains(address) {
        found.append(address)
      }
    }
    return found
  }
}
