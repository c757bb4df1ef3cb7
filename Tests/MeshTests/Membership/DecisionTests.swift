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
      #expect(!set.isApproved(node, trust.nothing))
    }
  }

  @Test func `what a distrusted admin decided counts no more`() throws {
    var set = DecisionSet(network: trust.network)
    try set.merge(decision(.approved(true), number: 1))
    #expect(set.isApproved(node, trust.nothing))
    var revocations = trust.nothing
    try revocations.merge(
      trust.revocation(of: trust.adminKey.id, as: .admin(.revoke), byNetwork: true))
    #expect(!set.isApproved(node, revocations))
  }
}
