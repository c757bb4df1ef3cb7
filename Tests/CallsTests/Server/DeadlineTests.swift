import HTTP
import IO
import Primitives
import Testing

@testable import Calls

/// Deadlines and cancellation, from both ends.
@Suite struct DeadlineTests {
  private static let request = FrameWriter.frame(ProbeV1.EchoRequest { $0.payload = [1] })

  /// An echo that never answers, and says how its wait ended.
  private func stuck(_ started: Flag, _ cancelled: Flag) -> MethodHandler {
    echo { _ in
      started.set()
      let never = Gate()
      await never.wait()
      if Task.isCancelled { cancelled.set() }
      try Task.checkCancellation()
    }
  }

  @Test(arguments: ["0n", "0S", "1n"])
  func `a deadline that has passed on arrival is told at once`(_ timeout: String) async throws {
    let ran = Flag()
    let answer = try await overCalls([echo { _ in ran.set() }]) { wired in
      try await wired.raw(
        headers: ["content-type": "application/grpc", "grpc-timeout": timeout], body: Self.request)
    }
    #expect(answer.code == .deadlineExceeded)
    #expect(!ran.isSet)
  }

  @Test(arguments: ["", "1", "S", "123456789S", "-1S", "1 S", "1s"])
  func `what is no timeout is refused`(_ timeout: String) async throws {
    let answer = try await overCalls(ProbeService.test.handlers) { wired in
      try await wired.raw(
        headers: ["content-type": "application/grpc", "grpc-timeout": timeout], body: Self.request)
    }
    #expect(answer.code == .invalidArgument)
  }

  @Test func `a handler that sleeps past the deadline is answered for and cancelled`() async throws
  {
    let (started, cancelled) = (Flag(), Flag())
    let answer = try await overCalls([stuck(started, cancelled)]) { wired in
      let answer = try await wired.raw(
        headers: ["content-type": "application/grpc", "grpc-timeout": "5m"], body: Self.request)
      await cancelled.wait()
      return answer
    }
    #expect(started.isSet)
    #expect(answer.code == .deadlineExceeded)
  }

  @Test func `a handler that waits for requests is woken by the deadline`() async throws {
    let ended = Locked<(any Error)?>(nil)
    let flag = Flag()
    let waiting = MethodHandler.clientStream(ProbeV1.ProbeMethods.sink) {
      (requests: MessageReader<ProbeV1.SinkRequest>, _) in
      defer { flag.set() }
      do {
        while try await requests.next() != nil {}
      } catch {
        ended.withLock { $0 = error }
        throw error
      }
      return ProbeV1.SinkReply()
    }
    let code = try await overCalls([waiting]) { wired in
      let stream = try wired.connection.open(
        RequestHead(
          method: .post, target: ProbeV1.ProbeMethods.sink.path, authority: "test",
          headers: ["content-type": "application/grpc", "grpc-timeout": "5m"]),
        endsWithHead: false)
      _ = try await stream.head()
      while try await stream.nextBody() != nil {}
      await flag.wait()
      return stream.responseTrailers["grpc-status"]
    }
    #expect(code == "4")
    #expect((ended.withLock { $0 } as? Status)?.code == .deadlineExceeded)
  }

  @Test func `a deadline in the middle of a stream ends it`() async throws {
    let endless = MethodHandler.serverStream(ProbeV1.ProbeMethods.source) {
      (_: ProbeV1.SourceRequest, replies: MessageWriter<ProbeV1.SourceReply>, _) in
      try await replies.write(ProbeV1.SourceReply())
      await Gate().wait()
      try Task.checkCancellation()
    }
    let answer = try await overCalls([endless]) { wired in
      try await wired.raw(
        ProbeV1.ProbeMethods.source.path,
        headers: ["content-type": "application/grpc", "grpc-timeout": "500m"],
        body: [0, 0, 0, 0, 0])
    }
    #expect(answer.body.count >= 5)
    #expect(answer.code == .deadlineExceeded)
  }

  @Test func `the server's own deadline is for unary calls that bring none`() async throws {
    var limits = CallServer.Limits()
    limits.defaultDeadline = .milliseconds(5)
    let seen = Locked<Deadline?>(nil)
    let (started, cancelled) = (Flag(), Flag())
    let handlers = [
      stuck(started, cancelled),
      echo(method("Later")) { context in seen.withLock { $0 = context.deadline } },
      MethodHandler.bidirectional(method("Talk", .bidirectional)) {
        (_: MessageReader<ProbeV1.EchoRequest>, _: MessageWriter<ProbeV1.EchoReply>, context) in
        #expect(context.deadline == nil)
      },
    ]
    let codes = try await overCalls(handlers, serverLimits: limits) { wired in
      let none = try await wired.raw(body: Self.request).code
      await cancelled.wait()
      let later = try await wired.raw(
        method("Later").path,
        headers: ["content-type": "application/grpc", "grpc-timeout": "9H"], body: Self.request)
      return [none, later.code, try await wired.raw(method("Talk", .bidirectional).path).code]
    }
    #expect(codes == [.deadlineExceeded, .ok, .ok])
    let remaining = seen.withLock { $0 }?.remaining(now: .now()) ?? .zero
    #expect(remaining > .seconds(10))
  }

