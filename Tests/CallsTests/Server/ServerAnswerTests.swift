import HTTP
import IO
import Primitives
import Testing

@testable import Calls

/// How a handler's end becomes the caller's status, and what travels along.
@Suite struct ServerAnswerTests {
  private static let request = FrameWriter.frame(ProbeV1.EchoRequest { $0.payload = [1] })

  @Test func `metadata and trailers go both ways`() async throws {
    let handler = echo { context in
      try context.addHeader("answer", context.metadata["question"] ?? "none")
      try context.addTrailer("last", "words")
      try context.addTrailer("key-bin", bytes: context.metadata.bytes("key-bin")?.first ?? [])
    }
    var options = CallOptions()
    try options.metadata.add("question", "why")
    try options.metadata.add("key-bin", bytes: [0, 255, 254])
    let received = ReceivedMetadata()
    options.received = received
    let asked = options
    _ = try await overCalls([handler]) { wired in
      try await wired.probe.echo(ProbeV1.EchoRequest(), options: asked)
    }
    #expect(received.headers["answer"] == "why")
    #expect(received.trailers["last"] == "words")
    #expect(received.trailers.bytes("key-bin") == [[0, 255, 254]])
    #expect(received.trailers["grpc-status"] == nil && received.headers["content-type"] == nil)
  }

  @Test func `a failure carries its details and trailers`() async throws {
    let detail = Status.Detail(ProbeV1.EchoReply { $0.payload = [7] })
    let thrown = Status(.failedPrecondition, "Größe: 100 %\nor less", details: [detail])
    let handler = echo { context in
      try context.addHeader("never", "sent apart")
      try context.addTrailer("hint", "try later")
      throw thrown
    }
    let received = ReceivedMetadata()
    var options = CallOptions()
    options.received = received
    let asked = options
    let status = try await overCalls([handler]) { wired in
      await failure { try await wired.probe.echo(ProbeV1.EchoRequest(), options: asked) }
    }
    #expect(status == thrown)
    #expect(received.trailers["hint"] == "try later")
  }

  @Test func `a stream's failure comes behind its messages`() async throws {
    let handler = MethodHandler.serverStream(ProbeV1.ProbeMethods.source) {
      (_: ProbeV1.SourceRequest, replies: MessageWriter<ProbeV1.SourceReply>, context) in
      try context.addHeader("first", "1")
      try await replies.write(ProbeV1.SourceReply { $0.number = 1 })
      #expect(throws: Status.self) { try context.addHeader("late", "2") }
      try context.addTrailer("count", "1")
      throw Status(.dataLoss, "The rest is gone.")
    }
    let received = ReceivedMetadata()
    var options = CallOptions()
    options.received = received
    let asked = options
    let seen = Locked<[UInt64]>([])
    let status = try await overCalls([handler]) { wired in
      await failure {
        try await wired.probe.source(ProbeV1.SourceRequest(), options: asked) { replies in
          while let reply = try await replies.next() { seen.withLock { $0.append(reply.number) } }
        }
      }
    }
    #expect(status == Status(.dataLoss, "The rest is gone."))
    #expect(seen.withLock { $0 } == [1])
    #expect(received.headers["first"] == "1" && received.trailers["count"] == "1")
  }

  private struct Secret: Error { var password = "hunter2" }

  @Test func `what is no status tells nothing of itself`() async throws {
    let statuses = try await overCalls([
      echo(method("Foreign")) { _ in throw Secret() },
      echo(method("Fine")) { _ in throw Status(.ok, "hunter2") },
      echo(method("Cancelled")) { _ in throw CancellationError() },
    ]) { wired in
      var statuses: [Status?] = []
      for name in ["Foreign", "Fine", "Cancelled"] {
        statuses.append(
          await failure {
            try await wired.client.unary(method(name), Self.request, CallOptions())
          })
      }
      return statuses
    }
    #expect(statuses.map { $0?.code } == [.unknown, .unknown, .cancelled])
    #expect(!statuses.contains { "\(String(describing: $0))".contains("hunter2") })
  }

