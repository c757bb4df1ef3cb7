import Calls
import Primitives
import Security
import Simulation
import Testing

@testable import Mesh

@Suite struct CertificateTests {
  let trust = TrustFixture()

  @Test func `a certificate reads back as it was signed and is believed`() throws {
    let member = SigningKey().id
    let signed = trust.certificate(of: member)
    let read = try MembershipCertificate(decoding: signed.encoded)
    #expect(read == signed)
    #expect(read.issuer == trust.adminKey.id && read.roles == [.worker, .store])
    #expect(read.permissions == [Permission("call"), Permission("run")])
    try read.verify(network: trust.network, at: TrustFixture.start, revocations: trust.nothing)
  }

  @Test func `every flipped bit of a certificate makes it unreadable or forged`() throws {
    let bytes = trust.certificate().encoded
    var forged = 0
    for index in bytes.indices {
      for bit in [UInt8(1), 0x10, 0x80] {
        var changed = bytes
        changed[index] ^= bit
        let code = refusal {
          try MembershipCertificate(decoding: changed).verify(
            network: trust.network, at: TrustFixture.start, revocations: trust.nothing)
        }
        #expect(code == .violation || code == .forged, "byte \(index), bit \(bit)")
        if code == .forged { forged += 1 }
      }
    }
    #expect(forged > bytes.count)
  }

  @Test func `every flipped byte of an admin certificate makes it unreadable or forged`() throws {
    let bytes = trust.admin.encoded
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let code = refusal {
        try AdminCertificate(decoding: changed).verify(
          network: trust.network, at: TrustFixture.start, revocations: trust.nothing)
      }
      #expect(code == .violation || code == .forged, "byte \(index)")
    }
  }

  @Test func `a certificate cut anywhere or with bytes behind it cannot be read`() throws {
    let bytes = trust.certificate().encoded
    for count in bytes.indices {
      #expect(throws: NetworkError.self) {
        try MembershipCertificate(decoding: Array(bytes[..<count]))
      }
    }
    #expect(refusal { _ = try MembershipCertificate(decoding: bytes + [0x18, 1]) } == .violation)
  }

  @Test func `an admin that the network has not signed signs nobody`() throws {
    let thief = NetworkKey()
    let key = SigningKey()
    // It claims the victim's network with an admin certificate of its own network.
    let own = AdminCertificate(
      of: key.id, name: "thief", serial: 1, at: TrustFixture.start, signedBy: thief)
    var signed = try NetworkV1.Signed(decoding: own.encoded)
    var payload = try NetworkV1.AdminCertificate(decoding: signed.payload)
    payload.network = trust.network.bytes
    signed.payload = payload.encoded()
    let claimed = try AdminCertificate(decoding: signed.encoded())
    let grant = MembershipCertificate.Grant(name: "mole", roles: [], permissions: [])
    let mole = MembershipCertificate(
      of: SigningKey().id, grant, serial: 1, at: TrustFixture.start, by: claimed, signedBy: key)
    let code = refusal {
      try mole.verify(
        network: trust.network, at: TrustFixture.start, revocations: trust.nothing)
    }
    #expect(code == .forged)
  }

  @Test func `a genuine certificate of another network says so`() throws {
    let other = TrustFixture()
    let code = refusal {
      try other.certificate().verify(
        network: trust.network, at: TrustFixture.start, revocations: trust.nothing)
    }
    #expect(code == .wrongNetwork)
  }

  private static let day = 86_400
  static let moments: [(Int, NetworkError.Code?)] = [
    (-601, .expired), (-600, nil), (0, nil), (30 * day, nil), (30 * day + 599, nil),
    (30 * day + 600, .expired),
  ]

  @Test(arguments: moments)
  func `a certificate holds for thirty days and what clocks may differ by`(
    seconds: Int, expected: NetworkError.Code?
  ) throws {
    let certificate = trust.certificate()
    let code = refusal {
      try certificate.verify(
        network: trust.network, at: TrustFixture.start + .seconds(seconds),
        revocations: trust.nothing)
    }
    #expect(code == expected)
  }

  @Test func `a member certificate never outlives its admin's`() throws {
    let late = TrustFixture.start + AdminCertificate.life + (.zero - Validity.days(3))
    let certificate = trust.certificate(at: late)
    #expect(certificate.expiresAt == trust.admin.expiresAt)
    #expect(CertificateHealth(of: certificate, at: late) == .warn(days: 3))
  }

  @Test func `a certificate of an impossible life or size cannot be read`() throws {
    let long = trust.certificate(life: Validity.days(91))
    #expect(refusal { _ = try MembershipCertificate(decoding: long.encoded) } == .violation)
    let backwards = trust.certificate(life: .seconds(-1))
    #expect(refusal { _ = try MembershipCertificate(decoding: backwards.encoded) } == .violation)
    let named = trust.certificate(name: String(repeating: "n", count: 65))
    #expect(refusal { _ = try MembershipCertificate(decoding: named.encoded) } == .violation)
    let bytes = [UInt8](repeating: 0, count: 4097)
    #expect(refusal { _ = try MembershipCertificate(decoding: bytes) } == .violation)
  }

  @Test(arguments: [(64, nil), (65, NetworkError.Code.violation)])
  func `a certificate has at most sixty-four permissions`(
    count: Int, expected: NetworkError.Code?
  ) {
    let grant = MembershipCertificate.Grant(
      name: "m", roles: [], permissions: Set((0..<count).map { Permission("p\($0)") }))
    let certificate = MembershipCertificate(
      of: SigningKey().id, grant, serial: 1, at: TrustFixture.start, by: trust.admin,
      signedBy: trust.adminKey)
    #expect(refusal { _ = try MembershipCertificate(decoding: certificate.encoded) } == expected)
  }

  static let hours: [(Int, CertificateHealth)] = [
    (720, .ok), (241, .ok), (240, .renew), (169, .renew), (168, .warn(days: 7)),
    (25, .warn(days: 2)), (1, .warn(days: 1)), (0, .expired), (-5, .expired),
  ]

  @Test(arguments: hours)
  func `health follows from the hours that are left`(hours: Int, expected: CertificateHealth) {
    let expiry = TrustFixture.start + .seconds(hours * 3600)
    let health = CertificateHealth(until: expiry, at: TrustFixture.start)
    #expect(health == expected)
    #expect(health.isRenewalDue == (hours <= 240))
    #expect((health.remedy == nil) == (hours > 168))
  }

  @Test func `random bytes never trap a reader`() {
    var random = SeededRandom(seed: 7)
    let seeds = [trust.certificate().encoded, trust.admin.encoded]
    for round in 0..<2000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let index = Int.random(in: bytes.indices, using: &random)
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
      // Whatever comes out, it is no certificate that is believed.
      let code = refusal {
        try MembershipCertificate(decoding: bytes).verify(
          network: trust.network, at: TrustFixture.start, revocations: trust.nothing)
      }
      #expect(code != nil || bytes == seeds[0])
    }
  }
}
