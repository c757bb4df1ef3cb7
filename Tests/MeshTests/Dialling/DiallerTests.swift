import IO
import Primitives
import Security
import Testing

@testable import Mesh

@Suite(.timeLimit(.minutes(5))) final class DiallerTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  /// What the dialler found, on the loop.
  private final class Finds: @unchecked Sendable {  // guard: confinement to one loop
    var all: [Dialler.Found] = []
    func closeAll() { for found in all { found.transport.close() } }
  }

  private func route(_ kind: DialRoute.Kind, _ listener: Listener) -> DialRoute {
    DialRoute(kind, .address(listener.address))
  }

  /// Takes every connection for the peer.
  private let trusting: Dialler.Secure = { connection, _, _, _ in connection }

  private func dial(_ dialler: Dialler, _ routes: [DialRoute]) async -> (DialReport, [DialRoute]) {
    await loop.run {
      let finds = Finds()
      let report = await dialler.dial(node(2), by: routes, on: loop) { finds.all.append($0) }
      finds.closeAll()
      return (report, finds.all.map(\.route))
    }
  }

  @Test func `the way that works is found past one that is refused`() async throws {
    let gone = try Listener(.loopback(port: 0)).address
    let listener = try Listener(.loopback(port: 0))
    let good = route(.ipv4, listener)
    let (report, found) = await dial(
      Dialler(secure: trusting), [DialRoute(.lan, .address(gone)), good])
    #expect(found == [good])
    #expect(report.best == good)
    guard case .failed(let failure) = report.entries[0].result else {
      Issue.record("\(report)")
      return
    }
    #expect(failure.reason == .refused)
  }

  @Test func `a search that hangs goes on by a way it hears of meanwhile`() async throws {
    let (dead, listener) = (try Listener(.loopback(port: 0)), try Listener(.loopback(port: 0)))
    let (old, new) = (route(.lan, dead), route(.ipv4, listener))
    let never = Gate()
    let best = await loop.run {
      let finds = Finds()
      var dialler = Dialler(secure: { connection, _, _, _ in
        // Nobody says anything at the old place.
        if connection.peer == dead.address { await never.wait() }
        return connection
      })
      // What ends before is not ended by the time.
      dialler.limits.attempt = .seconds(3_600)
      dialler.limits.attemptBeside = .seconds(3_600)
      dialler.limits.whole = .seconds(3_600)
      let report = await dialler.dial(node(2), by: [old], on: self.loop) { hear in
        self.loop.schedule(after: .milliseconds(5)) { hear([old, new]) }
      } found: {
        finds.all.append($0)
      }
      finds.closeAll()
      return report.best
    }
    #expect(best == new)
    withExtendedLifetime((dead, listener)) {}
  }

  @Test func `who answers at an address and is another node is told apart`() async throws {
    let listener = try Listener(.loopback(port: 0))
    let dialler = Dialler(secure: { connection, _, _, _ in
      connection.close()
      throw DialFailure(.wrongNode, "node x")
    })
    let (report, found) = await dial(dialler, [route(.lan, listener)])
    #expect(found.isEmpty)
    #expect(report.entries.map(\.result) == [.failed(DialFailure(.wrongNode, "node x"))])
    #expect(report.failure(to: node(2))?.message.contains("another node") == true)
  }

  @Test func `the relay carries first and gives way to a slower direct connection`() async throws {
    let listener = try Listener(.loopback(port: 0))
    let direct = route(.ipv4, listener)
    let relayed = DialRoute(.relayed, .relay(node(9)))
    let seen = Gate()
    let dialler = Dialler(
      secure: { connection, _, _, _ in
        // The relay's session comes first.
        await seen.wait()
        return connection
      },
      relay: { _ in
        { _, loop, deadline in
          try await SocketTransport.connect(to: listener.address, on: loop, deadline: deadline)
        }
      })
    let order = await loop.run {
      let finds = Finds()
      _ = await dialler.dial(node(2), by: [direct, relayed], on: loop) {
        finds.all.append($0)
        seen.open()
      }
      finds.closeAll()
      return finds.all.map(\.route)
    }
    #expect(order == [relayed, direct])
  }

  @Test func `cancelled, it ends at once and leaves nothing open`() async throws {
    let listener = try Listener(.loopback(port: 0))
    let stuck = Gate()
    let dialler = Dialler(secure: { connection, _, _, _ in
      await stuck.wait()
      connection.close()
      throw CancellationError()
    })
    let routes = [route(.lan, listener)]
    let report = await withTaskGroup(of: DialReport?.self) { group in
      group.addTask { [self] in await dial(dialler, routes).0 }
      await loop.run { for _ in 0..<5 { await loop.yieldTurn() } }
      group.cancelAll()
      return await group.next() ?? nil
    }
    #expect(report?.entries.map(\.result) == [.failed(DialFailure(.cancelled))])
  }

  @Test(arguments: [true, false])
  func `over TLS only the node that was dialled is found`(isExpected: Bool) async throws {
    let server = SigningKey(), client = SigningKey()
    let accepting = try TLSContext(server: Credentials(of: server), protocols: ["apus/1"])
    let dialler = Dialler(
      secure: Dialler.handshake(
        try TLSContext(client: Credentials(of: client), protocols: ["apus/1"])))
    let listener = try Listener(.loopback(port: 0))
    let way = route(.lan, listener)
    try await loop.run {
      let stop = Gate()
      let served = TaskSet(on: loop)
      async let serving: Void = listener.run(on: loop, until: stop) { [loop] descriptor, peer in
        served.start {
          do {
            let wire = try SocketTransport(adopting: descriptor, peer: peer, on: loop)
            let session = try await SecureTransport.accept(
              over: wire, context: accepting, deadline: .now().advanced(by: .seconds(20)))
            #expect(session.peerKey == client.id)
            while try await session.read({ _ in }) {}
            session.close()
          } catch {
            #expect(!isExpected, "\(error)")
          }
        }
      }
      let finds = Finds()
      let wanted = isExpected ? server.id : SigningKey().id
      let report = await dialler.dial(wanted, by: [way], on: loop) { finds.all.append($0) }
      #expect(finds.all.count == (isExpected ? 1 : 0))
      if case .failed(let failure)? = report.entries.first?.result {
        #expect(!isExpected && failure.reason == .wrongNode)
      }
      for found in finds.all { try await found.transport.finish() }
      finds.closeAll()
      await served.waitForAll()
      stop.open()
      try await serving
    }
  }
}
