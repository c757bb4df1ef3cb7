import HTTP
import IO
import Primitives
import Testing

@testable import Calls

/// What comes over the wire that no good client sends.
@Suite struct ServerMessageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var body: [UInt8]
    var encoding: String?
    var code: Status.Code
  }

  private static let good = FrameWriter.frame(ProbeV1.EchoRequest { $0.payload = [1] })

  private static let cases = [
    Case(testDescription: "no message", body: [], code: .internal),
    Case(testDescription: "two messages", body: good + good, code: .internal),
    Case(testDescription: "cut in the prefix", body: [0, 0, 0], code: .internal),
    Case(testDescription: "cut in the message", body: good.dropLast(), code: .internal),
    Case(testDescription: "a second one cut", body: good + [0], code: .internal),
    Case(testDescription: "a bad flag", body: [2, 0, 0, 0, 0], code: .internal),
    Case(testDescription: "too large", body: [0, 0, 0x10, 0, 1], code: .resourceExhausted),
    Case(
      testDescription: "far too large", body: [0, 255, 255, 255, 255], code: .resourceExhausted),
    Case(testDescription: "no protobuf", body: [0, 0, 0, 0, 1, 10], code: .invalidArgument),
    Case(testDescription: "compressed by nothing", body: [1, 0, 0, 0, 0], code: .internal),
    Case(
      testDescription: "compressed by identity", body: [1, 0, 0, 0, 0], encoding: "identity",
      code: .internal),
    Case(
      testDescription: "no gzip", body: [1, 0, 0, 0, 2, 1, 2], encoding: "gzip", code: .internal),
    Case(
      testDescription: "an unknown encoding", body: [1, 0, 0, 0, 0], encoding: "br",
      code: .unimplemented),
    Case(
      testDescription: "an unknown encoding, unused", body: good, encoding: "br", code: .ok),
  ]

  private func withProbe<Answer: Sendable>(
    _ body: (Wired) async throws -> Answer
  ) async throws -> Answer {
    var limits = CallServer.Limits()
    limits.messageBytes = 1 << 20
    return try await overCalls(ProbeService.test.handlers, serverLimits: limits, body)
  }

  @Test func `calls are refused that together keep too much of a connection`() async throws {
    let (arrived, go) = (Flag(), Flag())
    let held = echo { _ in
      if arrived.isSet { return }
      arrived.set()
      await go.wait()
    }
    var limits = ServerLimits()
    limits.connectionBodyBytes = 100_000
    let server = CallServer(
      [held], permissions: Permissions(), identify: { _ in .localOwner })
    let large = ProbeV1.EchoRequest { $0.payload = [UInt8](repeating: 1, count: 90_000) }
    try await overWire(to: server, serverLimits: limits) { wired in
      async let first = wired.probe.echo(large).payload.count
      await arrived.wait()
      let second = await failure { try await wired.probe.echo(large) }
      #expect(second?.code == .resourceExhausted)
      #expect(second?.message.contains("send fewer at a time") == true)
      let small = try await wired.probe.echo(ProbeV1.EchoRequest { $0.payload = [1] }).payload
      #expect(small == [1])
      go.set()
      let count = try await first
      #expect(count == 90_000)
      let next = try await wired.probe.echo(large).payload.count
      #expect(next == 90_000)
    }
  }

  @Test(arguments: cases)
  func `a body gets its status, and the connection goes on`(_ row: Case) async throws {
    let (answer, next) = try await withProbe { wired in
      var headers: Headers = ["content-type": "application/grpc", "te": "trailers"]
      if let encoding = row.encoding { headers.append("grpc-encoding", encoding) }
      let answer = try await wired.raw(headers: headers, body: row.body)
      return (answer, try await wired.raw(body: Self.good))
    }
    #expect(answer.code == row.code)
    #expect(answer.head.status == .ok)
    #expect(answer.head.headers["grpc-accept-encoding"] == "identity,gzip")
    #expect(next.code == .ok)
  }

  @Test(
    arguments: [
      ("application/grpc", 200), ("application/grpc+proto", 200),
      ("application/grpc;charset=utf-8", 200), ("application/grpc+json", 415),
      ("application/grpc-web", 415), ("application/grpcs", 415), ("text/plain", 415), ("", 415),
    ])
  func `only gRPC's own type is taken`(_ type: String, _ status: Int) async throws {
    let answer = try await withProbe {
      try await $0.raw(headers: ["content-type": type], body: Self.good)
    }
    #expect(answer.head.status.number == status)
    #expect((answer.code == .ok) == (status == 200))
  }

  @Test(arguments: ["GET", "PUT", "DELETE", "OPTIONS"])
  func `only POST is taken`(_ method: String) async throws {
    let answer = try await withProbe { try await $0.raw(method: Method(method), body: Self.good) }
    #expect(answer.head.status == .methodNotAllowed)
    #expect(answer.code == nil)
  }

  @Test(arguments: [
    "/apus.probe.v1.Probe/echo", "/apus.probe.v1.Probe/Echo/", "/apus.probe.v1.Probe/Echo?a=b",
    "/apus.probe.v1.Probe", "/", "/%61pus.probe.v1.Probe/Echo",
  ])
  func `another path is unimplemented`(_ path: String) async throws {
    let answer = try await withProbe { try await $0.raw(path, body: Self.good) }
    #expect(answer.code == .unimplemented)
    #expect(answer.body.isEmpty)
  }

  @Test func `gzip goes both ways`() async throws {
    let payload = [UInt8](repeating: 7, count: 100_000)
    var options = CallOptions()
    options.isCompressed = true
    let received = ReceivedMetadata()
    options.received = received
    let compressed = options
    let (reply, numbers, read) = try await withProbe { wired in
      let reply = try await wired.probe.echo(
        ProbeV1.EchoRequest { $0.payload = payload }, options: compressed)
      let numbers = try await wired.probe.mirror(options: compressed) { talk in
        try await talk.requests.write(ProbeV1.MirrorRequest { $0.payload = payload })
        try await talk.finish()
        return try await talk.replies.next()?.payload
      }
      let frame = try MessageEncoding.compress(
        FrameWriter.frame(ProbeV1.EchoRequest { $0.payload = payload }))
      let raw = try await wired.raw(
        headers: [
          "content-type": "application/grpc", "grpc-encoding": "gzip",
          "grpc-accept-encoding": "identity, gzip",
        ], body: frame)
      return (reply, numbers, (frame.count, raw))
    }
    #expect(reply.payload == payload && numbers == payload)
    #expect(read.0 < 1_000 && read.1.body.count < 1_000)
    #expect(read.1.head.headers["grpc-encoding"] == "gzip" && read.1.body.first == 1)
  }

  @Test func `nobody gets compressed bytes who did not say gzip`() async throws {
    let frame = try MessageEncoding.compress(
      FrameWriter.frame(ProbeV1.EchoRequest { $0.payload = [UInt8](repeating: 7, count: 9_999) }))
    let answer = try await withProbe {
      try await $0.raw(
        headers: ["content-type": "application/grpc", "grpc-encoding": "gzip"], body: frame)
    }
    #expect(answer.code == .ok && answer.body.first == 0)
    #expect(!answer.head.headers.contains("grpc-encoding"))
  }

  @Test func `a small message is not made larger by compression`() throws {
    #expect(try MessageEncoding.compress(Self.good) == Self.good)
    var dice = SplitMix(seed: 5)
    let noise = FrameWriter.frame(
      payload: (0..<4_000).map { _ in UInt8.random(in: 0...255, using: &dice) },
      isCompressed: false)
    #expect(try MessageEncoding.compress(noise) == noise)
  }

  @Test func `a gzip bomb is refused`() async throws {
    let bomb = try MessageEncoding.compress(
      FrameWriter.frame(payload: [UInt8](repeating: 0, count: 8 << 20), isCompressed: false))
    #expect(bomb.count < 100_000)
    let answer = try await withProbe {
      try await $0.raw(
        headers: ["content-type": "application/grpc", "grpc-encoding": "gzip"], body: bomb)
    }
    #expect(answer.code == .resourceExhausted)
  }

  @Test func `a reply beyond the limit is not sent`() async throws {
    var limits = CallServer.Limits()
    limits.messageBytes = 1_000
    let (unary, stream) = try await overCalls(
      ProbeService.test.handlers + [
        .unary(method("Large")) { (_: ProbeV1.EchoRequest, _) in
          ProbeV1.EchoReply { $0.payload = [UInt8](repeating: 0, count: 1_001) }
        }
      ], serverLimits: limits
    ) { wired in
      let unary = await failure {
        try await wired.client.unary(method("Large"), Self.good, CallOptions())
      }
      let stream = await failure {
        try await wired.probe.source(
          ProbeV1.SourceRequest {
            $0.messages = 1
            $0.bytes = 1_001
          }
        ) { replies in while try await replies.next() != nil {} }
      }
      return (unary, stream)
    }
    #expect(unary?.code == .resourceExhausted && stream?.code == .resourceExhausted)
  }

  @Test func `a request that goes on after its answer is cut short`() async throws {
    let closed = try await withProbe { wired in
      let stream = try wired.connection.open(
        RequestHead(
          method: .post, target: "/nothing", authority: "test",
          headers: ["content-type": "application/grpc"]), endsWithHead: false)
      #expect(try await stream.head().status == .ok)
      while try await stream.nextBody() != nil {}
      #expect(stream.responseTrailers["grpc-status"] == "12")
      // The stream does not stay open for the sake of a body that nobody reads.
      while wired.connection.capacity != 256 { await wired.loop.yieldTurn() }
      await #expect(throws: MessageError.self) { try await stream.write([1]) }
      return wired.connection.capacity
    }
    #expect(closed == 256)
  }
}
