import Calls
import HTTP
import IO
import Primitives
import Security
import Testing

@testable import Mesh

@Suite struct ExchangeTests {
  let start = TrustFixture.start

  private func caller(to member: Member, as node: Member) -> DirectCaller {
    DirectCaller(membership: member.membership, node: node.id)
  }

  @Test func `one exchange teaches both sides revocations and decisions`() async throws {
    let first = try await Member("first")
    let (second, third) = (try await Member("second"), try await Member("third"))
    for member in [second, third] { try await member.join(first, first.invite()) }
    _ = try await first.membership.addAdmin(second.id, name: "second", now: start)
    try await second.membership.exchange(over: caller(to: first, as: second))
    let (one, two) = (SigningKey().id, SigningKey().id)
    try await first.membership.revoke(one, now: start)
    try await first.membership.label(third.id, key: "place", value: "attic", now: start)
    try await second.membership.revoke(two, now: start)
    try await second.membership.exchange(over: caller(to: first, as: second))
    #expect(first.membership.revocations.digest == second.membership.revocations.digest)
    #expect(first.membership.revocations.revokedNodes == [one, two])
    #expect(second.membership.labels(of: third.id) == ["place": "attic"])
    try await third.membership.exchange(over: caller(to: second, as: third))
    #expect(third.membership.revocations.count == 2)
    #expect(try await third.restarted().membership.labels(of: third.id) == ["place": "attic"])
  }

  @Test func `thousands of revocations go over in bounded messages`() async throws {
    let first = try await Member("first")
    let second = try await Member("second")
    try await second.join(first, first.invite())
    // The bound is lowered, so that the paging is exercised without thousands of signatures.
    for _ in 0..<50 { try await first.membership.revoke(SigningKey().id, now: start) }
    for number in 0..<7 {
      try await first.membership.label(second.id, key: "\(number)", value: "x", now: start)
    }
    first.membership.state.withLock { $0.core.limits.statements = 8 }
    try await second.membership.exchange(over: caller(to: first, as: second))
    #expect(second.membership.revocations.digest == first.membership.revocations.digest)
    #expect(second.membership.labels(of: second.id).count == 7)
    // And back: what was lost on one side comes from the other.
    let third = try await Member("third")
    try await third.join(first, first.invite())
    second.membership.state.withLock { $0.core.limits.statements = 8 }
    try await second.membership.exchange(over: caller(to: third, as: second))
    #expect(third.membership.revocations.count == 50)
  }

  @Test func `a lie in an exchange is refused, and what came before it is kept`() async throws {
    let first = try await Member("first")
    let second = try await Member("second")
    try await second.join(first, first.invite())
    try await first.membership.revoke(SigningKey().id, now: start)
    let genuine = first.membership.revocations.all[0].encoded
    var forged = genuine
    forged[forged.count - 1] ^= 1
    var knowledge = NetworkV1.Knowledge()
    knowledge.revocations = [genuine, forged]
    let code = await refusal { try await second.membership.merge(knowledge) }
    #expect(code == .forged)
    #expect(second.membership.revocations.count == 1)
    #expect(try await second.restarted().membership.revocations.count == 1)
  }

  @Test func `an admin whose office ends by the network key decides no more`() async throws {
    let first = try await Member("first")
    let second = try await Member("second")
    try await second.join(first, first.invite())
    _ = try await first.membership.addAdmin(second.id, name: "second", now: start)
    let needed = await refusal { try await first.membership.revoke(second.id, now: start) }
    #expect(needed == .ambiguous)
    try await first.membership.revoke(second.id, signedMembers: .keep, now: start)
    try await second.membership.exchange(over: caller(to: first, as: second))
    #expect(!second.membership.isAdmin && !second.membership.isRevoked)
    #expect(await refusal { _ = try await second.invite() } == .revoked)
  }

  @Test func `what was refused arrives with its exact reason`() async throws {
    let admin = try await Member("admin", now: .now())
    let joiner = try await Member("joiner", now: .now())
    let invite = try await admin.invite(now: .now())
    let caller = caller(to: admin, as: joiner)
    #expect(
      await refusal {
        _ = try await joiner.membership.join(invite, over: caller, peer: joiner.id)
      } == .forged)
    #expect(
      try await joiner.membership.join(invite, over: caller, peer: admin.id).name == "joiner")
    let other = try await Member("other", now: .now())
    let second = DirectCaller(membership: admin.membership, node: other.id)
    let used = await refusal {
      _ = try await other.membership.join(invite, over: second, peer: admin.id)
    }
    #expect(used == .used)
    let early = await refusal { try await joiner.membership.renew(over: caller) }
    #expect(early == .denied)
  }

  @Test func `only a node with a proven key joins`() async throws {
    let admin = try await Member("admin")
    let context = CallContext(
      method: NetworkV1.MembershipMethods.join, principal: .anonymous(isLoopback: true),
      head: RequestHead(target: "/"), deadline: nil)
    let error = await #expect(throws: Status.self) {
      try await MembershipService(admin.membership, introducing: nobodyIsIntroduced)
        .join(NetworkV1.JoinRequest(), context)
    }
    #expect(error?.code == .unauthenticated)
  }

  @Test func `an admin whose clock is ahead does not have the last word for long`() async throws {
    let admin = try await Member("admin")
    let node = SigningKey().id
    let ahead = start + Validity.days(1)
    try await admin.membership.label(node, key: "a", value: "ahead", now: ahead)
    try await admin.membership.label(node, key: "a", value: "later", now: start)
    #expect(admin.membership.labels(of: node) == ["a": "later"])
  }
}
