import HTTP
import IO
import Primitives
import Testing

@testable import Calls

/// What a client makes of servers that are no good gRPC servers.
@Suite struct ClientAnswerTests {
  private static let reply = FrameWriter.frame(ProbeV1.EchoReply { $0.payload = [1] })
  private static let type: Headers = ["content-type": "application/grpc"]

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status = StatusCode.ok
    var headers: Headers = type
    var body = ClientAnswerTests.reply
    var trailers: Headers?
    var code: Status.Code
    var message: String?
  }

  private static let cases = [
    Case(testDescription: "fine", trailers: ["grpc-status": "0"], code: .ok),
    Case(
      testDescription: "HTTP 404", status: .notFound, headers: [:], body: [1],
      code: .unimplemented),
    Case(testDescription: "HTTP 503", status: .unavailable, headers: [:], code: .unavailable),
    Case(testDescription: "HTTP 401", status: .unauthorized, headers: [:], code: .unauthenticated),
    Case(testDescription: "HTTP 400", status: .badRequest, headers: [:], code: .internal),
    Case(testDescription: "HTTP 500", status: .internalError, headers: [:], code: .unknown),
    Case(
      testDescription: "an HTTP error with a status of its own", status: .unavailable,
      headers: ["grpc-status": "7", "grpc-message": "no"], body: [], code: .permissionDenied,
      message: "no"),
    Case(
      testDescription: "a page", headers: ["content-type": "text/html"], body: [60], code: .unknown,
      message:
        #"The server does not speak gRPC here: it answered with the content type "text/html"."#),
    Case(testDescription: "no type", headers: [:], trailers: ["grpc-status": "0"], code: .unknown),
    Case(
      testDescription: "trailers only",
      headers: type + ["grpc-status": "5", "grpc-message": "gone"],
      body: [], code: .notFound, message: "gone"),
    Case(
      testDescription: "trailers only, though fine", headers: type + ["grpc-status": "0"], body: [],
      code: .internal),
    Case(testDescription: "no status", body: reply, code: .unknown),
    Case(testDescription: "no status in the trailers", trailers: ["a": "b"], code: .unknown),
    Case(testDescription: "a status of words", trailers: ["grpc-status": "ok"], code: .unknown),
    Case(testDescription: "a status too high", trailers: ["grpc-status": "17"], code: .unknown),
    Case(
      testDescription: "a message in percents",
      trailers: ["grpc-status": "9", "grpc-message": "Gr%C3%BC%C3%9Fe 100%"],
      code: .failedPrecondition, message: "Grüße 100%"),
    Case(
      testDescription: "a failure behind half a message", body: [0, 0, 0],
      trailers: ["grpc-status": "15"], code: .dataLoss),
    Case(
      testDescription: "half a message", body: [0, 0, 0], trailers: ["grpc-status": "0"],
      code: .internal),
    Case(testDescription: "no reply", body: [], trailers: ["grpc-status": "0"], code: .internal),
    Case(
      testDescription: "two replies", body: reply + reply, trailers: ["grpc-status": "0"],
      code: .internal),
    Case(
      testDescription: "no protobuf", body: [0, 0, 0, 0, 1, 10], trailers: ["grpc-status": "0"],
      code: .internal),
    Case(
      testDescription: "a reply too large", body: [0, 0, 1, 0, 1], trailers: ["grpc-status": "0"],
      code: .resourceExhausted),
    Case(
      testDescription: "a bad flag", body: [9, 0, 0, 0, 0], trailers: ["grpc-status": "0"],
      code: .internal),
    Case(
      testDescription: "an unknown encoding", headers: type + ["grpc-encoding": "br"],
      body: [1, 0, 0, 0, 0], trailers: ["grpc-status": "0"], code: .internal),
  ]

  @Test(arguments: cases)
  func `every answer becomes a status, for every kind of call`(_ row: Case) async throws {
    let server = Answering { exchange in
      while try await exchange.nextBody() != nil {}
      exchange.respond(
        ResponseHead(row.status, headers: row.headers), body: row.body, trailers: row.trailers)
    }
    var limits = CallClient.Limits()
    limits.messageBytes = 65_536
    let results = try await overWire(to: server, limits: limits) { wired in
      let unary = await outcome { try await wired.probe.echo(ProbeV1.EchoRequest()).payload }
      let single = await outcome {
        try await wired.probe.sink { try await $0.write(ProbeV1.SinkRequest()) }
      }
      return (unary, single.map { _ in [1] as [UInt8] })
    }
    for result in [results.0, results.1] {
      switch result {
      case .success(let payload): #expect(row.code == .ok && payload == [1])
      case .failure(let error):
        let status = try #require(error as? Status)
        #expect(status.code == row.code)
        if let message = row.message { #expect(status.message == message) }
      }
    }
  }

  @Test(
    arguments: [
      (0, .internal), (1, .internal), (2, .internal), (3, .internal), (4, .internal),
      (5, .unknown), (6, .internal), (7, .unavailable), (8, .cancelled), (9, .internal),
      (10, .internal), (11, .resourceExhausted), (12, .permissionDenied), (13, .unknown),
      (99, .unknown),
    ] as [(UInt32, Status.Code)])
  func `a reset becomes the status that gRPC names`(
    _ reset: UInt32, _ code: Status.Code
  ) async throws {
    let status = try await againstFrames { frame in
      frame.type == 1 ? Frame(type: 3, stream: frame.stream, word: reset).bytes : []
    }
    #expect(status?.code == code)
  }

  @Test func `a GOAWAY that leaves the call out makes it unavailable`() async throws {
    let status = try await againstFrames { frame in
      frame.type == 1 ? Frame(type: 7, payload: [0, 0, 0, 0, 0, 0, 0, 0]).bytes : []
    }
    #expect(status?.code == .unavailable)
  }

  @Test func `bytes that are no HTTP/2 make the call unavailable`() async throws {
    let status = try await againstFrames(greeting: Array("HTTP/1.1 400 Bad\r\n\r\n".utf8)) { _ in
      []
    }
    #expect(status?.code == .unavailable)
  }

  @Test func `a connection that ends makes the call unavailable`() async throws {
    let status = try await againstFrames { frame in frame.type == 1 ? nil : [] }
    #expect(status?.code == .unavailable)
  }

  @Test func `a lost connection tells calls that had not left yet`() async throws {
    // Not even the greeting is read.
    let loop = try EventLoop(name: "unread")
    defer { loop.stop() }
    let status = try await loop.run {
      let (near, far) = MemoryTransport.pair(on: loop, capacity: 10)
      let connection = try FrameClientConnection(transport: near, isSecure: false)
      let client = CallClient(connection, on: loop, authority: "test")
      return try await withThrowingTaskGroup(of: Status?.self) { group in
        group.addTask(executorPreference: loop) {
          await connection.run(); return nil
        }
        await loop.yieldTurn()
        group.addTask(executorPreference: loop) {
          await failure { try await ProbeV1.ProbeClient(client).echo(ProbeV1.EchoRequest()) }
        }
        for _ in 0..<5 { await loop.yieldTurn() }
        far.close()
        near.close()
        return try await group.reduce(nil) { $0 ?? $1 }
      }
    }
    #expect(status?.code == .unavailable)
  }

  @Test func `a request beyond the limit is not sent`() async throws {
    var limits = CallClient.Limits()
    limits.messageBytes = 1_000
    let ran = Flag()
    let (large, after) = try await overCalls([echo { _ in ran.set() }], limits: limits) { wired in
      let large = await failure {
        try await wired.probe.echo(
          ProbeV1.EchoRequest { $0.payload = [UInt8](repeating: 0, count: 1_000) })
      }
      #expect(!ran.isSet)
      return (large, try await wired.probe.echo(ProbeV1.EchoRequest { $0.payload = [2] }))
    }
    #expect(large?.code == .resourceExhausted)
    #expect(after.payload == [2])
  }

  @Test func `what a body throws is thrown, and the call is cancelled`() async throws {
    struct Enough: Error {}
    let (started, ended) = (Flag(), Flag())
    let waiting = MethodHandler.bidirectional(ProbeV1.ProbeMethods.mirror) {
      (requests: MessageReader<ProbeV1.MirrorRequest>, _: MessageWriter<ProbeV1.MirrorReply>, _) in
      started.set()
      defer { ended.set() }
      while try await requests.next() != nil {}
    }
    try await overCalls([waiting]) { wired in
      await #expect(throws: Enough.self) {
        try await wired.probe.mirror { talk in
          try await talk.requests.write(ProbeV1.MirrorRequest())
          await started.wait()
          throw Enough()
        }
      }
      await ended.wait()
    }
  }

  @Test func `nothing is sent behind the last message`() async throws {
    let status = try await overCalls(ProbeService.test.handlers) { wired in
      await failure {
        try await wired.probe.mirror { talk in
          try await talk.finish()
          try await talk.requests.write(ProbeV1.MirrorRequest())
        }
      }
    }
    #expect(status?.code == .failedPrecondition)
  }

  @Test func `a sender learns of the status that ended its call`() async throws {
    let refusing = MethodHandler.bidirectional(ProbeV1.ProbeMethods.mirror) {
      (_: MessageReader<ProbeV1.MirrorRequest>, _: MessageWriter<ProbeV1.MirrorReply>, _) in
      throw Status(.outOfRange, "Enough.")
    }
    let status = try await overCalls([refusing]) { wired in
      await failure {
        try await wired.probe.mirror { talk in
          while true {
            try await talk.requests.write(
              ProbeV1.MirrorRequest { $0.payload = [UInt8](repeating: 0, count: 100_000) })
          }
        }
      }
    }
    #expect(status == Status(.outOfRange, "Enough."))
  }

  @Test func `a silent connection is found out by keep-alive`() async throws {
    var keepAlive = FrameClientConnection.KeepAlive()
    keepAlive.interval = .milliseconds(5)
    keepAlive.patience = .milliseconds(40)
    let alive = keepAlive
    let dead = try await againstFrames(keepAlive: alive) { _ in [] }
    #expect(dead?.code == .unavailable)
    // One that answers pings may be as slow as it likes.
    let slow = try await overWire(
      to: CallServer(
        ProbeService.test.handlers, permissions: Permissions(), identify: { _ in .localOwner }),
      keepAlive: alive
    ) { wired in
      try await wired.probe.delay(ProbeV1.DelayRequest { $0.milliseconds = 150 })
    }
    #expect(slow == ProbeV1.EchoReply())
  }
}

extension Headers {
  static func + (left: Headers, right: Headers) -> Headers {
    var both = left
    both.append(contentsOf: right)
    return both
  }
}
