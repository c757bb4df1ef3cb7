import Calls
import IO
import Primitives
import Security
import Simulation
import Testing

@testable import Mesh

/// Joining where an admin has to approve, and memberships of a short life.
@Suite(.timeLimit(.minutes(5))) final class WaitingTests: Sendable {
  /// Milliseconds.
  private static let forever: UInt32 = 3_600_000

  private let start = TrustFixture.start
  private let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private func admin(life: Duration = MembershipCertificate.life) async throws -> Member {
    var policy = Membership.Policy()
    policy.needsApproval = true
    policy.life = life
    return try await Member("admin", policy: policy, now: .now())
  }

  private func request(
    _ joiner: Member, _ invite: Invite, wait: UInt32
  ) throws -> NetworkV1.JoinRequest {
    var request = try joiner.membership.joinRequest(for: invite)
    request.waitMilliseconds = wait
    return request
  }

  @Test func `an answer that is kept back comes with the decision`() async throws {
    let (admin, joiner) = (try await admin(), try await Member("joiner"))
    let request = try request(joiner, try await admin.invite(now: .now()), wait: Self.forever)
    async let held = loop.run {
      try await admin.membership.answerPatiently(request, from: joiner.id, source: "here")
    }
    while admin.membership.waiting.isEmpty { await Task.yield() }
    // A decision about somebody else is none about this one.
    try await admin.membership.approve(SigningKey().id)
    try await admin.membership.approve(joiner.id)
    let reply = try await held
    #expect(!reply.pending && !reply.certificate.isEmpty)
  }

  @Test func `nobody waits longer than was asked for, nor more than there is room for`()
    async throws
  {
    let (admin, joiner) = (try await admin(), try await Member("joiner"))
    let invite = try await admin.invite(now: .now())
    for wait in [0, 30] as [UInt32] {
      let request = try request(joiner, invite, wait: wait)
      let reply = try await loop.run {
        try await admin.membership.answerPatiently(request, from: joiner.id, source: "here")
      }
      #expect(reply.pending)
    }
    admin.membership.held.withLock { $0.count = admin.membership.limits.holds }
    let request = try request(joiner, invite, wait: Self.forever)
    let reply = try await loop.run {
      try await admin.membership.answerPatiently(request, from: joiner.id, source: "here")
    }
    #expect(reply.pending)
  }

  @Test func `a node that stops keeps nothing back`() async throws {
    let (admin, joiner) = (try await admin(), try await Member("joiner"))
    let request = try request(joiner, try await admin.invite(now: .now()), wait: Self.forever)
    async let held = loop.run {
      try await admin.membership.answerPatiently(request, from: joiner.id, source: "here")
    }
    while admin.membership.held.withLock(\.count) == 0 { await Task.yield() }
    admin.membership.endHolds()
    #expect(try await held.pending)
  }

  @Test func `a join that waits is remembered until it is over`() async throws {
    let (admin, joiner) = (try await admin(), try await Member("joiner"))
    let invite = try await admin.invite()
    #expect(try await joiner.join(admin, invite, name: "attic").isPending)
    let again = try await joiner.restarted()
    #expect(again.membership.pendingJoin?.invite == invite)
    #expect(again.membership.pendingJoin?.name == "attic")
    #expect(again.membership.pendingJoin?.since == start)
    // Asking again does not begin the waiting anew.
    #expect(try await again.join(admin, invite, name: "attic", now: start + .seconds(9)).isPending)
    #expect(again.membership.pendingJoin?.since == start)
    try await admin.membership.approve(joiner.id, now: start)
    #expect(try await !again.join(admin, invite, name: "attic").isPending)
    #expect(again.membership.pendingJoin == nil)
    #expect(try await again.restarted().membership.pendingJoin == nil)
  }

  @Test func `leaving and giving up end the waiting`() async throws {
    for isLeaving in [true, false] {
      let (admin, joiner) = (try await admin(), try await Member("joiner"))
      #expect(try await joiner.join(admin, admin.invite()).isPending)
      if isLeaving {
        _ = try await joiner.membership.leave(now: start)
      } else {
        try await joiner.membership.forgetPendingJoin()
      }
      #expect(joiner.membership.pendingJoin == nil)
      #expect(try await joiner.restarted().membership.pendingJoin == nil)
    }
  }

  // MARK: - Short memberships

  @Test func `a short membership warns, ends and is told in its own measure`() async throws {
    var policy = Membership.Policy()
    policy.life = .seconds(100)
    let (admin, joiner) = (
      try await Member("admin", policy: policy), try await Member("joiner")
    )
    try await joiner.join(admin, admin.invite())
    let bytes = joiner.membership.certificate.encoded
    for (second, health) in [(0, "ok"), (66, "ok"), (67, "renew"), (76, "warn"), (100, "expired")] {
      #expect(joiner.membership.standing(now: start + .seconds(second)).health == health)
    }
    // Clocks may differ, but by no more than its life.
    for (second, isMember) in [(199, true), (200, false)] {
      let now = start + .seconds(second)
      let code = refusal { _ = try admin.membership.verify(bytes, for: joiner.id, now: now) }
      #expect((code == nil) == isMember)
      #expect((joiner.membership.whyOut(now: now) == nil) == isMember)
    }
  }

  @Test func `what has ended is told once, at its time`() async throws {
    var policy = Membership.Policy()
    policy.life = .seconds(100)
    let (admin, joiner) = (
      try await Member("admin", policy: policy), try await Member("joiner")
    )
    try await joiner.join(admin, admin.invite())
    let bytes = joiner.membership.certificate.encoded
    _ = try admin.membership.verify(bytes, for: joiner.id, now: start)
    let end = start + .seconds(200)
    #expect(admin.membership.nextLapse(now: start) == end)
    #expect(admin.membership.takeLapsed(now: end + .seconds(-1)).isEmpty)
    #expect(admin.membership.takeLapsed(now: end) == [joiner.id])
    #expect(admin.membership.takeLapsed(now: end).isEmpty)
  }

  // MARK: - Who falls

  @Test func `who would fall with an admin is known before`() async throws {
    let (first, second) = (try await Member("first"), try await Member("second"))
    try await second.join(first, first.invite())
    let admin = try await first.membership.addAdmin(second.id, name: "second", now: start)
    try await second.membership.merge(NetworkV1.Knowledge { $0.admins = [admin.encoded] })
    let third = try await Member("third")
    try await third.join(second, second.invite())
    let certificates = [first, second, third].map(\.membership.certificate.encoded)
    func falling(_ members: Revocation.SignedMembers?) throws -> [NodeID] {
      try first.membership.falling(
        with: second.id, signedMembers: members, among: certificates + [[1, 2, 3]], now: start)
    }
    #expect(try falling(.revoke) == [second.id, third.id])
    #expect(try falling(.keep) == [])
    #expect(refusal { _ = try falling(nil) } == .ambiguous)
    #expect(first.membership.revocations.count == 0)
  }
}
