package import Calls
import IO
package import Primitives
import Security

// MARK: - Joining, renewing, telling

/// How an attempt to join went.
package struct JoinOutcome: Sendable {
  package var network: NetworkID
  /// As the admin gave it, which may be another than was asked for.
  package var name: String
  /// An admin has to approve first: ask again later with the same invite.
  package var isPending = false
  package var wasMember = false
  /// The node table of the network is here.
  package var isComplete = false
}

extension Membership {
  /// Redeems an invite at its admin. `peer` is whom the connection under `caller` has proven: the
  /// secret is shown to nobody else.
  ///
  /// While an admin has to approve, that one may keep its answer back for `patience`.
  package func join(
    _ invite: Invite, name: String? = nil, over caller: any Caller, peer: NodeID,
    patience: Duration = .zero, now: WallTime = .now()
  ) async throws -> JoinOutcome {
    guard peer == invite.admin else {
      throw NetworkError(
        .forged,
        "\(peer.short) is not the admin \(invite.admin.short) that made the invite; it was not "
          + "shown the secret")
    }
    var request = try joinRequest(for: invite, name: name, now: now)
    request.waitMilliseconds = UInt32(clamping: patience.nanoseconds / 1_000_000)
    let reply: NetworkV1.JoinReply
    do {
      reply = try await NetworkV1.MembershipClient(caller).join(request)
    } catch let status as Status {
      throw NetworkError(refusal: status)
    }
    return try await acceptJoin(reply, to: invite, name: request.name, now: now)
  }

  /// What to ask the invite's admin, and nobody else: the invite's secret is in it.
  package func joinRequest(
    for invite: Invite, name: String? = nil, now: WallTime = .now()
  ) throws(NetworkError) -> NetworkV1.JoinRequest {
    try state.withLock { state throws(NetworkError) in
      try state.core.joinRequest(for: invite, name: name ?? state.core.name, at: now)
    }
  }

  /// Becomes a member by the admin's reply.
  package func acceptJoin(
    _ reply: NetworkV1.JoinReply, to invite: Invite, name: String, now: WallTime = .now()
  ) async throws -> JoinOutcome {
    try await replace { core in
      guard let changes = try core.accept(reply, to: invite, at: now) else {
        let pending = JoinOutcome(network: invite.network, name: name, isPending: true)
        return (pending, core.expect(invite, name: name, at: now))
      }
      let outcome = JoinOutcome(
        network: core.network, name: core.certificate.name, wasMember: reply.wasMember)
      return (outcome, changes)
    }
  }

  /// The join that waits for an admin, if any.
  package var pendingJoin: PendingJoin? { read { $0.pendingJoin } }

  /// Asks no more.
  package func forgetPendingJoin() async throws {
    try await change { core throws(NetworkError) in ((), core.forgetPendingJoin()) }
  }

  /// Answers once it can be something else than to wait, or after the time that the asker and
  /// the limits allow.
  package func answerPatiently(
    _ request: NetworkV1.JoinRequest, from node: NodeID, source: String
  ) async throws -> NetworkV1.JoinReply {
    let time = min(.milliseconds(Int64(request.waitMilliseconds)), limits.holdTime)
    let deadline = Instant.now().advanced(by: time)
    var decision = decided.next()
    var reply = try await answer(request, from: node, source: source)
    guard reply.pending, time > .zero, takeHold() else { return reply }
    defer { held.withLock { $0.count -= 1 } }
    guard let loop = EventLoop.current else { preconditionFailure("calls are on a loop") }
    // The others look once more, and wait on.
    let timer = loop.schedule(at: deadline) { [decided] in decided.announce() }
    defer { loop.cancel(timer) }
    while reply.pending, Instant.now() < deadline, !held.withLock(\.isOver) {
      await decision.wait()
      try Task.checkCancellation()
      decision = decided.next()
      reply = try await answer(request, from: node, source: source)
    }
    return reply
  }

  private func takeHold() -> Bool {
    held.withLock { held in
      guard held.count < limits.holds, !held.isOver else { return false }
      held.count += 1
      return true
    }
  }

  /// Answers whoever waits: the node stops.
  package func endHolds() {
    held.withLock { $0.isOver = true }
    decided.announce()
  }

  /// The admin's side of joining. `node` has proven its key.
  package func answer(
    _ request: NetworkV1.JoinRequest, from node: NodeID, source: String, now: WallTime = .now()
  ) async throws -> NetworkV1.JoinReply {
    let plea = try JoinPlea(request, from: node, source: source)
    let reply: NetworkV1.JoinReply
    do {
      reply = try await change { core throws(NetworkError) in
        let (answer, changes) = try core.join(
          plea, at: now, isNameTaken: surroundings.isNameTaken)
        return (core.reply(answer), changes)
      }
    } catch let error where !(error is NetworkError) {
      // The disk failed: what was not stored was not used.
      state.withLock { $0.core.invites.giveBack(plea.invite, by: node) }
      throw error
    }
    return reply
  }