  @Test func `a status fits into trailers whatever it says`() async throws {
    let long = String(repeating: "ü", count: 100_000)
    let detail = Status.Detail(typeURL: "x", value: [UInt8](repeating: 0, count: 100_000))
    let status = try await overCalls([echo { _ in throw Status(.aborted, long, details: [detail]) }]
    ) {
      wired in await failure { try await wired.probe.echo(ProbeV1.EchoRequest()) }
    }
    #expect(status?.code == .aborted)
    #expect(status?.message == String(repeating: "ü", count: 2_048 / 6))
    #expect(status?.details.isEmpty == true)
  }

  @Test func `trailers that HTTP cannot carry break the stream, not the connection`() async throws {
    let server = Answering { exchange in
      guard exchange.request.target == "/large" else { return exchange.respond(ResponseHead()) }
      exchange.respond(
        ResponseHead(), body: [1],
        trailers: ["grpc-status": "0", "large": String(repeating: "x", count: 70_000)])
    }
    let (broken, next) = try await overWire(to: server) { wired in
      (
        await outcome { try await wired.raw("/large") },
        try await wired.raw("/small").head.status
      )
    }
    #expect(throws: MessageError.self) { try broken.get() }
    #expect(next == .ok)
  }

  private static let node = NodeID([UInt8](repeating: 3, count: 32))
  private static let principals: [Principal] =
    [.localOwner, .user("ada"), .user("bob"), .anonymous(isLoopback: true)]
    + [.anonymous(isLoopback: false)] + (node.map { [.node($0)] } ?? [])

  @Test(arguments: principals)
  func `each principal gets what it was granted and nothing else`(_ who: Principal) async throws {
    var permissions = Permissions()
    permissions.loopback = [.metrics]
    permissions.members = [.probe]
    permissions.users["ada"] = [.status]
    let allowed: [Principal: Set<String>] = [
      .localOwner: ["metrics", "probe", "status", "nobody", ""], .user("ada"): ["status"],
      .anonymous(isLoopback: true): ["metrics"],
    ]
    let names = ["metrics", "probe", "status", "nobody", ""]
    let ran = Locked<Set<String>>([])
    let server = CallServer(
      names.map { name in
        echo(method("M" + name, permission: name.isEmpty ? nil : name)) { context in
          #expect(context.principal == who)
          ran.withLock { _ = $0.insert(name) }
        }
      }, permissions: permissions, identify: { _ in who })
    let codes = try await overWire(to: server) { wired in
      var codes: [String: Status.Code] = [:]
      for name in names {
        codes[name] = try await wired.raw("/apus.test.v1.Test/M" + name, body: Self.request).code
      }
      return codes
    }
    let isNode = if case .node = who { true } else { false }
    let expected = isNode ? ["probe"] : allowed[who] ?? []
    #expect(ran.withLock { $0 } == expected)
    for name in names {
      #expect(codes[name] == (expected.contains(name) ? .ok : .permissionDenied))
    }
  }

  @Test func `a grant holds from the next call on`() async throws {
    let who = Principal.anonymous(isLoopback: true)
    let server = CallServer(
      ProbeService.test.handlers, permissions: Permissions(), identify: { _ in who })
    let codes = try await overWire(to: server) { wired in
      let before = try await wired.raw(body: Self.request).code
      var permissions = Permissions()
      permissions.loopback = [.probe]
      server.grant(permissions)
      return (before, try await wired.raw(body: Self.request).code)
    }
    #expect(codes == (.permissionDenied, .ok))
    #expect(server.callsServed == 2)
    #expect(server.allows(.test, .probe) && !server.allows(.test, .administer))
  }

  @Test func `calls beyond the limit are turned away and later ones are not`() async throws {
    let go = Flag()
    var limits = CallServer.Limits()
    limits.concurrentCalls = 3
    let slow = echo(method("Slow")) { _ in await go.wait() }
    let (refused, after) = try await overCalls(
      [slow] + ProbeService.test.handlers, serverLimits: limits
    ) { wired in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask(executorPreference: wired.loop) {
            _ = try await wired.client.unary(method("Slow"), Self.request, CallOptions())
          }
        }
        while wired.connection.capacity != 253 { await wired.loop.yieldTurn() }
        let refused = try await wired.raw(body: Self.request).code
        go.set()
        try await group.waitForAll()
        return (refused, try await wired.raw(body: Self.request).code)
      }
    }
    #expect(refused == .resourceExhausted)
    #expect(after == .ok)
  }
}