  @Test func `a call made for a call has its deadline and trace`() async throws {
    let seen = Locked<(Deadline?, TraceContext)?>(nil)
    let inner = echo(method("Inner")) { context in
      seen.withLock { $0 = (context.deadline, context.trace) }
    }
    let trace = TraceContext(randomTrace: (1, 2), randomSpan: 3, isSampled: true)
    let outerDeadline = Locked<Deadline?>(nil)
    try await overCalls([inner]) { backend in
      let outer = echo(method("Outer")) { context in
        outerDeadline.withLock { $0 = context.deadline }
        let options = CallOptions(continuing: context, randomSpan: 9)
        _ = try await backend.client.unary(method("Inner"), Self.request, options)
      }
      try await overCalls([outer]) { front in
        var options = CallOptions(timeout: .seconds(100))
        options.trace = trace
        _ = try await front.client.unary(method("Outer"), Self.request, options)
      }
    }
    let (deadline, innerTrace) = try #require(seen.withLock { $0 })
    let outer = try #require(outerDeadline.withLock { $0 })
    // The header is rounded up to a microsecond and more, so that the two are close but not equal.
    let gap = try #require(deadline).instant.nanoseconds - outer.instant.nanoseconds
    #expect(abs(gap) < 10_000_000_000)
    #expect(innerTrace == trace.child(randomSpan: 9))
  }

  // MARK: - The client's end

  @Test func `a client does not wait for a silent server beyond its deadline`() async throws {
    let silent = Answering { exchange in
      while try await exchange.nextBody() != nil {}
      await Gate().wait()
    }
    let status = try await overWire(to: silent) { wired in
      await failure {
        try await wired.probe.echo(
          ProbeV1.EchoRequest(), options: CallOptions(timeout: .milliseconds(5)))
      }
    }
    #expect(status?.code == .deadlineExceeded)
  }

  @Test func `nor for one that takes nothing any more`() async throws {
    // Nobody reads the other end: after 64 KiB the wire is full, and no reset gets through.
    let loop = try EventLoop(name: "blocked")
    defer { loop.stop() }
    let status = try await loop.run {
      let (near, far) = MemoryTransport.pair(on: loop)
      let connection = try FrameClientConnection(transport: near, isSecure: false)
      let client = CallClient(connection, on: loop, authority: "test")
      return await withTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: loop) { await connection.run() }
        let status = await failure {
          try await ProbeV1.ProbeClient(client).echo(
            ProbeV1.EchoRequest { $0.payload = [UInt8](repeating: 0, count: 1 << 20) },
            options: CallOptions(timeout: .milliseconds(5)))
        }
        far.close()
        connection.close()
        return status
      }
    }
    #expect(status?.code == .deadlineExceeded)
  }

  @Test func `a deadline that has passed before the call sends nothing`() async throws {
    let ran = Flag()
    let status = try await overCalls([echo { _ in ran.set() }]) { wired in
      let before = wired.connection.capacity
      let status = await failure {
        try await wired.probe.echo(
          ProbeV1.EchoRequest(), options: CallOptions(timeout: .zero))
      }
      #expect(wired.connection.capacity == before)
      return status
    }
    #expect(status?.code == .deadlineExceeded)
    #expect(!ran.isSet)
  }

  @Test func `cancelling the caller's task cancels the handler in the same turn`() async throws {
    let (started, cancelled) = (Flag(), Flag())
    let turn = Locked<UInt64>(0)
    let handler = echo { _ in
      started.set()
      await Gate().wait()
      turn.withLock { $0 = EventLoop.current?.turn ?? 0 }
      cancelled.set()
      try Task.checkCancellation()
    }
    let (status, turns) = try await overCalls([handler]) { wired in
      try await withThrowingTaskGroup(of: Status?.self) { group in
        group.addTask(executorPreference: wired.loop) {
          await failure { try await wired.probe.echo(ProbeV1.EchoRequest()) }
        }
        await started.wait()
        let before = wired.loop.turn
        group.cancelAll()
        await cancelled.wait()
        return (try await group.next().flatMap { $0 }, turn.withLock { $0 } - before)
      }
    }
    #expect(status?.code == .cancelled)
    // The reset leaves at the end of this turn; the server reads it in the next.
    #expect(turns <= 1)
  }

  @Test func `a handler that waits for room is cancelled too`() async throws {
    let ended = Flag()
    let endless = MethodHandler.serverStream(ProbeV1.ProbeMethods.source) {
      (_: ProbeV1.SourceRequest, replies: MessageWriter<ProbeV1.SourceReply>, _) in
      defer { ended.set() }
      while true {
        try await replies.write(
          ProbeV1.SourceReply { $0.payload = [UInt8](repeating: 0, count: 9_999) })
      }
    }
    try await overCalls([endless]) { wired in
      let stream = try wired.connection.open(
        RequestHead(
          method: .post, target: ProbeV1.ProbeMethods.source.path, authority: "test",
          headers: ["content-type": "application/grpc"]), endsWithHead: false)
      try await stream.write([0, 0, 0, 0, 0])
      try stream.finish(trailers: nil)
      _ = try await stream.head()
      for _ in 0..<50 { await wired.loop.yieldTurn() }
      #expect(!ended.isSet)
      stream.abort()
      await ended.wait()
    }
  }

  @Test func `the end of the connection cancels its handlers`() async throws {
    let (started, cancelled) = (Flag(), Flag())
    let status = try await overCalls([stuck(started, cancelled)]) { wired in
      try await withThrowingTaskGroup(of: Status?.self) { group in
        group.addTask(executorPreference: wired.loop) {
          await failure { try await wired.probe.echo(ProbeV1.EchoRequest()) }
        }
        await started.wait()
        wired.near.close()
        await cancelled.wait()
        return try await group.next().flatMap { $0 }
      }
    }
    #expect(status?.code == .unavailable)
  }
}
