import HTTP
import IO
import Primitives
import Testing

/// Time-outs, draining and what a vanished client leaves behind.
@Suite struct LineLifeTests {
  private func limits(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
    var limits = ServerLimits()
    change(&limits)
    return limits
  }

  /// What the client of a connection reads that is never told that the client is done.
  private func hear(
    _ sent: String, limits: ServerLimits, handler: any Handler = describing,
    then act: @Sendable @escaping (LineServerConnection) -> Void = { _ in }
  ) async throws -> String {
    try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop)
      let connection = LineServerConnection(
        transport: server,
        info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
        handler: handler, limits: limits)
      async let serving: Void = connection.serve(received: [])
      try await client.write(Array(sent.utf8))
      await loop.yieldTurn()
      act(connection)
      let heard = try await readAll(client)
      await serving
      return heard
    }
  }

  @Test func `a head that does not end in time is answered 408`() async throws {
    let short = limits { $0.headTimeout = .milliseconds(20) }
    let heard = try await hear("GET / HTTP/1.1\r\nHo", limits: short)
    #expect(statuses(heard) == [408])
  }

  @Test func `an idle connection ends without a word`() async throws {
    let short = limits { $0.idleTimeout = .milliseconds(20) }
    #expect(try await hear("", limits: short) == "")
    let after = try await hear("GET / HTTP/1.1\r\nHost: a\r\n\r\n", limits: short)
    #expect(statuses(after) == [200])
  }

  @Test func `a body that stops coming fails the handler that waits for it`() async throws {
    let short = limits { $0.bodyTimeout = .milliseconds(20) }
    let heard = try await hear(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc", limits: short)
    #expect(statuses(heard) == [408])
  }

  @Test func `a client that takes nothing is given up`() async throws {
    let failed = Locked(false)
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      do {
        while true { try await exchange.write([UInt8](repeating: 0, count: 50_000)) }
      } catch {
        failed.withLock { $0 = true }
      }
    }
    let short = limits { $0.bodyTimeout = .milliseconds(20) }
    try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop)
      let connection = LineServerConnection(
        transport: server,
        info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
        handler: handler, limits: short)
      try await client.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
      await connection.serve(received: [])
      client.close()
    }
    #expect(failed.withLock { $0 })
  }

  @Test func `draining ends an idle connection at once`() async throws {
    let heard = try await hear("", limits: ServerLimits()) { $0.drain() }
    #expect(heard == "")
  }

  @Test func `draining lets what is under way be answered, and says close`() async throws {
    let gate = Gate()
    let handler = ClosureHandler { exchange in
      await gate.wait()
      exchange.respond(ResponseHead(), body: [])
    }
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    let heard = try await hear(get + get, limits: ServerLimits(), handler: handler) {
      $0.drain()
      gate.open()
    }
    #expect(statuses(heard) == [200] && heard.contains("connection: close"))
  }

  @Test func `a connection ends after its number of requests`() async throws {
    let few = limits { $0.requestsPerConnection = 2 }
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    let heard = try await hear(get + get + get, limits: few)
    #expect(statuses(heard) == [200, 200])
    #expect(heard.ranges(of: "connection: close").count == 1)
  }

  @Test func `a client that goes away in the middle of its body fails the handler`() async throws {
    let seen = Locked<MessageError.Code?>(nil)
    let handler = ClosureHandler { exchange in
      do {
        while try await exchange.nextBody() != nil {}
      } catch let error as MessageError {
        seen.withLock { $0 = error.code }
        throw error
      }
    }
    _ = try await converse(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc", with: handler)
    #expect(seen.withLock { $0 } == .aborted)
  }
}
