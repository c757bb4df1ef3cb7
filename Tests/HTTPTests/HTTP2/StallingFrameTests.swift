import HTTP
import IO
import Primitives
import Testing

/// Clients that stop somewhere, and clients that only ever send.
@Suite(.timeLimit(.minutes(5))) struct StallingFrameTests {
  private static let short = ServerLimits.with {
    $0.idleTimeout = .milliseconds(40)
    $0.bodyTimeout = .milliseconds(40)
    $0.headTimeout = .milliseconds(40)
    $0.lingerTimeout = .milliseconds(40)
    $0.floodFrames = 50
  }

  /// Sends `bytes`, then nothing; returns what was heard until the server ended it.
  private func hearOut(
    _ bytes: [UInt8], by handler: any Handler = echoing
  ) async throws -> [Verdict] {
    try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop)
      let connection = try FrameServerConnection(
        transport: server, info: framesInfo(server), handler: handler, limits: Self.short)
      async let serving: Void = connection.serve()
      try await client.write(bytes)
      var reader = FrameReader()
      while try await client.read({ reader.feed($0) }) {}
      await serving
      client.close()
      return reader.verdicts
    }
  }

  private static let beginnings: [[UInt8]] = [
    [], Array(Raw.hello.prefix(10)), Raw.preface, Raw.hello, Raw.hello + [0, 0, 40, 1],
    Array((Raw.hello + Raw.request()).dropLast(5)),
  ]

  @Test(arguments: beginnings)
  func `a client that stops before a head is complete is shown out`(bytes: [UInt8]) async throws {
    let verdicts = try await hearOut(bytes)
    #expect(verdicts.last == .goAway(0))
  }

  @Test func `a head whose continuation never comes is given up`() async throws {
    let verdicts = try await hearOut(Raw.hello + Raw.frame(.headers, 0, on: 1, Raw.get))
    #expect(verdicts.contains(.goAway(0)))
  }

  @Test func `a body that never comes is given up, and then the connection`() async throws {
    let verdicts = try await hearOut(Raw.hello + Raw.open() + Raw.data(1, [1, 2, 3]))
    #expect(verdicts == [.answer(200), .reset(stream: 1, 8), .goAway(0)])
  }

  @Test func `a window of nothing is given up, though the connection is busy`() async throws {
    let noWindow = Raw.frame(.settings, 0, on: 0, Raw.setting(4, 0))
    let handler = ClosureHandler { $0.respond(ResponseHead(), body: [1, 2, 3]) }
    let verdicts = try await hearOut(Raw.preface + noWindow + Raw.request(), by: handler)
    #expect(verdicts == [.answer(200), .reset(stream: 1, 8), .goAway(0)])
  }

  /// What the server holds for a client that sends and never reads.
  @Test(arguments: [
    ("pings", Raw.frame(.ping, 0, on: 0, [UInt8](repeating: 0, count: 8))),
    ("settings", Raw.settings),
    ("window updates", Raw.frame(.window, 0, on: 0, Raw.bytes(1))),
    ("unknown frames", Raw.frame(.unknown, 0, on: 0, [1])),
  ])
  func `a client that sends for ever and takes nothing is cut off`(
    name: String, frame: [UInt8]
  ) async throws {
    try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop, capacity: 1_000)
      let handler = ClosureHandler { exchange in
        exchange.start(ResponseHead())
        while true { try await exchange.write([UInt8](repeating: 0, count: 50_000)) }
      }
      let connection = try FrameServerConnection(
        transport: server, info: framesInfo(server), handler: handler, limits: Self.short)
      async let serving: Void = connection.serve()
      try await client.write(Raw.hello + Raw.request())
      let error = await failureOf {
        while true {
          try await client.write(frame)
          await loop.yieldTurn()
        }
      }
      #expect(error?.code == .reset)
      client.close()
      await serving
    }
  }

  private func failureOf(_ body: () async throws -> Void) async -> SystemError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? SystemError
    }
  }

  @Test func `a client that reads nothing of the last word is not waited for`() async throws {
    try await onLoop { loop in
      let (client, server) = MemoryTransport.pair(on: loop, capacity: 10)
      let connection = try FrameServerConnection(
        transport: server, info: framesInfo(server), handler: echoing, limits: Self.short)
      async let serving: Void = connection.serve()
      try await client.write(Raw.hello + Raw.request(2))
      await serving
      client.close()
    }
  }
}
