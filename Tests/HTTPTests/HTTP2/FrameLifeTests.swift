import HTTP
import IO
import Primitives
import Testing

/// How streams and connections end, in order and otherwise.
@Suite(.timeLimit(.minutes(5))) struct FrameLifeTests {
  /// Waits for ever, and says when it began and how it was cancelled.
  private struct Waiting: Handler {
    let begun = Gate()
    let cancelled = Gate()
    let afterStart: Bool

    func handle(_ exchange: any Exchange) async throws {
      if exchange.request.target == "/quick" {
        exchange.respond(ResponseHead())
        return
      }
      if afterStart { exchange.start(ResponseHead()) }
      begun.open()
      await Gate().wait()
      if Task.isCancelled { cancelled.open() }
      try Task.checkCancellation()
    }
  }

  private let quick = RequestHead(target: "/quick", authority: "a")

  @Test(arguments: [true, false])
  func `a client that gives up cancels the handler`(afterStart: Bool) async throws {
    let handler = Waiting(afterStart: afterStart)
    try await withFrames(handler) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      await handler.begun.wait()
      async let waiting = messageCode {
        if afterStart {
          _ = try await stream.head()
          _ = try await stream.nextBody()
        } else {
          _ = try await stream.head()
        }
      }
      await link.loop.yieldTurn()
      stream.abort()
      await handler.cancelled.wait()
      let code = await waiting
      #expect(code == .aborted)
      stream.abort()
      let next = try await ask(link.client, quick).status
      #expect(next == 200)
    }
  }

  @Test func `a client that gives up before anything was sent leaves no trace`() async throws {
    try await withFrames(echoing) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      stream.abort()
      let code = await messageCode { _ = try await stream.head() }
      #expect(code == .aborted)
      let next = try await ask(link.client).status
      #expect(next == 200)
    }
  }

  @Test func `an answer the server breaks off is an error and never a short body`() async throws {
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      try await exchange.write([1, 2, 3])
      _ = try await exchange.nextBody()
      exchange.abort()
    }
    try await withFrames(handler) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      _ = try await stream.head()
      let first = try await stream.nextBody()
      #expect(first == [1, 2, 3])
      try await stream.write([1])
      let code = await messageCode { _ = try await stream.nextBody() }
      #expect(code == .aborted)
      let write = await messageCode { try await stream.write([1]) }
      #expect(write == .aborted)
    }
  }

  @Test(arguments: [true, false])
  func `a connection that breaks fails every stream on both sides and ends both`(
    fromClient: Bool
  ) async throws {
    let handler = Waiting(afterStart: true)
    try await withFrames(handler) { link in
      let streams = try (0..<5).map { _ in try link.client.open(posting(), endsWithHead: false) }
      for stream in streams { _ = try await stream.head() }
      async let reading = messageCode { _ = try await streams[0].nextBody() }
      async let writing = messageCode {
        while true { try await streams[1].write([UInt8](repeating: 0, count: 1 << 20)) }
      }
      for _ in 0..<20 { await link.loop.yieldTurn() }
      if fromClient { link.clientEnd.close() } else { link.serverEnd.close() }
      let codes = await [reading, writing]
      #expect(codes == [.aborted, .aborted])
      for stream in streams {
        let code = await messageCode { _ = try await stream.nextBody() }
        #expect(code == .aborted)
      }
      await handler.cancelled.wait()
      await link.served.wait()
      await link.ran.wait()
      #expect(link.client.capacity == nil)
      #expect(throws: MessageError.self) { try link.client.open(quick, endsWithHead: true) }
    }
  }

  @Test func `streams that still wait for their turn fail with the connection`() async throws {
    let handler = Waiting(afterStart: false)
    let limits = ServerLimits.with { $0.concurrentStreams = 1 }
    try await withFrames(handler, limits: limits) { link in
      _ = try await ask(link.client, quick)
      let first = try link.client.open(posting(), endsWithHead: false)
      let second = try link.client.open(posting(), endsWithHead: true)
      async let failing = messageCode { _ = try await second.head() }
      await handler.begun.wait()
      link.serverEnd.close()
      let codes = await [failing, messageCode { _ = try await first.head() }]
      // The one that never left may be tried elsewhere.
      #expect(codes == [.refused, .aborted])
    }
  }

  @Test func `closing the client's side fails what is open there at once`() async throws {
    let handler = Waiting(afterStart: true)
    try await withFrames(handler) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      _ = try await stream.head()
      async let reading = messageCode { _ = try await stream.nextBody() }
      await link.loop.yieldTurn()
      link.client.close()
      let code = await reading
      #expect(code == .aborted)
      await handler.cancelled.wait()
    }
  }

  @Test func `draining lets open streams end, refuses new ones and then ends`() async throws {
    let go = Gate()
    let body = randomBytes(3 << 20, seed: 1)
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      await go.wait()
      try await exchange.write(body)
      exchange.finish()
    }
    try await withFrames(handler) { link in
      let open = try link.client.open(RequestHead(target: "/", authority: "a"), endsWithHead: true)
      _ = try await open.head()
      link.server.drain()
      link.server.drain()
      // One that crosses with the GOAWAY, and one that comes behind it.
      let crossing = await messageCode { _ = try await ask(link.client) }
      #expect(crossing == .refused)
      #expect(link.client.capacity == nil)
      let behind = await messageCode { _ = try await ask(link.client) }
      #expect(behind == .refused)
      go.open()
      let isSame = try await collect(open).body == body
      #expect(isSame)
      await link.served.wait()
      await link.ran.wait()
    }
  }

  @Test func `draining an idle connection ends it`() async throws {
    try await withFrames(echoing) { link in
      _ = try await ask(link.client)
      link.server.drain()
      await link.served.wait()
      await link.ran.wait()
    }
  }

  @Test func `draining before anything was served ends it as well`() async throws {
    try await withFrames(echoing) { link in
      link.server.drain()
      await link.served.wait()
      await link.ran.wait()
    }
  }

  @Test func `an aborted server connection ends at once, with its handlers`() async throws {
    let handler = Waiting(afterStart: false)
    try await withFrames(handler) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      await handler.begun.wait()
      link.server.abort()
      await handler.cancelled.wait()
      await link.served.wait()
      let code = await messageCode { _ = try await stream.head() }
      #expect(code == .aborted)
    }
  }

  @Test func `an idle connection ends after its time and not before`() async throws {
    let limits = ServerLimits.with { $0.idleTimeout = .milliseconds(300) }
    try await withFrames(echoing, limits: limits) { link in
      let start = link.loop.now
      _ = try await ask(link.client)
      await link.served.wait()
      #expect(start.duration(to: .now()) >= .milliseconds(300))
      await link.ran.wait()
      #expect(link.client.capacity == nil)
    }
  }

  @Test func `a body that stops coming fails its stream and nothing else`() async throws {
    let limits = ServerLimits.with { $0.bodyTimeout = .milliseconds(300) }
    try await withFrames(echoing, limits: limits) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      try await stream.write([1])
      _ = try await stream.head()
      _ = try await stream.nextBody()
      let code = await messageCode { _ = try await stream.nextBody() }
      #expect(code == .aborted)
      let next = try await ask(link.client).status
      #expect(next == 200)
    }
  }

  @Test(arguments: [true, false])
  func `a client that takes no more of an answer has it broken off`(isWhole: Bool) async throws {
    let ended = Gate()
    let handler = ClosureHandler { exchange in
      if exchange.request.method == .get {
        exchange.respond(ResponseHead())
        return
      }
      defer { ended.open() }
      let piece = [UInt8](repeating: 1, count: 3 << 20)
      if isWhole {
        exchange.respond(ResponseHead(), body: piece)
      } else {
        exchange.start(ResponseHead())
        while true { try await exchange.write(piece) }
      }
    }
    let limits = ServerLimits.with { $0.bodyTimeout = .milliseconds(300) }
    try await withFrames(handler, limits: limits) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      try stream.finish(trailers: nil)
      _ = try await stream.head()
      // The window is full and stays so; the connection itself lives.
      await ended.wait()
      while let capacity = link.client.capacity, capacity < limits.concurrentStreams {
        await link.loop.yieldTurn()
      }
      let code = await messageCode { _ = try await collect(stream) }
      #expect(code == .aborted)
      let next = try await ask(link.client).status
      #expect(next == 200)
    }
  }

  @Test func `a handler may keep an exchange longer than its connection lives`() async throws {
    let kept = Kept()
    let handler = ClosureHandler { exchange in
      kept.add(exchange)
      exchange.respond(ResponseHead(), body: [1])
    }
    try await withFrames(handler) { link in
      _ = try await ask(link.client, posting(), body: [1, 2, 3])
    }
    // It leads to its handler, and so to who keeps it.
    let exchange = kept.exchanges.removeFirst()
    #expect(exchange.connection.version == .http2)
    #expect(exchange.request.method == .post)
    exchange.finish()
    exchange.cancelHandler()
  }

  private final class Kept: @unchecked Sendable {  // guard: one loop, then the test alone
    var exchanges: [any Exchange] = []
    func add(_ exchange: any Exchange) { exchanges.append(exchange) }
  }

  @Test func `nothing of a connection stays behind`() async throws {
    let kept = WeakLinks()
    for round in 0..<3 {
      try await withFrames(echoing) { link in
        kept.add(link)
        _ = try await ask(link.client, posting(), body: [1, 2, 3])
        let open = try link.client.open(posting(), endsWithHead: false)
        try await open.write([UInt8](repeating: 1, count: 100_000))
        _ = try await open.head()
        if round == 1 { link.serverEnd.close() }
        if round == 2 { link.server.drain() }
        if round == 2 { open.abort() }
      }
    }
    // What stays behind keeps this waiting until the suite's time is over.
    while kept.alive > 0 { await Task.yield() }
    #expect(kept.alive == 0)
  }

  private final class WeakLinks: @unchecked Sendable {  // guard: used by one test in order
    private struct Entry {
      weak var client: FrameClientConnection?
      weak var server: FrameServerConnection?
      weak var end: MemoryTransport?
    }
    private var entries: [Entry] = []

    func add(_ link: FrameLink) {
      entries.append(Entry(client: link.client, server: link.server, end: link.serverEnd))
    }

    var alive: Int {
      entries.count { $0.client != nil || $0.server != nil || $0.end != nil }
    }
  }
}
