import Glibc
import HTTP
import IO
import Primitives
import Testing

/// The server over real sockets, seen through our own client and through bare bytes.
@Suite(.timeLimit(.minutes(5))) struct ServerTests {
  private static let saying = ClosureHandler { exchange in
    let user = exchange.connection.localUser.map { String($0) } ?? "nobody"
    exchange.respond(
      ResponseHead(), body: Array("\(exchange.connection.version.rawValue) \(user)".utf8))
  }

  @Test(arguments: [1, 3])
  func `our client speaks HTTP/2 to it over TCP, whichever loop serves`(loops: Int) async throws {
    try await withServer(Greeter(handler: Self.saying), loops: loops) { running in
      for _ in 0..<6 {
        let answer = try await running.withClient { try await ask($0) }
        #expect(answer.text == "HTTP/2 nobody")
      }
      try await running.emptied()
    }
  }

  @Test func `a Unix socket says which user is at the other end, and is served in clear`()
    async throws
  {
    var template = Array("/tmp/apus-http-XXXXXX".utf8CString)
    let folder = template.withUnsafeMutableBufferPointer {
      $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    let path = try #require(folder) + "/s"
    defer { rmdir(String(path.dropLast(2))) }
    var greeter = Greeter(handler: Self.saying)
    greeter.cleartext = .never
    let address = SocketAddress(.unix(path: path))
    try await withServer(greeter, on: [address]) { running in
      let answer = try await running.withClient { try await ask($0) }
      #expect(answer.text == "HTTP/2 \(getuid())")
    }
  }

  @Test func `it serves every address it was given, or binds none`() async throws {
    let addresses = [SocketAddress.loopback(port: 0), SocketAddress.loopback(port: 0)]
    try await withServer(Greeter(handler: Self.saying), on: addresses) { running in
      for address in running.server.addresses {
        let answer = try await running.withClient(to: address) { try await ask($0) }
        #expect(answer.status == 200)
      }
      let taken = running.server.addresses[0]
      #expect(throws: SystemError.self) {
        _ = try Server(
          on: [.loopback(port: 0), taken], loops: running.loops,
          greeter: Greeter(handler: Self.saying))
      }
    }
  }

  @Test func `where cleartext is not allowed, it says so in words`() async throws {
    var greeter = Greeter(handler: Self.saying)
    greeter.cleartext = .never
    try await withServer(greeter) { running in
      // More than one read, and more to come: the answer must arrive all the same.
      let request = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9000000\r\n\r\n"
      let answer = try await running.say(
        Array(request.utf8) + [UInt8](repeating: 65, count: 1 << 20))
      #expect(answer.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
      #expect(answer.hasSuffix("http.cleartext.\n"))
      let frames = try await running.say(Raw.hello)
      #expect(frames.hasPrefix("HTTP/1.1 426"))
    }
  }

  @Test(arguments: [
    [0x00], [0xFF, 0xFF, 0xFF], Array("\r\n\r\n".utf8),
    [0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5],
    Array("SSH-2.0-x\r\n\r\n".utf8), Array("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".utf8),
    [UInt8](repeating: 0x41, count: 100_000),
  ])
  func `what is no protocol of ours is shown the door, and the next is served`(
    bytes: [UInt8]
  ) async throws {
    var greeter = Greeter(handler: Self.saying)
    greeter.limits.headTimeout = .milliseconds(100)
    greeter.limits.lingerTimeout = .milliseconds(100)
    try await withServer(greeter) { running in
      let answer = try await running.say(bytes)
      #expect(!answer.contains(" 200 "))
      let next = try await running.withClient { try await ask($0) }
      #expect(next.status == 200)
      try await running.emptied()
    }
  }

  @Test(arguments: [[], Array("P".utf8), Array("PRI * HTTP/2.0\r".utf8)])
  func `who does not say what he speaks is not waited for`(bytes: [UInt8]) async throws {
    var greeter = Greeter(handler: Self.saying)
    greeter.limits.handshakeTimeout = .milliseconds(50)
    try await withServer(greeter) { running in
      let answer = try await running.say(bytes, ends: false)
      #expect(answer == "")
      try await running.emptied()
    }
  }

  @Test func `beyond the limit of connections the next one waits, and is served`() async throws {
    var greeter = Greeter(handler: Self.saying)
    greeter.limits.connections = 2
    try await withServer(greeter) { running in
      let first = try await running.connect()
      let second = try await running.connect()
      _ = try await ask(first.connection)
      _ = try await ask(second.connection)
      #expect(running.server.openConnections == 2)
      let third = try await running.connect()
      async let answer = ask(third.connection)
      for _ in 0..<100 { await running.loop.yieldTurn() }
      #expect(running.server.openConnections == 2)
      await first.close()
      let status = try await answer.status
      #expect(status == 200)
      #expect(running.server.openConnections == 2)
      await second.close()
      await third.close()
      try await running.emptied()
    }
  }

  @Test func `draining lets an open request end and takes no other`() async throws {
    let begun = Gate()
    let go = Gate()
    let body = randomBytes(5 << 20, seed: 2)
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      begun.open()
      await go.wait()
      try await exchange.write(body)
      exchange.finish()
    }
    // An address of its own: nobody else is given its port when the server has stopped.
    let own = SocketAddress(.v4([127, 82, 0, 1], port: 0))
    try await withServer(Greeter(handler: handler), on: [own], loops: 2) { running in
      let busy = try await running.connect()
      async let answer = ask(busy.connection)
      let idle = try await running.connect()
      await begun.wait()
      running.stop.open()
      // The idle one is let go although the busy one is on another loop.
      await idle.ended.wait()
      let refused = await running.connectFailure()
      #expect(refused == .unreachable)
      go.open()
      let isSame = try await answer.body == body
      #expect(isSame)
      await busy.ended.wait()
      try await running.stopped()
      #expect(running.server.openConnections == 0)
    }
  }

  @Test func `cancelled, it cuts off what does not end`() async throws {
    let begun = Gate()
    let cancelled = Gate()
    let handler = ClosureHandler { exchange in
      begun.open()
      await Gate().wait()
      if Task.isCancelled { cancelled.open() }
    }
    try await withServer(Greeter(handler: handler), stopDeadline: .milliseconds(20)) { running in
      let client = try await running.connect()
      async let failing = messageCode { _ = try await ask(client.connection) }
      let silent = try await running.dial()
      await begun.wait()
      running.stop.open()
      await cancelled.wait()
      let code = await failing
      #expect(code == .aborted)
      try await running.stopped()
      #expect(running.server.openConnections == 0)
      silent.close()
    }
  }

  @Test func `a thousand connections come and go, and none is left`() async throws {
    try await withServer(Greeter(handler: Self.saying), loops: 2) { running in
      for round in 0..<50 {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<20 {
            group.addTask {
              if number % 4 == 3 {
                try await running.dial().close()
              } else {
                let status = try await running.withClient { try await ask($0).status }
                #expect(status == 200, "round \(round)")
              }
            }
          }
          try await group.waitForAll()
        }
      }
      try await running.emptied()
    }
  }
}
