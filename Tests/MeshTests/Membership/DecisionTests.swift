import Primitives
import Security
import Testing

@testable import Mesh

@Suite struct DecisionTests {
  let trust = TrustFixture()
  let node = SigningKey().id

  private func decision(
    _ kind: Decision.Kind, number: UInt64, after seconds: Int = 0
  ) -> Decision {
    Decision(
      kind, about: node, number: number, at: TrustFixture.start + .seconds(seconds),
      by: trust.admin, signedBy: trust.adminKey)
  }

  @Test func `decisions read back as they were signed`() throws {
    for kind in [
      Decision.Kind.approved(true), .approved(false), .name("n"), .label(key: "k", value: "v"),
      .label(key: "k", value: ""), .label(key: "k", value: nil),
    ] {
      let signed = decision(kind, number: 1)
      let read = try Decision(decoding: signed.encoded)
      try read.verify(network: trust.network)
      #expect(read.kind == kind && read == signed)
    }
  }

  @Test func `every flipped byte of a decision makes it unreadable or forged`() {
    let bytes = decision(.label(key: "gpu", value: "yes"), number: 1).encoded
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 2
      let code = refusal { try Decision(decoding: changed).verify(network: trust.network) }
      #expect(code == .violation || code == .forged, "byte \(index)")
    }
  }

  @Test func `the later of two decisions holds in any order of arrival`() throws {
    let decisions = [
      decision(.label(key: "a", value: "1"), number: 1),
      decision(.label(key: "a", value: "2"), number: 2, after: 5),
      decision(.label(key: "b", value: "3"), number: 3, after: 6),
      decision(.label(key: "b", value: nil), number: 4, after: 7),
      decision(.name("old"), number: 5, after: 1), decision(.name("new"), number: 6, after: 2),
    ]
    for order in [decisions, decisions.reversed()] {
      var set = DecisionSet(network: trust.network)
      for decision in order { try set.merge(decision) }
      #expect(set.labels(of: node, trust.nothing) == ["a": "2"])
      #expect(set.name(of: node, trust.nothing) == "new")
      #expect(!set.isApproved(node, trust.nothing, at: TrustFixture.start))
    }
  }

  @Test func `what a distrusted admin decided counts no more`() throws {
    var set = DecisionSet(network: trust.network)
    try set.merge(decision(.approved(true), number: 1))
    #expect(set.isApproved(node, trust.nothing, at: TrustFixture.start))
    var revocations = trust.nothing
    try revocations.merge(
      trust.revocation(of: trust.adminKey.id, as: .admin(.revoke), byNetwork: true))
    #expect(!set.isApproved(node, revocations, at: TrustFixture.start))
  }

  // MARK: Forgetting

  private struct Verdict: Equatable {
    var name: String?
    var labels: [String: String]
    var isApproved: Bool

    init(_ set: DecisionSet, _ node: NodeID, _ revocations: RevocationSet, at time: WallTime) {
      name = set.name(of: node, revocations)
      labels = set.labels(of: node, revocations)
      isApproved = set.isApproved(node, revocations, at: time)
    }
  }

  /// By two admins about three nodes, times in any order.
  private func manyDecisions(
    _ count: Int, _ second: (key: SigningKey, certificate: AdminCertificate), _ nodes: [NodeID],
    _ random: inout SplitMix
  ) -> [Decision] {
    (0..<count).map { number in
      let kinds: [Decision.Kind] = [
        .approved(random.chance(0.6)), .name("name\(number)"),
        .label(key: "a", value: random.chance(0.3) ? nil : "\(number)"),
        .label(key: "b", value: "\(number)"),
      ]
      let isFirst = random.chance(0.5)
      return Decision(
        kinds[random.below(4)], about: nodes[random.below(3)], number: UInt64(number + 1),
        at: TrustFixture.start + .seconds(random.below(100 * 86_400)),
        by: isFirst ? trust.admin : second.certificate,
        signedBy: isFirst ? trust.adminKey : second.key)
    }
  }

  enum Fall: CaseIterable { case nobody, keepsMembers, distrusted }

  @Test(arguments: Fall.allCases, [1, 2, 3] as [UInt64])
  func `forgetting changes no verdict, and leaves the same in any order`(
    fall: Fall, seed: UInt64
  ) throws {
    var random = SplitMix(seed: seed)
    let second = trust.other()
    let nodes = (0..<3).map { _ in SigningKey().id }
    var revocations = trust.nothing
    if fall != .nobody {
      try revocations.merge(
        trust.revocation(
          of: second.key.id, as: .admin(fall == .distrusted ? .revoke : .keep),
          at: TrustFixture.start + Validity.days(50), byNetwork: true))
    }
    let now = TrustFixture.start + Validity.days(100)
    var decisions = manyDecisions(200, second, nodes, &random)
    var everything = DecisionSet(network: trust.network)
    for decision in decisions { everything.insert(decision) }
    var digests: Set<Digest> = []
    for _ in 0..<3 {
      decisions.shuffle(using: &random)
      var set = DecisionSet(network: trust.network)
      for decision in decisions {
        set.insert(decision)
        _ = set.prune(about: decision.node, revocations, at: now)
      }
      for node in nodes {
        #expect(
          Verdict(set, node, revocations, at: now)
            == Verdict(everything, node, revocations, at: now))
      }
      // Two admins, three nodes, four things said of each, two of each at most.
      #expect(set.count <= 2 * 3 * 4 * 2)
      set.settle()
      digests.insert(set.summary.digest)
    }
    #expect(digests.count == 1)
    #expect(everything.prune(revocations, at: now).count == 200 - everything.count)
    #expect(digests == [everything.summary.digest])
  }

  @Test func `who is one decision behind is sent that one, though it has made others void`() {
    var set = DecisionSet(network: trust.network)
    for number in 1...300 {
      set.insert(decision(.label(key: "k\(number)", value: "1"), number: UInt64(number)))
    }
    set.settle()
    let before = set.summary
    set.insert(decision(.label(key: "k7", value: "2"), number: 301, after: 9))
    #expect(set.prune(about: node, trust.nothing, at: TrustFixture.start).map(\.number) == [7])
    set.settle()
    #expect(set.lacking(in: before).map(\.number) == [301])
    #expect(set.lacking(in: set.summary).isEmpty)
    #expect(set.lacking(in: StatementSummary()).count == 300)
    #expect(set.nextNumber(of: trust.adminKey.id) == 302)
  }

  @Test func `an approval that was not used is over after thirty days`() {
    var set = DecisionSet(network: trust.network)
    set.insert(decision(.approved(true), number: 1))
    let last = TrustFixture.start + Validity.days(30)
    #expect(set.isApproved(node, trust.nothing, at: last + .seconds(-1)))
    #expect(set.prune(trust.nothing, at: last + .seconds(-1)).isEmpty)
    #expect(!set.isApproved(node, trust.nothing, at: last))
    #expect(set.prune(trust.nothing, at: last).count == 1 && set.count == 0)
  }

  @Test func `a label set a hundred times is one row, here and where it was told`() async throws {
    let first = try await Member("first")
    let second = try await Member("second")
    try await second.join(first, first.invite())
    for number in 0..<100 {
      try await first.membership.label(
        second.id, key: "place", value: "\(number)", now: TrustFixture.start)
      if number % 10 == 0 {
        try await second.membership.exchange(
          over: DirectCaller(membership: first.membership, node: second.id))
      }
    }
    try await second.membership.exchange(
      over: DirectCaller(membership: first.membership, node: second.id))
    for member in [first, second] {
      #expect(try await MembershipStore(member.database).load().decisions.count == 1)
      #expect(try await member.restarted().membership.labels(of: second.id) == ["place": "99"])
    }
    #expect(first.membership.knowledgeDigest == second.membership.knowledgeDigest)
  }
}
