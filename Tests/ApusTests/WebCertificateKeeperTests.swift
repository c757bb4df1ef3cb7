import Apus
import IO
import Primitives
import Security
import Testing

@Suite(.timeLimit(.minutes(5))) struct WebCertificateKeeperTests {
  /// Files of a certificate in a folder of their own, and what the keeper made of them.
  private final class Fixture: Sendable {
    let folder: TemporaryFolder
    let shown = Locked<[[UInt8]]>([])
    let renewed = Broadcast()

    init() throws { folder = try TemporaryFolder() }

    var certificate: String { folder.file("web.pem") }
    var key: String { folder.file("web.key") }

    func write(_ credentials: Credentials) async throws {
      try await put(credentials.chainText, certificate)
      try await put(credentials.revealedKeyText, key)
    }

    func put(_ bytes: [UInt8], _ path: String) async throws {
      try await RealDisk().replace(path, with: bytes, mode: 0o600)
    }

    func keeper(
      interval: Duration = .seconds(3_600), hangUps: Broadcast = Broadcast()
    ) -> WebCertificateKeeper {
      var limits = WebCertificateKeeper.Limits()
      limits.interval = interval
      return WebCertificateKeeper(
        certificateFile: certificate, keyFile: key, disk: RealDisk(), limits: limits,
        hangUps: hangUps
      ) { [self] credentials in
        shown.withLock { $0.append(credentials.chainText) }
        renewed.announce()
      }
    }
  }

  @Test func `files that change are read once, and others not at all`() async throws {
    let fixture = try Fixture()
    let (first, second) = (
      try Credentials(selfSignedFor: ["one"]), try Credentials(selfSignedFor: ["another.example"])
    )
    try await fixture.write(first)
    let keeper = fixture.keeper()
    var taken = [await keeper.check(isForced: false), await keeper.check(isForced: false)]
    try await fixture.write(second)
    taken += [await keeper.check(isForced: false), await keeper.check(isForced: false)]
    taken += [await keeper.check(isForced: true)]
    #expect(taken == [true, false, true, false, true])
    #expect(
      fixture.shown.withLock { $0 } == [first.chainText, second.chainText, second.chainText])
  }

  @Test func `files that cannot be used are left alone until they change again`() async throws {
    let fixture = try Fixture()
    let credentials = try Credentials(selfSignedFor: ["one"])
    try await fixture.write(credentials)
    let keeper = fixture.keeper()
    _ = await keeper.check(isForced: false)
    // The key of another certificate, half a file, and no file at all.
    try await fixture.put(Credentials(selfSignedFor: ["x"]).revealedKeyText, fixture.key)
    #expect(await keeper.check(isForced: false) == false)
    try await fixture.put(Array(credentials.chainText.prefix(50)), fixture.certificate)
    #expect(await keeper.check(isForced: true) == false)
    try await RealDisk().remove(fixture.certificate)
    #expect(await keeper.check(isForced: false) == false)
    #expect(fixture.shown.withLock { $0.count } == 1)
    try await fixture.write(credentials)
    #expect(await keeper.check(isForced: false))
  }

  @Test func `it looks by itself, and at once when asked`() async throws {
    for interval in [Duration.milliseconds(1), .seconds(3_600)] {
      let fixture = try Fixture()
      try await fixture.write(try Credentials(selfSignedFor: ["one"]))
      let loop = try EventLoop(name: "test")
      defer { loop.stop() }
      try await loop.run {
        let (scope, hangUps) = (ComponentScope(), Broadcast())
        let keeper = fixture.keeper(interval: interval, hangUps: hangUps)
        var renewed = fixture.renewed.next()
        async let running: Void = keeper.run(scope)
        await renewed.wait()
        renewed = fixture.renewed.next()
        let second = try Credentials(selfSignedFor: ["two"])
        try await fixture.write(second)
        while fixture.shown.withLock({ $0.last }) != second.chainText {
          if interval > .seconds(1) { hangUps.announce() }
          await loop.yieldTurn()
        }
        scope.stopGate.open()
        try await running
      }
    }
  }
}
