import Primitives
import Security
import Simulation
import Testing

@testable import Mesh

@Suite struct RevocationTests {
  let trust = TrustFixture()

  @Test func `a revocation reads back, is believed, and a second time is nothing new`() throws {
    let revocation = trust.revocation(of: SigningKey().id)
    let read = try Revocation(decoding: revocation.encoded)
    var set = trust.nothing
    #expect(read == revocation)
    #expect(try set.merge(read))
    #expect(try !set.merge(read))
    #expect(set.count == 1 && set.contains(revocation))
  }

  @Test(arguments: [false, true])
  func `every flipped byte of a revocation makes it unreadable or forged`(byNetwork: Bool) {
    let bytes = trust.revocation(of: SigningKey().id, byNetwork: byNetwork).encoded
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 4
      let code = refusal { try Revocation(decoding: changed).verify(network: trust.network) }
      #expect(code == .violation || code == .forged, "byte \(index)")
    }
  }

  @Test func `a revocation of another network or of an expired admin is refused`() {
    let stranger = TrustFixture().revocation(of: SigningKey().id)
    #expect(refusal { try stranger.verify(network: trust.network) } == .wrongNetwork)
    let late = trust.revocation(
      of: SigningKey().id, at: trust.admin.expiresAt + .seconds(601))
    #expect(refusal { try late.verify(network: trust.network) } == .expired)
  }

  @Test func `a revoked member stays revoked whatever is signed later`() throws {
    let certificate = trust.certificate()
    var set = trust.nothing
    try set.merge(trust.revocation(of: certificate.member))
    let later = TrustFixture.start + Validity.days(5)
    let renewed = trust.certificate(of: certificate.member, serial: 8, at: later)
    for held in [certificate, renewed] {
      let code = refusal {
        try held.verify(network: trust.network, at: later, revocations: set)
      }
      #expect(code == .revoked)
    }
    #expect(!set.isRevoked(trust.certificate()))
  }

  @Test func `a retired admin's members stay and it signs no more`() throws {
    let time = TrustFixture.start + Validity.days(2)
    let before = trust.certificate()
    let after = trust.certificate(at: time + .seconds(1))
    let own = trust.certificate(of: trust.adminKey.id)
    var set = trust.nothing
    try set.merge(
      trust.revocation(of: trust.adminKey.id, as: .admin(.keep), at: time, byNetwork: true))
    #expect(!set.isRevoked(before) && !set.isRevoked(own))
    #expect(set.isRevoked(after))
    let code = refusal {
      try trust.admin.verify(network: trust.network, at: time, revocations: set)
    }
    #expect(code == .revoked)
  }

  @Test func `all that a stolen admin key signed falls, its revocations too`() throws {
    let victim = trust.certificate()
    let (_, second) = trust.other()
    var set = trust.nothing
    let own = SigningKey().id
    try set.merge(trust.revocation(of: own))
    #expect(set.revokedNodes == [own])
    try set.merge(
      trust.revocation(of: trust.adminKey.id, as: .admin(.revoke), byNetwork: true))
    #expect(set.isRevoked(victim))
    // What the thief revoked is undone by the network key's word.
    #expect(set.revokedNodes == [trust.adminKey.id])
    #expect(set.standing(of: second.admin).isAdmin)
  }

  @Test func `two admins that revoke each other are both revoked, in either order`() throws {
    let (key, certificate) = trust.other()
    let one = trust.revocation(of: key.id, as: .admin(.keep))
    let two = Revocation(
      of: trust.adminKey.id, as: .admin(.keep), reason: "", number: 1, at: TrustFixture.start,
      signedBy: .admin(certificate, key))
    for order in [[one, two], [two, one]] {
      var set = trust.nothing
      for revocation in order { try set.merge(revocation) }
      #expect(!set.standing(of: key.id).isAdmin && !set.standing(of: trust.adminKey.id).isAdmin)
    }
  }

  /// Revocations by three issuers, some numbered twice, as a restored backup makes them.
  private func many(_ count: Int, _ random: inout SeededRandom) -> [Revocation] {
    let (key, certificate) = trust.other()
    return (1...count).map { number in
      let node = SigningKey().id
      let number = UInt64(Int.random(in: 1...count, using: &random))
      return switch Int.random(in: 0..<3, using: &random) {
      case 0: trust.revocation(of: node, number: number)
      case 1: trust.revocation(of: node, as: .admin(.keep), number: number, byNetwork: true)
      default:
        Revocation(
          of: node, as: .member, reason: "", number: number, at: TrustFixture.start,
          signedBy: .admin(certificate, key))
      }
    }
  }

  @Test(arguments: 1...8)
  func `sets merge alike in any order and grouping`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let all = many(30, &random)
    var limits = StatementLog<Revocation>.Limits()
    limits.perIssuer = seed % 2 == 0 ? 5 : 100
    var sets: [RevocationSet] = []
    for _ in 0..<4 {
      var set = RevocationSet(network: trust.network, limits: limits)
      for revocation in all.shuffled(using: &random) { try set.merge(revocation) }
      var halves = RevocationSet(network: trust.network, limits: limits)
      for half in [all.prefix(11), all.suffix(19), all.prefix(25)].shuffled(using: &random) {
        var part = RevocationSet(network: trust.network, limits: limits)
        for revocation in half { try part.merge(revocation) }
        halves.merge(part)
        halves.merge(halves)
      }
      sets += [set, halves]
    }
    #expect(Set(sets.map(\.digest)).count == 1)
    #expect(Set(sets.map(\.all)).count == 1)
    #expect(Set(sets.map(\.revokedNodes)).count == 1)
    #expect(seed % 2 != 0 || sets[0].count <= 15)
  }

  @Test(arguments: 1...12)
  func `two sets that tell each other what the other lacks become equal`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var one = trust.nothing
    var two = trust.nothing
    for revocation in many(25, &random) {
      if random.chance(0.7) { try one.merge(revocation) }
      if random.chance(0.7) { try two.merge(revocation) }
    }
    let (toOne, toTwo) = (two.lacking(in: one.summary), one.lacking(in: two.summary))
    for revocation in toOne { try one.merge(revocation) }
    for revocation in toTwo { try two.merge(revocation) }
    #expect(one.digest == two.digest && one.all == two.all)
    #expect(one.lacking(in: two.summary).isEmpty)
  }

  @Test func `one new revocation is all that is sent to a peer that has the rest`() throws {
    var set = trust.nothing
    for number in 1...20 {
      try set.merge(trust.revocation(of: SigningKey().id, number: UInt64(number)))
    }
    let peer = set.summary
    let new = trust.revocation(of: SigningKey().id, number: set.nextNumber(of: trust.adminKey.id))
    try set.merge(new)
    #expect(new.number == 21)
    #expect(set.lacking(in: peer) == [new])
  }

  @Test func `revocations that arrive backwards lead to the same digest at any moment`() throws {
    let all = (1...12).map { trust.revocation(of: SigningKey().id, number: UInt64($0)) }
    var backwards = trust.nothing
    var seen: [Digest] = []
    for revocation in all.reversed() {
      try backwards.merge(revocation)
      seen.append(backwards.digest)
    }
    for count in all.indices {
      var forwards = trust.nothing
      for revocation in all.suffix(count + 1) { try forwards.merge(revocation) }
      #expect(forwards.digest == seen[count])
    }
    let unsettled = backwards.summary
    backwards.settle()
    #expect(backwards.summary == unsettled && backwards.lacking(in: unsettled).isEmpty)
  }
}
