import IO
import Primitives
import Synchronization
import Testing

@testable import Security

struct SecureTransportTests {
  @Test func `ten megabytes each way arrive exactly, however the wire cuts them`() async throws {
    var fixture = TLSFixture()
    fixture.limits.recordsPerKey = 100
    let bytes = SecureRandom.bytes(10 * 1024 * 1024)
    try await withPair(fixture) { near, far in
      for (wire, seed) in [(near, 1), (far, 2)] as [(TestWire, UInt64)] {
        var generator = SplitMix(seed: seed)
        wire.capacity = 300_000
        wire.lendLimit = {
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: Int.random(in: 1...30, using: &generator)
          case 1: Int.random(in: 1...20_000, using: &generator)
          default: Int.random(in: 1...131_072, using: &generator)
          }
        }
      }
    } _: { pair in
      async let up: Void = send(bytes, over: pair.client)
      async let down: Void = send(bytes.reversed(), over: pair.server)
      async let received = pair.server.readAll()
      let answered = try await pair.client.readAll()
      try await up
      try await down
      #expect(try await received == bytes)
      #expect(answered == bytes.reversed())
    }
  }

  private func send(_ bytes: [UInt8], over transport: SecureTransport) async throws {
    try await transport.write(bytes)
    try await transport.finish()
  }

  @Test func `each direction ends on its own`() async throws {
    try await withPair { pair in
      try await pair.client.write([1])
      try await pair.client.finish()
      #expect(try await pair.server.readOnce() == [1])
      #expect(try await pair.server.readOnce() == nil)
      try await pair.server.write([2, 3])
      #expect(try await pair.client.readOnce() == [2, 3])
      try await pair.server.finish()
      #expect(try await pair.client.readOnce() == nil)
      #expect(try await pair.client.readOnce() == nil)
    }
  }

  @Test func `the server may end first`() async throws {
    try await withPair { pair in
      try await pair.server.finish()
      #expect(try await pair.client.readOnce() == nil)
      try await pair.client.write([7])
      #expect(try await pair.server.readOnce() == [7])
      let late = await result { try await pair.server.write([1]) }
      #expect(throws: SystemError.self) { try late.get() }
    }
  }

  @Test func `a connection that breaks off is no clean end`() async throws {
    try await withPair { pair in
      try await pair.server.write([1, 2])
      pair.server.close()
      #expect(try await pair.client.readOnce() == [1, 2])
      #expect(code(await result { try await pair.client.readOnce() }) == .truncated)
      #expect(code(await result { try await pair.client.readOnce() }) == .truncated)
    }
  }

  @Test func `a record cut off in the middle is no clean end`() async throws {
    try await withPair { pair in
      pair.serverWire.tamper = { $0.removeLast($0.count / 2) }
      try await pair.server.write([UInt8](repeating: 1, count: 100))
      pair.server.close()
      #expect(code(await result { try await pair.client.readOnce() }) == .truncated)
    }
  }

  @Test func `a changed record is refused on both sides`() async throws {
    try await withPair { pair in
      pair.clientWire.tamper = { $0[$0.count - 1] ^= 1 }
      try await pair.client.write([1, 2, 3])
      #expect(code(await result { try await pair.server.readOnce() }) == .corrupted)
      #expect(
        code(await result { try await pair.client.readOnce() }) == .refusedByPeer(alert: 20))
      let written = await result { try await pair.server.write([1]) }
      #expect(throws: SystemError.self) { try written.get() }
    }
  }

  @Test func `a writer is held back while the other side does not read`() async throws {
    try await withPair { pair in
      pair.clientWire.capacity = 100_000
      let chunk = [UInt8](repeating: 9, count: 50_000)
      var taken = 0
      while true {
        let count = try chunk.withUnsafeBytes { try pair.client.offer($0) }
        if count == 0 { break }
        taken += count
      }
      #expect(taken >= 50_000 && taken <= 100_000 + 64 * 1024)
      async let rest: Void = pair.client.finish()
      let received = try await pair.server.readAll()
      try await rest
      #expect(received.count == taken)
    }
  }

  @Test func `several records come in one piece, and one record in several`() async throws {
    try await withPair { pair in
      for byte in 1...5 as ClosedRange<UInt8> { try await pair.client.write([byte]) }
      #expect(try await pair.server.readOnce() == [1, 2, 3, 4, 5])
      pair.serverWire.lendLimit = { 1 }
      try await pair.client.write([6, 7, 8])
      #expect(try await pair.server.readOnce() == [6, 7, 8])
    }
  }

  @Test func `a reader that throws loses nothing behind what it was lent`() async throws {
    struct Stop: Error {}
    try await withPair { pair in
      try await pair.client.write([1])
      await #expect(throws: Stop.self) { _ = try await pair.server.read { _ in throw Stop() } }
      try await pair.client.write([2])
      #expect(try await pair.server.readOnce() == [2])
    }
  }

  @Test func `a reader may answer from within what it is lent`() async throws {
    try await withPair { pair in
      try await pair.client.write([1, 2, 3])
      _ = try await pair.server.read { lent in
        let taken = try pair.server.offer(lent)
        #expect(taken == 3)
        #expect(Array(lent) == [1, 2, 3])
      }
      #expect(try await pair.client.readOnce() == [1, 2, 3])
    }
  }

  @Test func `closing wakes a reader that waits`() async throws {
    try await withPair { pair in
      pair.server.loop.schedule(after: .milliseconds(1)) { pair.server.close() }
      let ended = await result { try await pair.server.readOnce() }
      #expect(throws: SystemError.self) { try ended.get() }
    }
  }

  @Test func `TLS runs inside TLS`() async throws {
    let fixture = TLSFixture()
    let bytes = SecureRandom.bytes(300_000)
    try await withPair { outer in
      async let accepted = SecureTransport.accept(
        over: outer.server, context: try fixture.server(), deadline: .distantFuture)
      let client = try await SecureTransport.connect(
        over: outer.client, context: try fixture.nodeClient(), to: .node(fixture.serverKey.id),
        deadline: .distantFuture)
      let server = try await accepted
      async let sent: Void = send(bytes, over: client)
      #expect(try await server.readAll() == bytes)
      try await sent
      #expect(server.peerKey == fixture.clientKey.id)
    }
  }

  @Test func `it runs over sockets of the system`() async throws {
    let fixture = TLSFixture()
    let bytes = SecureRandom.bytes(2_000_000)
    try await onLoop { loop in
      let listener = try Listener(.loopback(port: 0))
      let stop = Gate()
      let arrived = Gate()
      let socket = Locked<SocketTransport?>(nil)
      async let listening: Void = listener.run(on: loop, until: stop) { descriptor, peer in
        let transport = try? SocketTransport(adopting: descriptor, peer: peer, on: loop)
        socket.withLock { $0 = transport }
        arrived.open()
      }
      let deadline = Instant.now().advanced(by: .seconds(20))
      let wire = try await SocketTransport.connect(
        to: listener.address, on: loop, deadline: deadline)
      await arrived.wait()
      let far = try #require(socket.withLock { $0 })
      async let accepted = SecureTransport.accept(
        over: far, context: try fixture.server(), deadline: deadline)
      let client = try await SecureTransport.connect(
        over: wire, context: try fixture.nodeClient(), to: .node(fixture.serverKey.id),
        deadline: deadline)
      let server = try await accepted
      async let sent: Void = send(bytes, over: client)
      #expect(try await server.readAll() == bytes)
      try await sent
      client.close()
      server.close()
      stop.open()
      try await listening
    }
  }
}
