import HTTP
import IO
import Primitives
import Testing

/// Back-pressure: who is slow holds up himself and nobody else.
@Suite(.timeLimit(.minutes(5))) struct FrameFlowTests {
  @Test func `a handler that does not read holds its client, and nobody else`() async throws {
    let go = Gate()
    let handler = ClosureHandler { exchange in
      if exchange.request.method == .post { await go.wait() }
      let count = try await exchange.collectBody(limit: 64 << 20).count
      exchange.respond(ResponseHead(), body: Array(String(count).utf8))
    }
    try await withFrames(handler) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      let sent = Count()
      async let upload: Void = {
        for _ in 0..<64 {
          try await stream.write([UInt8](repeating: 1, count: 1 << 17))
          sent.add(1 << 17)
        }
        try stream.finish(trailers: nil)
      }()
      var last = -1
      while sent.value != last {
        last = sent.value
        for _ in 0..<50 { await link.loop.yieldTurn() }
      }
      // The stream's window, and what may be queued on this side.
      #expect(sent.value <= (1 << 20) + (512 << 10))
      #expect(sent.value >= 1 << 20)
      let other = try await ask(link.client).text
      #expect(other == "0")
      go.open()
      try await upload
      let answer = try await collect(stream).text
      #expect(answer == String(8 << 20))
    }
  }

  @Test func `a client that does not read holds the handler that writes`() async throws {
    let written = Count()
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      for _ in 0..<64 {
        try await exchange.write([UInt8](repeating: 2, count: 1 << 17))
        written.add(1 << 17)
      }
      exchange.finish()
    }
    try await withFrames(handler) { link in
      let stream = try link.client.open(
        RequestHead(target: "/", authority: "a"), endsWithHead: true)
      _ = try await stream.head()
      var last = -1
      while written.value != last {
        last = written.value
        for _ in 0..<50 { await link.loop.yieldTurn() }
      }
      #expect(written.value <= (1 << 20) + (512 << 10))
      let body = try await collect(stream).body
      #expect(body.count == 8 << 20)
    }
  }

  @Test func `a transport that takes nothing holds handlers, and all goes on when it does`()
    async throws
  {
    let written = Count()
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      for _ in 0..<40 {
        try await exchange.write([UInt8](repeating: 2, count: 100_000))
        written.add()
      }
      exchange.finish()
    }
    let limits = ServerLimits.with {
      $0.streamWindow = 64 << 20; $0.connectionWindow = 64 << 20
    }
    try await withFrames(handler, limits: limits, crossing: Crossing(capacity: 10_000)) { link in
      async let first = ask(link.client).body.count
      async let second = ask(link.client).body.count
      let counts = try await [first, second]
      #expect(counts == [4_000_000, 4_000_000])
      #expect(written.value == 80)
    }
  }

  @Test func `a busy stream does not starve a quiet one`() async throws {
    let isOver = Gate()
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      while exchange.request.target == "/busy", !isOver.isOpen {
        try await exchange.write([UInt8](repeating: 2, count: 100_000))
      }
      exchange.finish()
    }
    try await withFrames(handler) { link in
      let busy = try link.client.open(
        RequestHead(target: "/busy", authority: "a"), endsWithHead: true)
      let drained = Count()
      async let drain: Void = {
        while let piece = try await busy.nextBody() { drained.add(piece.count) }
      }()
      for _ in 0..<20 {
        let status = try await ask(link.client).status
        #expect(status == 200)
      }
      isOver.open()
      try await drain
      // A quiet stream waits for what is on its way already, and for no more than that.
      #expect(drained.value < 20 * (4 << 20))
    }
  }

  @Test func `a busy upload does not starve a quiet one`() async throws {
    let handler = ClosureHandler { exchange in
      var count = 0
      while let piece = try await exchange.nextBody() { count += piece.count }
      exchange.respond(ResponseHead(), body: Array(String(count).utf8))
    }
    try await withFrames(handler) { link in
      let isOver = Gate()
      let busy = try link.client.open(posting("/busy"), endsWithHead: false)
      async let flood: Void = {
        while !isOver.isOpen { try await busy.write([UInt8](repeating: 1, count: 100_000)) }
        try busy.finish(trailers: nil)
      }()
      for _ in 0..<20 {
        let answer = try await ask(link.client, posting(), body: [1, 2, 3]).text
        #expect(answer == "3")
      }
      isOver.open()
      try await flood
      _ = try await collect(busy)
    }
  }

  @Test func `with windows without end what nobody takes stays on the wire, to be read later`()
    async throws
  {
    let written = Count()
    let handler = ClosureHandler { exchange in
      exchange.start(ResponseHead())
      for _ in 0..<64 {
        try await exchange.write([UInt8](repeating: 2, count: 1 << 17))
        written.add(1 << 17)
      }
      exchange.finish()
    }
    var limits = ServerLimits()
    limits.streamWindow = Int(Int32.max)
    limits.connectionWindow = Int(Int32.max)
    limits.unreadBytes = 256 << 10
    try await withFrames(handler, limits: limits) { link in
      let stream = try link.client.open(
        RequestHead(target: "/", authority: "a"), endsWithHead: true)
      _ = try await stream.head()
      var last = -1
      while written.value != last {
        last = written.value
        for _ in 0..<50 { await link.loop.yieldTurn() }
      }
      // What is unread, what the wire holds, and what the other side may queue.
      #expect(written.value <= (256 << 10) + (64 << 10) + (512 << 10))
      let body = try await collect(stream).body
      #expect(body.count == 8 << 20)
      let other = try link.client.open(
        RequestHead(target: "/", authority: "a"), endsWithHead: true)
      _ = try await other.head()
      for _ in 0..<50 { await link.loop.yieldTurn() }
      // The connection ends all the same.
      other.abort()
    }
  }

  @Test func `answers nobody reads give their window back when they are given up`() async throws {
    let body = [UInt8](repeating: 1, count: 1 << 20)
    let handler = ClosureHandler { $0.respond(ResponseHead(), body: body) }
    try await withFrames(handler) { link in
      for _ in 0..<12 {
        let stream = try link.client.open(
          RequestHead(target: "/", authority: "a"), endsWithHead: true)
        _ = try await stream.head()
        for _ in 0..<20 { await link.loop.yieldTurn() }
        stream.abort()
      }
      let isSame = try await ask(link.client).body == body
      #expect(isSame)
    }
  }
}
