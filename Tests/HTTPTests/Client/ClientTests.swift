import HTTP
import IO
import Primitives
import Testing

/// Dials servers that run in memory, and counts.
/// Guard: confinement to the test's loop.
final class LoopbackDialler: Dialler, @unchecked Sendable {
  private let tasks: TaskSet
  private let loop: EventLoop
  private let handler: any Handler
  var serverLimits = ServerLimits()
  private(set) var dials = 0
  private(set) var servers: [LineServerConnection] = []

  init(on loop: EventLoop, _ handler: any Handler) {
    self.loop = loop
    self.handler = handler
    tasks = TaskSet(on: loop)
  }

  func dial(_ origin: Origin) async throws -> any ClientConnection {
    dials += 1
    let (client, server) = MemoryTransport.pair(on: loop)
    let connection = LineServerConnection(
      transport: server,
      info: ConnectionInfo(version: .http1, peer: server.peer, isSecure: false),
      handler: handler, limits: serverLimits)
    servers.append(connection)
    tasks.start { await connection.serve(received: []) }
    return LineClientConnection(transport: client)
  }

  func end(withoutAbort: Bool = false) async {
    if !withoutAbort { for server in servers { server.abort() } }
    await tasks.waitForAll()
  }
}

/// Never gets through.
struct SilentDialler: Dialler {
  func dial(_ origin: Origin) async throws -> any ClientConnection {
    await Gate().wait()
    throw SystemError(.cancelled, "given up")
  }
}

@Suite struct ClientTests {
  private static let origin = Origin(.http, host: "example.org")

  /// Runs `body` with a client whose every connection leads to `handler`.
  private func withClient<Result: Sendable>(
    _ handler: any Handler = describing, limits: ClientLimits = ClientLimits(),
    _ body: @Sendable @escaping (Client, LoopbackDialler) async throws -> Result
  ) async throws -> Result {
    try await onLoop { loop in
      let dialler = LoopbackDialler(on: loop, handler)
      let client = Client(on: loop, dialler: dialler, limits: limits)
      let result = try await body(client, dialler)
      client.close()
      await dialler.end()
      return result
    }
  }

  private static func text(_ answer: ClientAnswer) -> String {
    String(decoding: answer.body, as: UTF8.self)
  }

  @Test func `requests one after the other share a connection`() async throws {
    let dials = try await withClient { client, dialler in
      for number in 0..<5 {
        let answer = try await client.send(
          ClientRequest(.post, Self.origin, "/\(number)", body: .bytes(Array("x".utf8))))
        #expect(Self.text(answer) == "POST /\(number) @example.org [x]")
      }
      return dialler.dials
    }
    #expect(dials == 1)
  }

