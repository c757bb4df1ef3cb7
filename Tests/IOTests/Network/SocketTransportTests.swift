import Glibc
import Primitives
import Testing

@testable import IO

@Suite(.timeLimit(.minutes(5))) final class SocketTransportTests: Sendable {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  deinit { loop.stop() }

  @Test(arguments: Wire.allCases)
  func `eight mebibytes cross both ways at once, byte by byte the same`(wire: Wire) async throws {
    var random = SplitMix(seed: 8)
    let there = random.bytes(8 << 20)
    let back = random.bytes(8 << 20)
    try await withPair(wire, on: loop) { client, server in
      async let sentThere: Void = send(there, over: client)
      async let sentBack: Void = send(back, over: server)
      async let gotThere = readToEnd(server)
      async let gotBack = readToEnd(client)
      try await sentThere
      try await sentBack
      let isSameThere = try await gotThere == there
      let isSameBack = try await gotBack == back
      #expect(isSameThere)
      #expect(isSameBack)
    }
  }

  private func send(_ bytes: [UInt8], over transport: SocketTransport) async throws {
    try await transport.write(bytes)
    try await transport.finish()
  }

  @Test(arguments: Wire.allCases)
  func `a writer stops when nobody reads and goes on when somebody does`(wire: Wire) async throws {
    try await withPair(wire, on: loop) { client, server in
      let block = [UInt8](repeating: 7, count: 1 << 20)
      var taken = 0
      var refusals = 0
      while refusals < 200 {
        let count = try block.withUnsafeBytes { try client.offer($0) }
        taken += count
        refusals = count == 0 ? refusals + 1 : 0
        await loop.yieldTurn()
      }
      #expect(taken < 64 << 20)
      async let writable: Void = client.writable()
      let received = try await readExactly(taken, from: server).count
      #expect(received == taken)
      try await writable
    }
  }

  @Test(arguments: Wire.allCases)
  func `either direction can end while the other goes on`(wire: Wire) async throws {
    try await withPair(wire, on: loop) { client, server in
      try await client.write([1, 2, 3])
      try await client.finish()
      let question = try await readToEnd(server)
      #expect(question == [1, 2, 3])
      // Its end stays the end, however often it is asked for.
      let more = try await server.read { _ in }
      #expect(!more)
      let answer = [UInt8](repeating: 9, count: 3 << 20)
      async let sent: Void = send(answer, over: server)
      let received = try await readToEnd(client)
      try await sent
      #expect(received == answer)
    }
  }

  @Test(arguments: Wire.allCases)
  func `what was sent before an end is read after it was noticed`(wire: Wire) async throws {
    try await withPair(wire, on: loop) { client, server in
      try await client.write([UInt8](repeating: 5, count: 100_000))
      client.close()
      // The loop hears of the bytes and of the end before anybody reads.
      for _ in 0..<10 { await loop.yieldTurn() }
      var count = 0
      while count < 100_000, try await server.read({ count += $0.count }) {}
      #expect(count == 100_000)
      let isOpen = try await server.read { _ in }
      #expect(!isOpen)
    }
  }

  @Test func `a reset is an error for the reader and for the writer`() async throws {
    try await loop.run {
      let (client, descriptor, _) = try await connectedPair(.tcp, on: loop)
      async let read = failure { _ = try await client.read { _ in } }
      await loop.yieldTurn()
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
      Glibc.close(descriptor)
      let first = await read
      #expect(first == .reset)
      let second = await failure { try await client.write([1]) }
      #expect(second == .reset)
      client.close()
    }
  }

  @Test(arguments: Wire.allCases)
  func `writing to an end that is closed fails soon and raises no signal`(wire: Wire) async throws {
    try await withPair(wire, on: loop) { client, server in
      server.close()
      let error = await failure {
        while true {
          try await client.write([UInt8](repeating: 0, count: 1 << 16))
          await loop.yieldTurn()
        }
      }
      #expect(error == .reset)
    }
  }

  @Test(arguments: Wire.allCases)
  func `closing ends whoever waits on this side, and later calls`(wire: Wire) async throws {
    try await withPair(wire, on: loop) { client, _ in
      async let reading = failure { _ = try await client.read { _ in } }
      async let writing = failure {
        try await client.write([UInt8](repeating: 0, count: 64 << 20))
      }
      for _ in 0..<50 { await loop.yieldTurn() }
      client.close()
      client.close()
      let ends = await [reading, writing]
      #expect(ends == [.closed, .closed])
      let later = await [
        failure { _ = try await client.read { _ in } }, failure { try await client.write([1]) },
        failure { try await client.writable() }, failure { try await client.finish() },
      ]
      #expect(later == [.closed, .closed, .closed, .closed])
    }
  }

  @Test func `closed between two turns of a stream that is over its budget, it ends`() async throws
  {
    var limits = SocketTransport.Limits()
    limits.bytesPerTurn = 1
    try await withPair(.tcp, on: loop, limits: limits) { client, server in
      try await client.write([UInt8](repeating: 1, count: 300_000))
      _ = try await server.read { _ in }
      async let second = failure { while try await server.read({ _ in }) {} }
      server.close()
      let code = await second
      #expect(code == .closed)
    }
  }

  @Test func `bytes put back are read first, and even after the other side has ended`() async throws
  {
    try await withPair(.tcp, on: loop) { client, server in
      try await client.write([3, 4])
      try await client.finish()
      let taken = try await readExactly(2, from: server)
      server.unread([2] + taken)
      server.unread([1])
      let everything = try await readToEnd(server)
      #expect(everything == [1, 2, 3, 4])
    }
  }

  @Test func `one busy stream leaves turns to others`() async throws {
    try await withPair(.tcp, on: loop) { client, server in
      let stop = Gate()
      let loop = loop
      async let flood: Void = {
        let block = [UInt8](repeating: 0, count: 1 << 20)
        while !stop.isOpen { try await client.write(block) }
        client.close()
      }()
      async let sink: Void = {
        while !stop.isOpen, try await server.read({ _ in }) {}
      }()
      // Every turn is a full one: 100 of them pass only if nobody keeps the loop for himself.
      for _ in 0..<100 { await loop.yieldTurn() }
      stop.open()
      try await flood
      _ = try await sink
    }
  }

  @Test func `a connection costs one descriptor until it is closed`() async throws {
    try await loop.run {
      let (client, descriptor, peer) = try await connectedPair(.unix, on: loop)
      let server = try SocketTransport(adopting: descriptor, peer: peer, on: loop)
      #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
      #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
      server.close()
      client.close()
      weak let freed = client
      _ = consume client
      #expect(freed == nil)
    }
  }

  @Test func `a Unix socket says whose process is at the other end, a TCP socket does not`()
    async throws
  {
    try await withPair(.unix, on: loop) { client, server in
      #expect(server.peerCredentials == .init(process: getpid(), user: getuid()))
      #expect(client.peerCredentials?.user == getuid())
    }
    try await withPair(.tcp, on: loop) { client, server in
      #expect(server.peerCredentials == nil)
      #expect(server.peer == client.local)
      #expect(client.peer == server.local)
    }
  }
}