  /// Goes back to a network of one.
  package func leave(name: String? = nil, now: WallTime = .now()) async throws -> NetworkID {
    let needsApproval = policy.needsApproval
    return try await replace { core in
      let (alone, changes) = try MembershipCore.alone(
        key: key, name: name ?? core.name, needsApproval: needsApproval, at: now)
      core = alone.signing(for: core.life)
      return (alone.network, changes)
    }
  }

  // MARK: - Renewing

  /// An admin needs nobody for that. Does nothing while renewal is not due.
  package func renewOwnIfAdmin(now: WallTime = .now()) async throws {
    try await change { core throws(NetworkError) in
      let canSign =
        core.adminCertificate != nil && core.revocations.standing(of: node).isAdmin
        && !core.isOwnRevoked()
      let isDue =
        CertificateHealth(of: core.certificate, at: now).isRenewalDue
        || core.certificate.name != core.name
      return ((), canSign && isDue ? try core.renewOwn(at: now) : [])
    }
  }

  /// Lets an admin at the other end of `caller` renew this node's membership.
  package func renew(over caller: any Caller, now: WallTime = .now()) async throws {
    let held = certificate.encoded
    let reply: NetworkV1.RenewReply
    do {
      reply = try await NetworkV1.MembershipClient(caller).renew(
        NetworkV1.RenewRequest { $0.certificate = held })
    } catch let status as Status {
      throw NetworkError(refusal: status)
    }
    try await merge(reply.knowledge ?? .init(), now: now)
    try await change { core throws(NetworkError) in
      ((), try core.accept(renewed: reply.certificate, at: now))
    }
  }

  /// The admin's side of renewing.
  package func answer(
    _ request: NetworkV1.RenewRequest, from node: NodeID, now: WallTime = .now()
  ) async throws -> NetworkV1.RenewReply {
    let held = try MembershipCertificate(decoding: request.certificate)
    return try await change { core throws(NetworkError) in
      let (renewed, changes) = try core.renew(held, from: node, at: now)
      return (NetworkV1.RenewReply { $0.certificate = renewed.encoded }, changes)
    }
  }

  // MARK: - Telling

  /// Takes in what another node knows. Throws at the first thing that breaks the rules, after
  /// keeping what came before it.
  package func merge(
    _ knowledge: NetworkV1.Knowledge, now: WallTime = .now()
  ) async throws {
    if knowledge.isEmpty { return }
    let failure = try await change { core throws(NetworkError) in
      let outcome = core.merge(knowledge, at: now)
      return (outcome.failure, outcome.changes)
    }
    if let failure { throw failure }
  }

  /// Both sides learn what they lack: the first thing on a new link.
  package func exchange(over caller: any Caller) async throws {
    let client = NetworkV1.MembershipClient(caller)
    var request = read { core in
      NetworkV1.RevocationsRequest {
        $0.revocations = core.revocations.summary.message
        $0.decisions = core.decisions.summary.message
        // They are few and have no summary.
        $0.knowledge = NetworkV1.Knowledge { $0.admins = core.admins.values.map(\.encoded) }
      }
    }
    var first: NetworkV1.RevocationsReply?
    var sent = 0
    for _ in 0..<limits.rounds {
      let reply = try await client.revocations(request)
      let received = reply.knowledge ?? .init()
      try await merge(received)
      let theirs = first ?? reply
      first = theirs
      let missing = try state.withLock { state throws(NetworkError) in
        try state.core.knowledge(
          lackingIn: theirs.revocations ?? .init(), theirs.decisions ?? .init(), skip: sent)
      }
      request.skip += UInt32(clamping: received.statements)
      request.knowledge = missing
      sent += missing.statements
      if missing.statements == 0 && !received.hasMore { return }
    }
  }

  package func answer(
    _ request: NetworkV1.RevocationsRequest
  ) async throws -> NetworkV1.RevocationsReply {
    try await merge(request.knowledge ?? .init())
    return try state.withLock { state throws(NetworkError) in
      let missing = try state.core.knowledge(
        lackingIn: request.revocations ?? .init(), request.decisions ?? .init(),
        skip: Int(request.skip))
      return NetworkV1.RevocationsReply {
        $0.revocations = state.core.revocations.summary.message
        $0.decisions = state.core.decisions.summary.message
        $0.knowledge = missing
      }
    }
  }
}

extension MembershipCore {
  /// What a joining node is told.
  package func reply(_ answer: JoinAnswer) -> NetworkV1.JoinReply {
    NetworkV1.JoinReply {
      $0.network = network.bytes
      $0.pending = answer.certificate == nil
      $0.wasMember = answer.wasMember
      guard let certificate = answer.certificate else { return }
      $0.certificate = certificate.encoded
      $0.adminCertificate = certificate.adminCertificate.encoded
      $0.knowledge = wholeKnowledge()
    }
  }
}

extension NetworkV1.Knowledge {
  var statements: Int { revocations.count + decisions.count }
  var isEmpty: Bool { statements == 0 && admins.isEmpty }
}
