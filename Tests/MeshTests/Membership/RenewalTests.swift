import Calls
import Primitives
import Security
import Testing

@testable import Mesh

@Suite struct RenewalTests {
  let start = TrustFixture.start

  private func renew(_ member: Member, at admin: Member, now: WallTime) async throws {
    let request = NetworkV1.RenewRequest {
      $0.certificate = member.membership.certificate.encoded
    }
    let reply = try await admin.membership.answer(request, from: member.id, now: now)
    try await member.membership.change { core throws(NetworkError) in
      ((), try core.accept(renewed: reply.certificate, at: now))
    }
  }

  @Test func `a membership is renewed from ten days before its end and not before`() async throws {
    let admin = try await Member("admin")
    let joiner = try await Member("joiner")
    try await joiner.join(admin, admin.invite())
    let early = start + Validity.days(20) + .seconds(-1)
    #expect(await refusal { try await renew(joiner, at: admin, now: early) } == .denied)
    let due = start + Validity.days(20)
    #expect(joiner.membership.renewalDue(now: due) && !joiner.membership.renewalDue(now: early))
    try await admin.membership.renewOwnIfAdmin(now: due)
    try await renew(joiner, at: admin, now: due)
    #expect(joiner.membership.certificate.expiresAt == start + Validity.days(50))
    let again = try await joiner.restarted(now: due)
    #expect(again.membership.certificate == joiner.membership.certificate)
  }

  @Test func `neither a revoked, an expired nor another's membership is renewed`() async throws {
    let admin = try await Member("admin")
    let joiner = try await Member("joiner")
    try await joiner.join(admin, admin.invite())
    let late = start + Validity.days(31)
    #expect(await refusal { try await renew(joiner, at: admin, now: late) } == .expired)
    let request = NetworkV1.RenewRequest {
      $0.certificate = joiner.membership.certificate.encoded
    }
    let due = start + Validity.days(25)
    let stolen = await refusal {
      _ = try await admin.membership.answer(request, from: SigningKey().id, now: due)
    }
    #expect(stolen == .denied)
    try await admin.membership.revoke(joiner.id, now: start)
    #expect(await refusal { try await renew(joiner, at: admin, now: due) } == .revoked)
  }

  @Test func `an admin renews itself when it starts and a plain member cannot sign`() async throws {
    let admin = try await Member("admin")
    let due = start + Validity.days(22)
    let again = try await admin.restarted(now: due)
    #expect(again.membership.certificate.issuedAt == due)
    let joiner = try await Member("joiner")
    try await joiner.join(admin, admin.invite())
    #expect(await refusal { _ = try await joiner.invite() } == .denied)
    #expect(await refusal { try await joiner.membership.revoke(admin.id, now: start) } == .denied)
  }

  @Test func `any admin renews what another has signed`() async throws {
    let first = try await Member("first")
    let (second, joiner) = (try await Member("second"), try await Member("joiner"))
    try await second.join(first, first.invite())
    try await joiner.join(first, first.invite())
    let admin = try await first.membership.addAdmin(second.id, name: "second", now: start)
    #expect(!second.membership.isAdmin)
    // It learns of its office by the exchange that begins every link.
    try await second.membership.exchange(
      over: DirectCaller(membership: first.membership, node: second.id))
    #expect(second.membership.isAdmin)
    #expect(try await second.restarted().membership.isAdmin)
    let due = start + Validity.days(25)
    try await renew(joiner, at: second, now: due)
    #expect(joiner.membership.certificate.adminCertificate == admin)
    _ = try first.membership.verify(
      joiner.membership.certificate.encoded, for: joiner.id, now: due)
  }

  @Test func `a renamed member gets its new name with the next certificate, at once`() async throws
  {
    let admin = try await Member("admin")
    let joiner = try await Member("joiner")
    try await joiner.join(admin, admin.invite())
    try await admin.membership.rename(joiner.id, to: "worker-1", now: start)
    #expect(admin.membership.decidedName(of: joiner.id) == "worker-1")
    try await renew(joiner, at: admin, now: start)
    #expect(joiner.membership.name == "worker-1")
    try await admin.membership.rename(admin.id, to: "boss", now: start)
    #expect(admin.membership.certificate.name == "boss")
    #expect(try await admin.restarted().membership.name == "boss")
  }
}
