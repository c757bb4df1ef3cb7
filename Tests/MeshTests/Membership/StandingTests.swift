import Calls
import Primitives
import Security
import Simulation
import Testing

@testable import Mesh

/// A node that hears of its own revocation from those who refuse it.
@Suite struct StandingTests {
  private let start = TrustFixture.start

  private func pair() async throws -> (admin: Member, joiner: Member) {
    let (admin, joiner) = (try await Member("admin"), try await Member("joiner"))
    try await joiner.join(admin, admin.invite())
    return (admin, joiner)
  }

  /// What the admin says to whom it refuses.
  private func farewell(_ admin: Member, _ joiner: Member) -> LinkFrame.Farewell {
    let bytes = joiner.membership.certificate.encoded
    do {
      _ = try admin.membership.verify(bytes, for: joiner.id, now: start)
      return LinkFrame.Farewell(.done)
    } catch {
      return admin.membership.farewell(to: joiner.id, showing: bytes, because: error)
    }
  }

  @Test func `a revoked node believes the proof and says what to do`() async throws {
    let told = Shared(0)
    var surroundings = Membership.Surroundings()
    surroundings.whenOut = { told.change { $0 += 1 } }
    let (admin, joiner) = (
      try await Member("admin"), try await Member("joiner", surroundings: surroundings)
    )
    try await joiner.join(admin, admin.invite())
    #expect(joiner.membership.whyOut(now: start) == nil)
    try await admin.membership.revoke(joiner.id, reason: "sold", now: start)
    let farewell = farewell(admin, joiner)
    #expect(farewell.reason == .revoked)
    for _ in 0..<2 { #expect(try await joiner.membership.hear(farewell)) }
    let why = joiner.membership.whyOut(now: start)
    #expect(why?.code == .revoked)
    for word in ["admin", "sold", "apus join", "node.key"] {
      #expect(why?.message.contains(word) == true, "\(word)")
    }
    #expect(joiner.membership.standing(now: start).health == "revoked")
    #expect(told.now == 1)
    #expect(try await joiner.restarted().membership.isRevoked)
  }

  @Test func `a member's word that this node was revoked changes nothing`() async throws {
    let (admin, joiner) = try await pair()
    let other = try await Member("other")
    try await other.join(admin, admin.invite())
    // Each is genuine, or nearly: of another network, by one who is no admin, of another node.
    let stranger = TrustFixture()
    let foreign = stranger.revocation(of: joiner.id)
    let forged = Revocation(
      of: joiner.id, as: .member, reason: "", number: 1, at: start,
      signedBy: .admin(
        AdminCertificate(
          of: other.id, name: "other", serial: 3, at: start, signedBy: stranger.networkKey),
        other.key))
    try await admin.membership.revoke(other.id, now: start)
    let another = admin.membership.revocations.all
    var flipped = try await revocation(of: joiner, by: admin)
    flipped[flipped.count / 2] ^= 1
    for proof in [[foreign.encoded], [forged.encoded], another.map(\.encoded), [flipped], []] {
      let message = NetworkV1.Knowledge { $0.revocations = proof }
      // Whatever it throws, or does not.
      let isBelieved = try? await joiner.membership.hear(
        LinkFrame.Farewell(.revoked, proof: message.encoded()))
      #expect(isBelieved != true)
      #expect(!joiner.membership.isRevoked)
    }
    await #expect(throws: NetworkError.self) {
      try await joiner.membership.hear(LinkFrame.Farewell(.revoked, proof: [0xFF, 1, 2]))
    }
    #expect(joiner.membership.whyOut(now: start) == nil)
  }

  /// By an admin whose node nobody asks afterwards.
  private func revocation(of joiner: Member, by admin: Member) async throws -> [UInt8] {
    let twin = try await Member("twin", key: admin.key, database: admin.database)
    try await twin.membership.revoke(joiner.id, now: start)
    return twin.membership.revocations.all.first { $0.node == joiner.id }?.encoded ?? []
  }

  @Test func `who proves no membership is told nothing`() async throws {
    let (admin, joiner) = try await pair()
    try await admin.membership.revoke(joiner.id, now: start)
    let error = NetworkError(.revoked, "")
    let bytes = joiner.membership.certificate.encoded
    let other = SigningKey().id
    let refused = LinkFrame.Farewell(.refused)
    #expect(admin.membership.farewell(to: other, showing: bytes, because: error) == refused)
    var changed = bytes
    changed[bytes.count - 1] ^= 1
    #expect(admin.membership.farewell(to: joiner.id, showing: changed, because: error) == refused)
    #expect(admin.membership.farewell(to: joiner.id, showing: [], because: error) == refused)
  }

  @Test func `members who fall with their admin hear so and come back with an invite`()
    async throws
  {
    let (first, second) = try await pair()
    let admin = try await first.membership.addAdmin(second.id, name: "second", now: start)
    try await second.membership.merge(
      NetworkV1.Knowledge { $0.admins = [admin.encoded] })
    let third = try await Member("third")
    try await third.join(second, second.invite())
    let later = start + .seconds(5)
    try await first.membership.revoke(second.id, signedMembers: .revoke, now: later)
    let farewell = farewell(first, third)
    #expect(try await third.membership.hear(farewell))
    let remedy = third.membership.standing(now: later).remedy
    #expect(remedy.contains("with the admin") && !remedy.contains("node.key"))
    try await third.join(first, first.invite(now: later), now: later)
    #expect(third.membership.whyOut(now: later) == nil)
    // The admin itself does not.
    #expect(await refusal { try await second.join(first, first.invite(now: later)) } == .revoked)
  }

  @Test func `a revoked node starts anew with a new key, and no other node does`() async throws {
    let (admin, joiner) = try await pair()
    await #expect(throws: NetworkError.self) {
      try await Member("anew", key: SigningKey(), database: joiner.database)
    }
    try await admin.membership.revoke(joiner.id, now: start)
    #expect(try await joiner.membership.hear(farewell(admin, joiner)))
    let anew = try await Member("anew", key: SigningKey(), database: joiner.database)
    #expect(anew.membership.isFresh && !anew.membership.isRevoked)
    try await anew.join(admin, admin.invite())
    #expect(anew.membership.network == admin.membership.network)
    #expect(try await !anew.restarted().membership.isFresh)
  }

  @Test func `an expired node is told so`() async throws {
    let (admin, joiner) = try await pair()
    let late = joiner.membership.certificate.expiresAt + .seconds(601)
    let bytes = joiner.membership.certificate.encoded
    #expect(joiner.membership.whyOut(now: late)?.code == .expired)
    #expect(joiner.membership.whyOut(now: joiner.membership.certificate.expiresAt) == nil)
    do {
      _ = try admin.membership.verify(bytes, for: joiner.id, now: late)
      Issue.record("it was believed")
    } catch {
      let farewell = admin.membership.farewell(to: joiner.id, showing: bytes, because: error)
      #expect(farewell == LinkFrame.Farewell(.expired))
    }
  }
}