  @Test func `many at once use no more connections than allowed, and all are answered`()
    async throws
  {
    var limits = ClientLimits()
    limits.connectionsPerOrigin = 3
    let dials = try await withClient(limits: limits) { client, dialler in
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<40 {
          group.addTask {
            Self.text(try await client.send(ClientRequest(.get, Self.origin, "/\(number)")))
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(answers.count == 40)
      return dialler.dials
    }
    #expect(dials == 3)
  }

  @Test func `a connection closed while idle is replaced, once`() async throws {
    let dials = try await withClient { client, dialler in
      _ = try await client.send(ClientRequest(.get, Self.origin))
      dialler.servers[0].drain()
      let answer = try await client.send(ClientRequest(.get, Self.origin, "/again"))
      #expect(Self.text(answer).hasPrefix("GET /again"))
      return dialler.dials
    }
    #expect(dials == 2)
  }

  @Test func `a request that must not be repeated is not`() async throws {
    try await withClient { client, dialler in
      _ = try await client.send(ClientRequest(.get, Self.origin))
      dialler.servers[0].drain()
      let error = await #expect(throws: MessageError.self) {
        try await client.send(ClientRequest(.post, Self.origin, body: .bytes([1])))
      }
      #expect(error?.code == .aborted && dialler.dials == 1)
    }
  }

  @Test func `the deadline ends an exchange that hangs, and its connection`() async throws {
    try await onLoop { loop in
      let (near, far) = MemoryTransport.pair(on: loop)
      struct Fixed: Dialler {
        let connection: LineClientConnection
        func dial(_ origin: Origin) async throws -> any ClientConnection { connection }
      }
      let client = Client(
        on: loop, dialler: Fixed(connection: LineClientConnection(transport: near)))
      var request = ClientRequest(.get, Self.origin)
      request.timeout = .milliseconds(20)
      let error = await #expect(throws: MessageError.self) { try await client.send(request) }
      #expect(error?.code == .timedOut && client.openConnections == 0)
      far.close()
      client.close()
    }
  }

  @Test func `a cancelled task leaves at once, in the queue, dialling and waiting`() async throws {
    try await onLoop { loop in
      var limits = ClientLimits()
      limits.connectionsPerOrigin = 1
      let client = Client(on: loop, dialler: SilentDialler(), limits: limits)
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<3 {
          group.addTask {
            do {
              _ = try await client.send(ClientRequest(.get, Self.origin))
              return false
            } catch {
              return error is CancellationError
            }
          }
        }
        await loop.yieldTurn()
        group.cancelAll()
        for await wasCancelled in group { #expect(wasCancelled) }
      }
      client.close()
    }
  }

  @Test func `a dialler that gets nowhere is given up in time`() async throws {
    try await onLoop { loop in
      var limits = ClientLimits()
      limits.connectTimeout = .milliseconds(20)
      limits.connectionsPerOrigin = 1
      let client = Client(on: loop, dialler: SilentDialler(), limits: limits)
      async let second = #expect(throws: MessageError.self) {
        try await client.send(ClientRequest(.get, Self.origin))
      }
      let first = await #expect(throws: MessageError.self) {
        try await client.send(ClientRequest(.get, Self.origin))
      }
      #expect(first?.code == .timedOut)
      #expect(await second?.code == .timedOut)
      client.close()
    }
  }

  @Test func `the queue has an end`() async throws {
    try await onLoop { loop in
      var limits = ClientLimits()
      limits.connectTimeout = .milliseconds(20)
      limits.connectionsPerOrigin = 1
      limits.waitingPerOrigin = 1
      let client = Client(on: loop, dialler: SilentDialler(), limits: limits)
      let codes = await withTaskGroup(of: MessageError.Code?.self) { group in
        for _ in 0..<3 {
          group.addTask {
            do {
              _ = try await client.send(ClientRequest(.get, Self.origin))
              return nil
            } catch {
              return (error as? MessageError)?.code
            }
          }
        }
        return await group.reduce(into: [MessageError.Code?]()) { $0.append($1) }
      }
      #expect(codes.count { $0 == .refused } == 1 && codes.count { $0 == .timedOut } == 2)
      client.close()
    }
  }

  @Test func `idle connections are closed after a while`() async throws {
    var limits = ClientLimits()
    limits.idleTimeout = .milliseconds(10)
    let open = try await withClient(limits: limits) { client, dialler in
      _ = try await client.send(ClientRequest(.get, Self.origin))
      #expect(client.openConnections == 1)
      // The server sees the end of the connection when the client has closed it.
      await dialler.end(withoutAbort: true)
      return client.openConnections
    }
    #expect(open == 0)
  }

  @Test func `a long body goes up while the answer comes down`() async throws {
    let echo = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      while let piece = try await exchange.nextBody() { try await exchange.write(piece) }
      exchange.finish(trailers: exchange.requestTrailers)
    }
    let total = try await withClient(echo) { client, _ in
      var request = ClientRequest(.put, Self.origin)
      request.body = .stream { stream in
        for _ in 0..<50 { try await stream.write([UInt8](repeating: 7, count: 10_000)) }
        return ["sum": "1"]
      }
      return try await client.exchange(request) { response in
        var total = 0
        while let piece = try await response.nextBody() { total += piece.count }
        #expect(response.trailers["sum"] == "1")
        return total
      }
    }
    #expect(total == 500_000)
  }

  @Test func `an early refusal is heard while a long body goes up`() async throws {
    let refusing = ClosureHandler { $0.respond(ResponseHead(.contentTooLarge)) }
    let status = try await withClient(refusing) { client, _ in
      let body = [UInt8](repeating: 0, count: 5_000_000)
      return try await client.send(ClientRequest(.put, Self.origin, body: .bytes(body))).status
    }
    #expect(status == .contentTooLarge)
  }

  @Test func `a body that cannot be made fails the exchange with its own error`() async throws {
    struct Broken: Error {}
    try await withClient { client, _ in
      var request = ClientRequest(.put, Self.origin)
      request.body = .stream { _ in throw Broken() }
      await #expect(throws: Broken.self) { try await client.send(request) }
    }
  }

  @Test func `compressed answers are expanded within their limit`() async throws {
    let page = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)
    let packed = try Gzip.compress(page)
    let serving = ClosureHandler { exchange in
      #expect(exchange.request.headers["accept-encoding"] == "gzip")
      exchange.respond(ResponseHead(.ok, headers: ["content-encoding": "gzip"]), body: packed)
    }
    try await withClient(serving) { client, _ in
      var request = ClientRequest(.get, Self.origin)
      request.expandsUpTo = 100_000
      let answer = try await client.send(request)
      #expect(answer.body == page && answer.headers["content-encoding"] == nil)
      request.expandsUpTo = 99_999
      let tooSmall = request
      let error = await #expect(throws: MessageError.self) { try await client.send(tooSmall) }
      #expect(error?.code == .tooLarge)
    }
  }
}

@Suite struct OriginTests {
  @Test(arguments: [
    ("http://a", "http://a", "/"), ("https://a:443/x?y#z", "https://a", "/x?y"),
    ("HTTP://a:8080?q", "http://a:8080", "/?q"), ("http://[::1]:81/", "http://[::1]:81", "/"),
    ("https://a:80/b", "https://a:80", "/b"),
  ])
  func `a URL is split`(_ url: String, _ origin: String, _ target: String) throws {
    let split = try #require(Origin.split(url))
    #expect(split.origin.description == origin && split.target == target)
  }

  @Test(arguments: [
    "", "a", "ftp://a", "http://", "http://u@a", "http://a:b", "http://a:99999/", "http:///x",
  ])
  func `what is no URL of ours is refused`(_ url: String) {
    #expect(Origin.split(url) == nil)
  }
}
