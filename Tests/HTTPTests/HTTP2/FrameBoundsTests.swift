import HTTP
import IO
import Testing

/// What all the streams of one connection may make us hold together.
@Suite(.timeLimit(.minutes(5))) struct FrameBoundsTests {
  /// Streams may carry a thousand bytes unread: the rest waits on the server.
  private static func narrow(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
    .with {
      $0.streamWindow = 1_000
      change(&$0)
    }
  }

  /// Until nothing moves any more.
  private func settle(_ loop: EventLoop, _ count: Count) async {
    var last = -1
    while count.value != last {
      last = count.value
      for _ in 0..<50 { await loop.yieldTurn() }
    }
  }

  private func get(_ target: String, on client: FrameClientConnection) throws -> any ClientStream {
    try client.open(RequestHead(target: target, authority: "a"), endsWithHead: true)
  }

  @Test func `streams nobody reads hold no more than their connection may`() async throws {
    let written = Count()
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      for _ in 0..<20 {
        try await exchange.write([UInt8](repeating: 1, count: 5_000))
        if exchange.request.target != "/quiet" { written.add(5_000) }
      }
      exchange.finish()
    }
    let limits = Self.narrow {
      $0.pendingBytes = 50_000
      $0.connectionPendingBytes = 200_000
      $0.crowdedPendingBytes = 1_000
    }
    try await withFrames(handler, limits: limits) { link in
      var streams: [any ClientStream] = []
      for _ in 0..<20 { streams.append(try get("/", on: link.client)) }
      await settle(link.loop, written)
      // Each has a window, what it may queue in a crowd, and a piece beyond it.
      #expect(written.value <= 200_000 + 20 * 7_000)
      // Writes that wait do not count yet.
      #expect(written.value >= 150_000)
      // Nobody is shut out.
      let quiet = try await collect(try get("/quiet", on: link.client)).body.count
      #expect(quiet == 100_000)
      for stream in streams {
        let count = try await collect(stream).body.count
        #expect(count == 100_000)
      }
    }
  }

  @Test(arguments: [true, false])
  func `requests wait for their handlers while answers are left unread`(
    waits: Bool
  ) async throws {
    let begun = Count()
    let handler = ClosureHandler { exchange in
      begun.add()
      if waits { await EventLoop.current?.yieldTurn() }
      exchange.respond(ResponseHead(), body: [UInt8](repeating: 1, count: 50_000))
    }
    let limits = Self.narrow { $0.connectionAnswerBytes = 100_000 }
    try await withFrames(handler, limits: limits) { link in
      var streams: [any ClientStream] = []
      for _ in 0..<10 {
        streams.append(try get("/", on: link.client))
        if waits { for _ in 0..<20 { await link.loop.yieldTurn() } }
      }
      await settle(link.loop, begun)
      #expect(begun.value == 3)
      // One that is given up meanwhile is never begun.
      streams.removeLast().abort()
      for stream in streams {
        let count = try await collect(stream).body.count
        #expect(count == 50_000)
      }
      #expect(begun.value == 9)
    }
  }

  @Test func `requests are refused that together keep too much, and one alone is not`()
    async throws
  {
    let (arrived, go) = (Gate(), Gate())
    let handler = ClosureHandler { exchange in
      let count = try await exchange.collectBody(limit: 1 << 20).count
      if count == 150_000 {
        arrived.open()
        await go.wait()
      }
      exchange.respond(ResponseHead(), body: Array(String(count).utf8))
    }
    let limits = ServerLimits.with { $0.connectionBodyBytes = 100_000 }
    try await withFrames(handler, limits: limits) { link in
      async let first = ask(
        link.client, posting(), body: [UInt8](repeating: 1, count: 150_000)
      ).text
      await arrived.wait()
      let refused = try await ask(link.client, posting(), body: [1, 2, 3])
      #expect(refused.status == 429 && refused.text.contains("send fewer at a time"))
      go.open()
      let answer = try await first
      #expect(answer == "150000")
      let next = try await ask(link.client, posting(), body: [1, 2, 3]).text
      #expect(next == "3")
    }
  }

  @Test func `window updates and priorities that go with streams and bodies are no flood`()
    async throws
  {
    let limits = ServerLimits.with { $0.floodFrames = 50 }
    let handler = ClosureHandler { $0.respond(ResponseHead(), body: [1]) }
    let requests = (0..<200 as Range<UInt32>).flatMap { number in
      Raw.request(number * 2 + 1) + Raw.frame(.window, 0, on: 0, Raw.bytes(1))
        + Raw.frame(.priority, 0, on: number * 2 + 1, Raw.bytes(0) + [16])
    }
    try await onLoop { loop in
      let verdicts = try await judge(
        Raw.hello + requests, by: handler, limits: limits, on: loop)
      #expect(verdicts == [Verdict](repeating: .answer(200), count: 200))
    }
  }
}
