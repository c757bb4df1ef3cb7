import Glibc
import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class ConnectTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  private func soon(_ milliseconds: Int = 50) -> Instant {
    Instant.now().advanced(by: .milliseconds(milliseconds))
  }

  private var later: Instant { Instant.now().advanced(by: .seconds(50)) }

  /// An address where nobody listens.
  private func refusing() throws -> SocketAddress { try Listener(ownAddress()).address }

  /// A listener whose queue is full: further connections get no answer at all.
  private final class BlackHole: Sendable {
    let listener: Listener
    let filling: [Int32]

    init() throws {
      var limits = Listener.Limits()
      limits.backlog = 0
      listener = try Listener(.loopback(port: 0), limits: limits)
      var filling: [Int32] = []
      for _ in 0..<4 {
        let descriptor = try Socket.open(.stream, for: listener.address)
        _ = Socket.withAddress(listener.address) { Glibc.connect(descriptor, $0, $1) }
        filling.append(descriptor)
      }
      self.filling = filling
    }

    deinit { for descriptor in filling { Glibc.close(descriptor) } }
  }

  @Test func `where nobody listens, connecting fails as unreachable`() async throws {
    let code = try await loop.run {
      let address = try refusing()
      return await failure {
        _ = try await SocketTransport.connect(to: address, on: loop, deadline: later)
      }
    }
    #expect(code == .unreachable)
  }

  @Test func `a Unix socket that is not there is not found, and too long a path is refused`()
    async throws
  {
    let folder = try TemporaryFolder()
    let loop = loop
    let codes = await loop.run {
      let deadline = Instant.now().advanced(by: .seconds(50))
      return await [folder.file("none"), "/" + String(repeating: "x", count: 200)].asyncMap {
        path in
        await failure {
          _ = try await SocketTransport.connect(
            to: SocketAddress(.unix(path: path)), on: loop, deadline: deadline)
        }
      }
    }
    #expect(codes == [.notFound, .invalidInput])
  }

  @Test func `without an answer, connecting times out and leaves no descriptor`() async throws {
    let hole = try BlackHole()
    await loop.run {
      let start = Instant.now()
      let code = await failure {
        _ = try await SocketTransport.connect(
          to: hole.listener.address, on: loop, deadline: soon())
      }
      #expect(code == .timedOut)
      #expect(start.duration(to: .now()) < .seconds(10))
    }
  }

  @Test func `a cancelled connect ends at once`() async throws {
    let hole = try BlackHole()
    let code = await loop.run {
      await withTaskGroup(of: SystemError.Code?.self) { group in
        group.addTask { [self] in
          await failure {
            _ = try await SocketTransport.connect(
              to: hole.listener.address, on: loop, deadline: later)
          }
        }
        await loop.yieldTurn()
        group.cancelAll()
        return await group.next() ?? nil
      }
    }
    #expect(code == .cancelled)
  }

  @Test func `the first address that answers wins, whatever the others do`() async throws {
    let hole = try BlackHole()
    let good = try Listener(.loopback(port: 0))
    try await loop.run {
      let start = Instant.now()
      let transport = try await SocketTransport.connect(
        toAnyOf: [hole.listener.address, try refusing(), good.address], on: loop, deadline: later,
        stagger: .milliseconds(10))
      #expect(transport.peer == good.address)
      #expect(start.duration(to: .now()) < .seconds(10))
      transport.close()
    }
  }

  @Test func `an address that fails makes way for the next at once`() async throws {
    let good = try Listener(.loopback(port: 0))
    try await loop.run {
      let transport = try await SocketTransport.connect(
        toAnyOf: [try refusing(), try refusing(), good.address], on: loop, deadline: later,
        stagger: .seconds(3_600))
      #expect(transport.peer == good.address)
      transport.close()
    }
  }

  @Test func `a loser that connected as well is closed`() async throws {
    let first = try Listener(.loopback(port: 0))
    let second = try Listener(.loopback(port: 0))
    try await loop.run {
      let caught = Catch()
      let stop = Gate()
      async let one: Void = first.run(on: loop, until: stop) { caught.add($0, $1) }
      async let two: Void = second.run(on: loop, until: stop) { caught.add($0, $1) }
      let winner = try await SocketTransport.connect(
        toAnyOf: [first.address, second.address], on: loop, deadline: later, stagger: .zero)
      await caught.wait(for: 1)
      for _ in 0..<20 { await loop.yieldTurn() }
      var open = 0
      for (descriptor, peer) in zip(caught.descriptors, caught.peers) {
        let end = try SocketTransport(adopting: descriptor, peer: peer, on: loop)
        if peer == winner.local {
          open += 1
        } else {
          let bytes = try? await readToEnd(end)
          #expect(bytes == nil || bytes == [])
        }
        end.close()
      }
      #expect(open == 1)
      winner.close()
      stop.open()
      _ = try await (one, two)
    }
  }

  @Test func `when all fail, the error is one of theirs; without addresses it says so`()
    async throws
  {
    try await loop.run {
      let addresses = [try refusing(), try refusing()]
      let all = await failure {
        _ = try await SocketTransport.connect(toAnyOf: addresses, on: loop, deadline: later)
      }
      #expect(all == .unreachable)
      let none = await failure {
        _ = try await SocketTransport.connect(toAnyOf: [], on: loop, deadline: later)
      }
      #expect(none == .unreachable)
    }
  }

  @Test func `when none answers in time, connecting to any times out`() async throws {
    let holes = try [BlackHole(), BlackHole()]
    let addresses = holes.map(\.listener.address)
    let code = await loop.run {
      await failure {
        _ = try await SocketTransport.connect(
          toAnyOf: addresses, on: loop, deadline: soon(), stagger: .milliseconds(5))
      }
    }
    #expect(code == .timedOut)
  }
}

extension Array {
  func asyncMap<Result>(_ body: (Element) async -> Result) async -> [Result] {
    var results: [Result] = []
    for element in self { results.append(await body(element)) }
    return results
  }
}
