import Calls
import HTTP
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct BulkOutletTests {
  /// Another node that answers probes on carriers, while it can be dialled.
  /// Guard: confinement to `loop`.
  private final class Far: @unchecked Sendable {
    let loop: EventLoop
    var isThere = true
    var dialled = 0
    private var wires: [MemoryTransport] = []
    private let tasks: TaskSet

    init(on loop: EventLoop) {
      self.loop = loop
      tasks = TaskSet(on: loop)
    }

    func dial() async throws -> Carrier {
      dialled += 1
      guard isThere else { throw NetworkError(.unreachable, "nobody is there") }
      let (near, far) = MemoryTransport.pair(on: loop)
      wires.append(near)
      tasks.start {
        guard let carrier = try? await Self.greet(far, isDialled: false),
          let server = try? BulkCarrier.server(carrier, handler: LinkPair.probeServer())
        else { return }
        await server.serve()
      }
      return try await Self.greet(near, isDialled: true)
    }

    private static func greet(_ wire: MemoryTransport, isDialled: Bool) async throws -> Carrier {
      try await LinkHandshake(
        certificate: [9], version: "test", purpose: .bulk,
        greeting: LinkCore.Greeting(boot: BootID(1))
      ).run(
        over: wire, peerKey: LinkPair.id(isDialled ? 2 : 1), path: .direct, isDialled: isDialled
      ) {
        _, _ in
      }
    }

    func cut() {
      for wire in wires { wire.close() }
      wires = []
    }

    func close() async {
      cut()
      await tasks.waitForAll()
    }
  }

  private func withOutlet(
    _ limits: BulkOutlet.Limits = BulkOutlet.Limits(),
    _ body: (BulkOutlet, Far) async throws -> Void
  ) async throws {
    let loop = try EventLoop(name: "outlet")
    defer { loop.stop() }
    try await loop.run {
      let far = Far(on: loop)
      let outlet = BulkOutlet(on: loop, limits: limits) { try await far.dial() }
      try await body(outlet, far)
      await outlet.close()
      await far.close()
    }
  }

  private func echo(_ session: BulkOutlet.Session) async throws -> [UInt8] {
    try await ProbeV1.ProbeClient(session.caller).echo(
      ProbeV1.EchoRequest { $0.payload = [6, 6] }
    ).payload
  }

  @Test func `calls share a carrier that is dialled when the first one comes`() async throws {
    try await withOutlet { outlet, far in
      #expect(far.dialled == 0)
      async let one = outlet.lease()
      async let other = outlet.lease()
      let sessions = await [one, other]
      let first = try #require(sessions[0])
      #expect(first === sessions[1] && far.dialled == 1)
      #expect(try await echo(first) == [6, 6])
      for session in sessions { if let session { outlet.release(session) } }
      // It stays a while.
      let again = await outlet.lease()
      #expect(again === first && far.dialled == 1)
      outlet.release(first)
    }
  }

  @Test func `where nobody can be dialled the lanes do, and dialling is not tried at once again`()
    async throws
  {
    try await withOutlet { outlet, far in
      far.isThere = false
      #expect(await outlet.lease() == nil)
      far.isThere = true
      #expect(await outlet.lease() == nil && far.dialled == 1)
    }
    var eager = BulkOutlet.Limits()
    eager.pause = .zero
    try await withOutlet(eager) { outlet, far in
      far.isThere = false
      #expect(await outlet.lease() == nil)
      far.isThere = true
      let session = try #require(await outlet.lease())
      #expect(far.dialled == 2)
      #expect(try await echo(session) == [6, 6])
      outlet.release(session)
    }
  }

  @Test func `a carrier that breaks fails its calls, and the lanes do for a while`() async throws {
    try await withOutlet { outlet, far in
      let session = try #require(await outlet.lease())
      #expect(try await echo(session) == [6, 6])
      far.cut()
      let error = await #expect(throws: Status.self) { _ = try await echo(session) }
      #expect(error?.code == .unavailable)
      outlet.release(session)
      #expect(await outlet.lease() == nil && far.dialled == 1)
    }
  }

  @Test func `a carrier without calls is let go, and dialled anew when one comes`() async throws {
    var limits = BulkOutlet.Limits()
    limits.idle = .zero
    try await withOutlet(limits) { outlet, far in
      let session = try #require(await outlet.lease())
      outlet.release(session)
      var next = session
      while next === session {
        await far.loop.yieldTurn()
        guard let leased = await outlet.lease() else { continue }
        next = leased
        outlet.release(leased)
      }
      #expect(far.dialled == 2)
    }
  }
}
