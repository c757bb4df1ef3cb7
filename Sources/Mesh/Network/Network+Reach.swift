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

  package func join(_ invite: Invite, name: String?) async throws -> JoinOutcome {
    let before = membership.network
    var failures: [String] = []
    for address in await invite.resolved() {
      do {
        let (outcome, member) = try await join(invite, name: name, at: address)
        if outcome.isPending {
          askAgain(invite, name: name)
        } else {
          try await joined(by: member, at: address, isOther: before != outcome.network)
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
    _ invite: Invite, name: String?, at address: SocketAddress
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
            invite, name: name, over: caller, peer: carrier.peerKey)
        }
        return try await self.join(invite, name: name, through: caller, on: loop, deadline)
      }
      return (outcome, carrier.peerKey)
    }
  }

  /// By way of a member that is not the invite's admin, and gets to see nothing of it.
  private func join(
    _ invite: Invite, name: String?, through member: any Caller, on loop: EventLoop,
    _ deadline: Instant
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
            invite, name: name, over: caller, peer: carrier.peerKey)
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

  /// An admin has to approve: asks again until it has, or the invite is over.
  private func askAgain(_ invite: Invite, name: String?) {
    start { [self] in
      let loop = ground.loops.loops[0]
      while !Task.isCancelled, WallTime.now() < invite.expiresAt {
        do {
          try await loop.sleep(for: .seconds(15))
          _ = try await join(invite, name: name)
          return
        } catch let error as NetworkError where error.code != .unreachable {
          log.warning("joining failed", LogField("why", error.message))
          return
        } catch {
          log.debug("joining is tried again", LogField("why", String(describing: error)))
        }
      }
    }
  }

  package func handOver(force: Bool) async throws {
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
    // The others hear it while this node can still sign as one of them.
    await state.withLock { $0.session }?.sayGoodbye(within: .seconds(2))
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
