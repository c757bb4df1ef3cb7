import HTTP
import IO
import Testing

/// What requests and answers carry, over every kind of crossing.
@Suite(.timeLimit(.minutes(5))) struct FrameMessageTests {
  @Test func `a request and its answer carry head, body and trailers`() async throws {
    let handler = ClosureHandler { exchange in
      let body = try await exchange.collectBody(limit: 100)
      let request = exchange.request
      exchange.respond(
        ResponseHead(
          .created, headers: ["x-method": request.method.name, "x-target": request.target]),
        body: body + Array((exchange.requestTrailers["x-end"] ?? "").utf8),
        trailers: ["x-authority": request.authority, "x-field": request.headers["x-field"] ?? ""])
    }
    try await withFrames(handler) { link in
      var head = RequestHead(method: .put, target: "/a?b=c", authority: "example.org")
      head.headers.append("X-Field", "one")
      let answer = try await ask(
        link.client, head, body: Array("body".utf8), trailers: ["x-end": "!"])
      #expect(answer.status == 201)
      #expect(answer.head.headers["x-method"] == "PUT")
      #expect(answer.head.headers["x-target"] == "/a?b=c")
      #expect(answer.text == "body!")
      #expect(answer.trailers == ["x-authority": "example.org", "x-field": "one"])
    }
  }

  @Test(arguments: [
    (8 << 20, 64 * 1024, Int.max), (8 << 20, 1 << 20, 70_001), (1 << 18, 4_099, 1_009),
    (9_000, 1, 1), (17_000, 64 * 1024, 1), (9_000, 1, Int.max), (40_000, 17, 5),
  ])
  func `bodies cross both ways at once, byte by byte the same`(
    size: Int, capacity: Int, readLimit: Int
  ) async throws {
    let sent = randomBytes(size, seed: 3)
    let crossing = Crossing(capacity: capacity, readLimit: readLimit)
    try await withFrames(echoing, crossing: crossing) { link in
      let answer = try await ask(link.client, posting(), body: sent)
      let isSame = answer.body == sent
      #expect(isSame)
      #expect(answer.trailers["x-count"] == String(size))
    }
  }

  @Test(arguments: [0, 1, 16_384, 16_385, 65_535, 65_536, 1 << 20])
  func `an answer given whole arrives whole, with its length`(size: Int) async throws {
    let body = randomBytes(size, seed: 4)
    let handler = ClosureHandler { $0.respond(ResponseHead(), body: body) }
    try await withFrames(handler) { link in
      let answer = try await ask(link.client)
      let isSame = answer.body == body
      #expect(isSame)
      #expect(answer.head.headers["content-length"] == String(size))
    }
  }

  @Test func `a body that nobody reads at once is still there later`() async throws {
    let body = randomBytes(300_000, seed: 5)
    let handler = ClosureHandler { $0.respond(ResponseHead(), body: body) }
    try await withFrames(handler) { link in
      let stream = try link.client.open(
        RequestHead(target: "/", authority: "a"), endsWithHead: true)
      _ = try await stream.head()
      for _ in 0..<50 { await link.loop.yieldTurn() }
      let answer = try await collect(stream)
      let isSame = answer.body == body
      #expect(isSame)
    }
  }

  @Test func `a hundred streams at once get their own answers`() async throws {
    try await withFrames(echoing) { link in
      let right = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<100 {
          group.addTask {
            let body = randomBytes(1_000 + number * 100, seed: UInt64(number))
            return try await ask(link.client, posting("/\(number)"), body: body).body == body
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(right == 100)
    }
  }

  @Test func `more streams than the server takes wait for their turn`() async throws {
    let limits = ServerLimits.with { $0.concurrentStreams = 3 }
    try await withFrames(echoing, limits: limits) { link in
      _ = try await ask(link.client)
      #expect(link.client.capacity == 3)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 {
          group.addTask { try await ask(link.client, posting(), body: [1]).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses == Array(repeating: 200, count: 20))
      #expect(link.client.capacity == 3)
    }
  }

  @Test(arguments: [true, false])
  func `HEAD has the headers of GET and no body`(isStreamed: Bool) async throws {
    let handler = ClosureHandler { exchange in
      if isStreamed {
        exchange.start(ResponseHead())
        try await exchange.write([UInt8](repeating: 1, count: 1 << 20))
        exchange.finish(trailers: ["x-never": "sent"])
      } else {
        exchange.respond(ResponseHead(), body: [1, 2, 3])
      }
    }
    try await withFrames(handler) { link in
      let head = RequestHead(method: .head, target: "/", authority: "a")
      let answer = try await ask(link.client, head)
      #expect(answer.status == 200)
      #expect(answer.body == [])
      #expect(isStreamed || answer.head.headers["content-length"] == "3")
    }
  }

  @Test(arguments: [204, 304], [true, false])
  func `a status without a body has none, whatever the handler writes`(
    status: Int, isStreamed: Bool
  ) async throws {
    let handler = ClosureHandler { exchange in
      if isStreamed {
        exchange.start(ResponseHead(StatusCode(status)))
        try await exchange.write([UInt8](repeating: 1, count: 1 << 20))
        exchange.finish()
      } else {
        exchange.respond(ResponseHead(StatusCode(status)), body: [1])
      }
    }
    try await withFrames(handler) { link in
      let answer = try await ask(link.client, posting(), body: [1, 2])
      #expect(answer.status == status)
      #expect(answer.body == [])
      #expect(!answer.head.headers.contains("content-length"))
    }
  }

  @Test(arguments: [true, false])
  func `100 Continue comes when the body is asked for, and never behind the answer`(
    asksFirst: Bool
  ) async throws {
    let handler = ClosureHandler { exchange in
      if asksFirst {
        exchange.respond(ResponseHead(), body: try await exchange.collectBody(limit: 10))
      } else {
        exchange.start(ResponseHead())
        while let piece = try await exchange.nextBody() { try await exchange.write(piece) }
        exchange.finish()
      }
    }
    try await withFrames(handler) { link in
      var head = posting()
      head.headers.append("expect", "100-continue")
      let answer = try await ask(link.client, head, body: [1, 2, 3])
      #expect(answer.status == 200)
      #expect(answer.body == [1, 2, 3])
    }
  }

  @Test func `the authority is the Host field when there is no other`() async throws {
    try await withFrames(describing) { link in
      let head = RequestHead(target: "/x", headers: ["host": "b:1"])
      let answer = try await ask(link.client, head)
      #expect(answer.text == "GET /x @b:1 []")
    }
  }

  @Test(arguments: [5, 6])
  func `a body over the limit of its handler is refused, whether it is here or not`(
    size: Int
  ) async throws {
    let handler = ClosureHandler { exchange in
      exchange.respond(ResponseHead(), body: try await exchange.collectBody(limit: 5))
    }
    try await withFrames(handler) { link in
      let answer = try await ask(link.client, posting(), body: [UInt8](repeating: 1, count: size))
      #expect(answer.status == (size == 5 ? 200 : 413))
    }
  }

  @Test func `a client that is answered early is heard out`() async throws {
    var limits = ServerLimits()
    limits.drainBytes = 1_000
    limits.lingerTimeout = .seconds(600)
    try await withFrames(
      ClosureHandler { $0.respond(ResponseHead(.notFound), body: [7]) }, limits: limits
    ) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      let head = try await stream.head()
      #expect(head.status == .notFound)
      try await stream.write([UInt8](repeating: 1, count: 1_000))
      try stream.finish(trailers: nil)
      let body = try await stream.nextBody()
      #expect(body == [7])
      while link.server.openStreams > 0 { await link.loop.yieldTurn() }
    }
  }

  @Test(arguments: [true, false])
  func `one that sends on without end is stopped, by its bytes or by the time`(byTime: Bool)
    async throws
  {
    var limits = ServerLimits()
    limits.drainBytes = byTime ? 1 << 30 : 1_000
    limits.lingerTimeout = byTime ? .milliseconds(1) : .seconds(600)
    try await withFrames(
      ClosureHandler { $0.respond(ResponseHead(.notFound), body: [7]) }, limits: limits
    ) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      _ = try await stream.head()
      if !byTime { try await stream.write([UInt8](repeating: 1, count: 1_001)) }
      while link.server.openStreams > 0 { await link.loop.yieldTurn() }
      let next = try await ask(link.client).status
      #expect(next == 404)
    }
  }

  @Test(arguments: ["before", "after", "none", "unfinished"])
  func `a handler that fails is answered for, or its answer is broken off`(when: String)
    async throws
  {
    struct Broken: Error {}
    let handler = ClosureHandler { exchange in
      if exchange.request.target == "/next" {
        exchange.respond(ResponseHead())
        return
      }
      switch when {
      case "before": throw Broken()
      case "after":
        exchange.start(ResponseHead())
        try await exchange.write([1])
        throw Broken()
      case "unfinished":
        exchange.start(ResponseHead())
        try await exchange.write([1])
      default: break
      }
    }
    try await withFrames(handler) { link in
      if when == "before" || when == "none" {
        let answer = try await ask(link.client)
        #expect(answer.status == 500)
        #expect(!answer.text.contains("Broken"))
      } else {
        let code = await messageCode { _ = try await ask(link.client) }
        #expect(code == .aborted)
      }
      // The connection goes on.
      let next = try await ask(link.client, RequestHead(target: "/next", authority: "a")).status
      #expect(next == 200)
    }
  }

  @Test func `an answer whose head is too large to send is broken off`() async throws {
    let handler = ClosureHandler { exchange in
      let value = String(repeating: "x", count: exchange.request.target == "/big" ? 100_000 : 1)
      exchange.respond(ResponseHead(.ok, headers: ["x-big": value]), body: [1])
    }
    try await withFrames(handler) { link in
      let code = await messageCode {
        _ = try await ask(link.client, RequestHead(target: "/big", authority: "a"))
      }
      #expect(code == .aborted)
      let next = try await ask(link.client).status
      #expect(next == 200)
    }
  }

  @Test func `an answer before the end of the request ends the upload`() async throws {
    let handler = ClosureHandler { exchange in
      if exchange.request.method == .post {
        exchange.respond(ResponseHead(.forbidden), body: [7])
      } else {
        exchange.respond(ResponseHead(), body: [])
      }
    }
    try await withFrames(handler) { link in
      // More uploads than windows: each that is not given back would hold the connection up.
      for _ in 0..<10 {
        let stream = try link.client.open(posting(), endsWithHead: false)
        async let upload = messageCode {
          while true { try await stream.write([UInt8](repeating: 1, count: 1 << 18)) }
        }
        let answer = try await collect(stream)
        #expect(answer.status == 403)
        #expect(answer.body == [7])
        let code = await upload
        #expect(code == .aborted)
      }
      let next = try await ask(link.client).status
      #expect(next == 200)
    }
  }

  @Test func `a handler may finish its answer and read on`() async throws {
    let read = Count()
    let handler = ClosureHandler { exchange in
      exchange.respond(ResponseHead(), body: [1])
      while let piece = try await exchange.nextBody() { read.add(piece.count) }
    }
    try await withFrames(handler) { link in
      let stream = try link.client.open(posting(), endsWithHead: false)
      let answer = try await collect(stream)
      #expect(answer.status == 200)
      for _ in 0..<10 { try await stream.write([UInt8](repeating: 1, count: 10_000)) }
      try stream.finish(trailers: nil)
      while read.value < 100_000 { await link.loop.yieldTurn() }
    }
  }
}
