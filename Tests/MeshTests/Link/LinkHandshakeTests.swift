import Calls
import HTTP
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct LinkHandshakeTests {
  @Test(arguments: [1, 3, Int.max])
  func `both sides learn what the other said, and keep what came behind`(limit: Int) async throws {
    try await withWire { near, far in
      near.readLimit = limit
      far.readLimit = limit
      async let other = run(far, side: 1, purpose: .bulk)
      let carrier = try await run(near, side: 0, boot: 77)
      let accepted = try await other
      try await carrier.write([1, 2, 3])
      var bytes: [UInt8] = []
      while bytes.count < 3 { _ = try await accepted.read { bytes.append(contentsOf: $0) } }
      #expect(bytes == [1, 2, 3])
      #expect(accepted.hello.greeting.boot == BootID(77))
      #expect(accepted.hello.certificate == [9, 9])
      #expect(carrier.hello.purpose == .bulk)
      #expect(carrier.hello.observedAddress == near.peer.description)
    }
  }

  @Test func `nothing behind a hello is lent before it is accepted`() async throws {
    try await withWire { near, far in
      let gate = Gate()
      let handshake = handshake()
      async let accepting = handshake.run(
        over: far, peerKey: LinkPair.id(1), path: .direct, isDialled: false
      ) { peer, certificate in
        #expect(peer == LinkPair.id(1))
        #expect(certificate == [9, 9])
        await gate.wait()
      }
      let carrier = try await run(near, side: 0)
      try await carrier.write([5])
      await near.loop.yieldTurn()
      gate.open()
      let accepted = try await accepting
      var bytes: [UInt8] = []
      _ = try await accepted.read { bytes.append(contentsOf: $0) }
      #expect(bytes == [5])
    }
  }

  @Test func `who is refused is told why, with the proof, in the words of a link`() async throws {
    try await withWire { near, far in
      var refusing = handshake()
      refusing.refusing = { error, peer, certificate in
        #expect((error as? NetworkError)?.code == .revoked)
        #expect(peer == LinkPair.id(1))
        return LinkFrame.Farewell(.revoked, proof: certificate + [3])
      }
      let handshake = refusing
      async let accepting = failure {
        _ = try await handshake.run(
          over: far, peerKey: LinkPair.id(1), path: .direct, isDialled: false
        ) { _, _ in throw NetworkError(.revoked, "It was revoked.") }
      }
      let carrier = try await run(near, side: 0)
      var reader = FrameReader()
      var told: LinkFrame.Farewell?
      _ = try await carrier.read { bytes in
        var bytes = bytes
        if case .close(let farewell) = try reader.next(&bytes) { told = farewell }
      }
      carrier.close()
      #expect(told == LinkFrame.Farewell(.revoked, proof: [9, 9, 3]))
      #expect(await accepting == .revoked)
    }
  }

  @Test(
    arguments: [
      ("a length above the limit", [0, 0, 0x20, 1]),
      ("a length far above it", [0xFF, 0xFF, 0xFF, 0xFF]),
      ("no protobuf", [0, 0, 0, 2, 0xFF, 0xFF]),
      ("no purpose", [0, 0, 0, 0]),
      ("an unknown purpose", [0, 0, 0, 2, 0x20, 9]),
      ("no room on its lanes", [0, 0, 0, 2, 0x20, 1]),
      ("three lanes", [0, 0, 0, 7, 0x20, 1, 0x3A, 3, 1, 1, 1]),
    ] as [(String, [UInt8])])
  func `a hello that cannot be is a violation`(what: String, bytes: [UInt8]) async throws {
    try await withWire { near, far in
      try await near.write(bytes)
      async let drained: Void = drain(near)
      #expect(await failure { _ = try await run(far, side: 1) } == .violation, "\(what)")
      await drained
    }
  }

  @Test func `who goes away or keeps silent is given up`() async throws {
    try await withWire { near, far in
      try await near.finish()
      async let drained: Void = drain(near)
      #expect(await failure { _ = try await run(far, side: 1) } == .closed)
      await drained
    }
    try await withWire { near, far in
      var silent = handshake()
      silent.limits.helloTime = .milliseconds(5)
      let patient = silent
      let code = await failure {
        _ = try await patient.run(
          over: far, peerKey: LinkPair.id(1), path: .direct, isDialled: false
        ) { _, _ in }
      }
      #expect(code == .timedOut)
    }
  }

  @Test func `a bulk carrier carries calls without lanes`() async throws {
    try await withWire { near, far in
      async let other = run(far, side: 1, purpose: .bulk)
      let dialled = try await run(near, side: 0, purpose: .bulk)
      let server = try BulkCarrier.server(try await other, handler: LinkPair.probeServer())
      let (connection, caller) = try BulkCarrier.client(dialled)
      let tasks = TaskSet(on: near.loop)
      tasks.start { await server.serve() }
      tasks.start { await connection.run() }
      let reply = try await ProbeV1.ProbeClient(caller).echo(
        ProbeV1.EchoRequest { $0.payload = [6, 6] })
      #expect(reply.payload == [6, 6])
      connection.close()
      await tasks.waitForAll()
    }
  }

  // MARK: - Helpers

  private func handshake(
    boot: UInt64 = 1, purpose: PeerHello.Purpose = .main
  ) -> LinkHandshake {
    LinkHandshake(
      certificate: [9, 9], version: "test", purpose: purpose,
      greeting: LinkCore.Greeting(boot: BootID(boot)))
  }

  private func run(
    _ wire: MemoryTransport, side: UInt8, boot: UInt64 = 1, purpose: PeerHello.Purpose = .main
  ) async throws -> Carrier {
    try await handshake(boot: boot, purpose: purpose).run(
      over: wire, peerKey: LinkPair.id(2 - side), path: .direct, isDialled: side == 0
    ) { _, _ in }
  }

  /// Reads to the end, then closes: what the other side of a refused hello does.
  private func drain(_ wire: MemoryTransport) async {
    do {
      while try await wire.read({ _ in }) {}
    } catch {
      // Closed on this side; that is an end as well.
    }
    wire.close()
  }

  private func withWire(
    _ body: (MemoryTransport, MemoryTransport) async throws -> Void
  ) async throws {
    let loop = try EventLoop(name: "hello")
    defer { loop.stop() }
    try await loop.run {
      let (near, far) = MemoryTransport.pair(on: loop)
      try await body(near, far)
      near.close()
      far.close()
    }
  }

  private func failure(_ body: () async throws -> Void) async -> NetworkError.Code? {
    do {
      try await body()
      return nil
    } catch { return (error as? NetworkError)?.code }
  }
}
