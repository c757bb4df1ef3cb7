import Calls
import IO
import Primitives
import Security
import Testing

@testable import Mesh

@Suite struct MembershipTests {
  let start = TrustFixture.start

  @Test func `a node begins as the admin of a network of one and finds it again`() async throws {
    let node = try await Member("lone")
    #expect(node.membership.isAdmin && node.membership.holdsNetworkKey)
    #expect(node.membership.name == "lone")
    _ = try node.membership.verify(
      node.membership.certificate.encoded, for: node.id, now: start)
    let again = try await node.restarted()
    #expect(again.membership.network == node.membership.network)
    #expect(again.membership.certificate == node.membership.certificate)
    #expect(again.membership.holdsNetworkKey)
  }

  @Test func `a node joins with an invite, and both believe each other after a restart`()
    async throws
  {
    let admin = try await Member("admin")
    let joiner = try await Member("joiner")
    let invite = try await Invite(admin.invite().revealed)
    let outcome = try await joiner.join(admin, invite)
    #expect(outcome.name == "joiner" && !outcome.wasMember && !outcome.isPending)
    let (one, two) = (try await admin.restarted(), try await joiner.restarted())
    #expect(two.membership.network == admin.membership.network)
    #expect(!two.membership.isAdmin && !two.membership.holdsNetworkKey)
    let seen = try one.membership.verify(
      two.membership.certificate.encoded, for: two.id, now: start)
    #expect(seen.roles == [.worker])
    _ = try two.membership.verify(one.membership.certificate.encoded, for: one.id, now: start)
    let grant = one.membership.rolesAndPermissions(of: two.id, now: start)
    #expect(grant?.permissions == [Permission("call")])
  }

  @Test func `an invite is used up across restarts and by its first node alone`() async throws {
    let admin = try await Member("admin")
    let invite = try await admin.invite()
    let first = try await Member("first")
    let request = try first.membership.joinRequest(for: invite, now: start)
    _ = try await admin.membership.answer(request, from: first.id, source: "", now: start)
    let again = try await admin.restarted()
    // The first node lost the answer and asks again.
    let reply = try await again.membership.answer(request, from: first.id, source: "", now: start)
    #expect(!reply.certificate.isEmpty)
    let second = try await Member("second")
    let code = await refusal { try await second.join(again, invite) }
    #expect(code == .used)
    let serials = try MembershipCertificate(decoding: reply.certificate).serial
    #expect(serials == 4)
  }

  @Test func `names that are taken get a number`() async throws {
    var surroundings = Membership.Surroundings()
    surroundings.isNameTaken = { name, _ in name == "box-2" }
    let admin = try await Member("box", surroundings: surroundings)
    let invite = try await admin.invite(uses: 3)
    var names: [String] = []
    for _ in 0..<3 {
      names.append(try await Member("box").join(admin, invite).name)
    }
    #expect(names == ["box-3", "box-4", "box-5"])
    let long = String(repeating: "é", count: 32)
    #expect(MemberName.free(long) { $0 == long }.utf8.count <= 64)
  }

  @Test func `a member that joins again is told so and uses nothing up`() async throws {
    let admin = try await Member("admin")
    let joiner = try await Member("joiner")
    try await joiner.join(admin, admin.invite())
    let invite = try await admin.invite()
    let held = joiner.membership.certificate
    let again = try await joiner.join(admin, invite)
    #expect(again.wasMember && joiner.membership.certificate == held)
    #expect(admin.membership.invites.first { $0.digest == invite.digest }?.usedBy == [])
    // Close to the end it gets a new one.
    let late = start + Validity.days(25)
    try await joiner.join(admin, admin.invite(now: late), now: late)
    #expect(joiner.membership.certificate.issuedAt == late)
  }

  @Test func `a member of another network has to leave it first`() async throws {
    let (one, two) = (try await Member("one"), try await Member("two"))
    let joiner = try await Member("joiner")
    try await joiner.join(one, one.invite())
    let invite = try await two.invite()
    #expect(await refusal { try await joiner.join(two, invite) } == .wrongNetwork)
    // An admin with members is bound as well.
    #expect(await refusal { try await one.join(two, invite) } == .wrongNetwork)
    let own = try await joiner.membership.leave(now: start)
    #expect(joiner.membership.isAdmin && joiner.membership.network == own)
    try await joiner.join(two, invite)
    #expect(try await joiner.restarted().membership.network == two.membership.network)
  }

  @Test func `an invite is refused by the node that made it and when it is over`() async throws {
    let admin = try await Member("admin")
    let invite = try await admin.invite()
    #expect(await refusal { try await admin.join(admin, invite) } == .exists)
    let joiner = try await Member("joiner")
    let late = start + Validity.days(2)
    #expect(await refusal { try await joiner.join(admin, invite, now: late) } == .expired)
    #expect(await refusal { try await joiner.join(admin, invite, name: "a\u{7}b") } == .violation)
  }

  @Test func `with approval a node waits until an admin lets it in`() async throws {
    var policy = Membership.Policy()
    policy.needsApproval = true
    let admin = try await Member("admin", policy: policy)
    let joiner = try await Member("joiner")
    let invite = try await admin.invite()
    #expect(try await joiner.join(admin, invite).isPending)
    #expect(admin.membership.waiting[joiner.id]?.grant.name == "joiner")
    #expect(joiner.membership.isAdmin)
    #expect(try await joiner.join(admin, invite).isPending)
    try await admin.membership.approve(joiner.id, now: start)
    let outcome = try await joiner.join(admin, invite)
    #expect(!outcome.isPending && joiner.membership.network == admin.membership.network)
    #expect(admin.membership.waiting.isEmpty)
    #expect(try await admin.restarted().membership.waiting.isEmpty)
  }

  @Test func `a revoked member is believed nowhere and told once`() async throws {
    let told = Shared<[Set<NodeID>]>([])
    var surroundings = Membership.Surroundings()
    surroundings.whenRevoked = { nodes in told.change { $0.append(Set(nodes.keys)) } }
    let admin = try await Member("admin", surroundings: surroundings)
    let joiner = try await Member("joiner")
    try await joiner.join(admin, admin.invite())
    let bytes = joiner.membership.certificate.encoded
    _ = try admin.membership.verify(bytes, for: joiner.id, now: start)
    try await admin.membership.revoke(joiner.id, reason: "lost", now: start)
    #expect(told.now == [[joiner.id]])
    let code = refusal { _ = try admin.membership.verify(bytes, for: joiner.id, now: start) }
    #expect(code == .revoked)
    #expect(admin.membership.rolesAndPermissions(of: joiner.id, now: start) == nil)
    let again = try await admin.restarted()
    #expect(again.membership.revocations.count == 1)
    let invite = try await again.invite()
    #expect(await refusal { try await joiner.join(again, invite) } == .revoked)
  }

  @Test func `a peer cannot show another's certificate, however often it is verified`()
    async throws
  {
    let admin = try await Member("admin")
    let bytes = admin.membership.certificate.encoded
    for _ in 0..<2 {
      _ = try admin.membership.verify(bytes, for: admin.id, now: start)
      let code = refusal {
        _ = try admin.membership.verify(bytes, for: SigningKey().id, now: start)
      }
      #expect(code == .forged)
    }
    let late = start + Validity.days(31)
    #expect(
      refusal { _ = try admin.membership.verify(bytes, for: admin.id, now: late) } == .expired)
  }

  @Test func `a node whose key was replaced says so instead of starting`() async throws {
    let node = try await Member("node")
    let code = await refusal {
      _ = try await Member("node", key: SigningKey(), database: node.database)
    }
    #expect(code == .forged)
  }
}
