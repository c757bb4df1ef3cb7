import HTTP
import IO
import Primitives
import Synchronization
import Testing

@testable import Calls

/// A channel over connections that come and go.
@Suite struct ChannelTests {
  /// Dials servers in memory, each attempt as the script says; the last line holds for the rest.
  private final class Script: CallDialler, @unchecked Sendable {  // guard: confinement to one loop
    enum Line {
      case refuses
      case serves(any Handler)
      /// Answers frames with a closure.
      case frames(@Sendable (Frame) -> [UInt8]?)
      /// Does not answer before the flag is set.
      case waits(Flag, any Handler)
    }

    private let lines: [Line]
    private let servers: TaskSet
    private(set) var dials = 0
    private(set) var wires: [MemoryTransport] = []
    /// What lasts as long as the test.
    private var connections: [FrameServerConnection] = []

    init(_ lines: [Line], on loop: EventLoop) {
      self.lines = lines
      servers = TaskSet(on: loop)
    }

    func dial(on loop: EventLoop, deadline: Instant) async throws -> FrameClientConnection {
      defer { dials += 1 }
      let line = lines[min(dials, lines.count - 1)]
      let (near, far) = MemoryTransport.pair(on: loop)
      switch line {
      case .refuses: throw SystemError(.unreachable, "nobody listens")
      case .serves(let handler): try serve(handler, on: far)
      case .frames(let answer): servers.start { await serveFrames(far, answer) }
      case .waits(let flag, let handler):
        await flag.wait()
        try serve(handler, on: far)
      }
      wires.append(far)
      return try FrameClientConnection(transport: near, isSecure: false)
    }

    private func serve(_ handler: any Handler, on wire: MemoryTransport) throws {
      let server = try FrameServerConnection(
        transport: wire, info: .test, handler: handler, limits: ServerLimits())
      connections.append(server)
      servers.start { await server.serve() }
    }

    func drain() { for connection in connections { connection.drain() } }

    func end() async {
      for wire in wires { wire.close() }
      await servers.waitForAll()
    }
  }

  private static let calls = CallServer(
    ProbeService.test.handlers, permissions: Permissions(), identify: { _ in .localOwner })

  private static var quick: CallChannel.Limits {
    var limits = CallChannel.Limits()
    limits.shortestPause = .milliseconds(2)
    limits.longestPause = .milliseconds(4)
    return limits
  }

  private func withChannel<Answer: Sendable>(
    _ lines: [Script.Line], limits: CallChannel.Limits = quick,
    _ body: (CallChannel, Script) async throws -> Answer
  ) async throws -> Answer {
    let loop = try EventLoop(name: "channel")
    defer { loop.stop() }
    return try await loop.run {
      let script = Script(lines, on: loop)
      let channel = CallChannel(
        script, on: loop, authority: "test", limits: limits, random: { 12_345 })
      let result = await outcome { try await body(channel, script) }
      await channel.close()
      await script.end()
      return try result.get()
    }
  }

  private func ping(
    _ channel: CallChannel, _ options: CallOptions = CallOptions()
  ) async throws -> [UInt8] {
    try await ProbeV1.ProbeClient(channel).echo(
      ProbeV1.EchoRequest { $0.payload = [5] }, options: options
    ).payload
  }

  private func expectAnswer(
    _ channel: CallChannel, _ options: CallOptions = CallOptions()
  ) async throws {
    let reply = try await ping(channel, options)
    #expect(reply == [5])
  }

  /// Refuses every stream.
  private static let refusing: @Sendable (Frame) -> [UInt8]? = { frame in
    frame.type == 1 ? Frame(type: 3, stream: frame.stream, word: 7).bytes : []
  }

  @Test func `one connection carries many calls`() async throws {
    let dials = try await withChannel([.serves(Self.calls)]) { channel, script in
      for _ in 0..<5 { try await expectAnswer(channel) }
      return script.dials
    }
    #expect(dials == 1)
  }

  @Test func `a connection that ended is replaced by the next call`() async throws {
    let dials = try await withChannel([.serves(Self.calls)]) { channel, script in
      try await expectAnswer(channel)
      script.wires.last?.close()
      for _ in 0..<5 { await script.wires[0].loop.yieldTurn() }
      try await expectAnswer(channel)
      return script.dials
    }
    #expect(dials == 2)
  }

  @Test func `a drained connection keeps its calls, and new ones go elsewhere`() async throws {
    let dials = try await withChannel([.serves(Self.calls)]) { channel, script in
      try await ProbeV1.ProbeClient(channel).mirror { talk in
        try await talk.requests.write(ProbeV1.MirrorRequest { $0.number = 1 })
        #expect(try await talk.replies.next()?.number == 1)
        script.drain()
        for _ in 0..<5 { await script.wires[0].loop.yieldTurn() }
        try await expectAnswer(channel)
        try await talk.requests.write(ProbeV1.MirrorRequest { $0.number = 2 })
        #expect(try await talk.replies.next()?.number == 2)
      }
      return script.dials
    }
    #expect(dials == 2)
  }

  @Test func `a server that cannot be reached fails the call and the next ones for a while`()
    async throws
  {
    var limits = CallChannel.Limits()
    limits.shortestPause = .seconds(100)
    let (first, second, dials) = try await withChannel([.refuses], limits: limits) {
      channel, script in
      let first = await failure { try await ping(channel) }
      let second = await failure { try await ping(channel) }
      return (first, second, script.dials)
    }
    #expect(first?.code == .unavailable && first?.message.contains("nobody listens") == true)
    #expect(second == first)
    #expect(dials == 1)
  }

  @Test func `after the pause the next call dials again`() async throws {
    // So short that it is over with the turn.
    var limits = CallChannel.Limits()
    limits.shortestPause = .nanoseconds(2)
    limits.longestPause = .nanoseconds(4)
    let dials = try await withChannel([.refuses, .serves(Self.calls)], limits: limits) {
      channel, script in
      let first = await failure { try await ping(channel) }
      #expect(first?.code == .unavailable)
      await channel.loop.yieldTurn()
      try await expectAnswer(channel)
      return script.dials
    }
    #expect(dials == 2)
  }

  @Test func `a call that waits for a connection gets one when there is one`() async throws {
    let dials = try await withChannel([.refuses, .refuses, .refuses, .serves(Self.calls)]) {
      channel, script in
      var options = CallOptions()
      options.waitsForConnection = true
      try await expectAnswer(channel, options)
      return script.dials
    }
    #expect(dials == 4)
  }

  @Test func `waiting for a connection ends with the deadline`() async throws {
    for line in [Script.Line.refuses, .waits(Flag(), Self.calls)] {
      let status = try await withChannel([line]) { channel, _ in
        var options = CallOptions(timeout: .milliseconds(10))
        options.waitsForConnection = true
        let status = await failure { try await ping(channel, options) }
        if case .waits(let flag, _) = line { flag.set() }
        return status
      }
      #expect(status?.code == .deadlineExceeded)
    }
  }

  @Test func `calls wait together for one dial`() async throws {
    let flag = Flag()
    let dials = try await withChannel([.waits(flag, Self.calls)]) { channel, script in
      let loop = channel.loop
      try await withThrowingTaskGroup(of: [UInt8].self) { group in
        for _ in 0..<10 { group.addTask(executorPreference: loop) { try await ping(channel) } }
        for _ in 0..<5 { await loop.yieldTurn() }
        flag.set()
        for try await reply in group { #expect(reply == [5]) }
      }
      return script.dials
    }
    #expect(dials == 1)
  }

  @Test func `a refused call is sent again, whatever it had sent`() async throws {
    let dials = try await withChannel([.frames(Self.leaving), .serves(Self.calls)]) {
      channel, script in
      try await expectAnswer(channel)
      return script.dials
    }
    #expect(dials == 2)
    let numbers = try await withChannel([.frames(Self.leaving), .serves(Self.calls)]) {
      channel, _ in
      try await ProbeV1.ProbeClient(channel).mirror { talk in
        var numbers: [UInt64] = []
        for number in 0..<3 as Range<UInt64> {
          try await talk.requests.write(ProbeV1.MirrorRequest { $0.number = number })
        }
        for _ in 0..<10 { await channel.loop.yieldTurn() }
        async let written: Void = talk.requests.write(ProbeV1.MirrorRequest { $0.number = 3 })
        for _ in 0..<4 { numbers.append(try await talk.replies.next()?.number ?? .max) }
        try await written
        return numbers
      }
    }
    #expect(numbers == [0, 1, 2, 3])
  }

  /// Says goodbye to the first request, which it leaves out.
  private static let leaving: @Sendable (Frame) -> [UInt8]? = { frame in
    frame.type == 1 ? Frame(type: 7, payload: [0, 0, 0, 0, 0, 0, 0, 0]).bytes : []
  }

  @Test func `a call is refused a bounded number of times`() async throws {
    let requests = Locked(0)
    let status = try await withChannel([
      .frames { frame in
        if frame.type == 1 { requests.withLock { $0 += 1 } }
        return Self.refusing(frame)
      }
    ]) { channel, _ in await failure { try await ping(channel) } }
    #expect(status?.code == .unavailable)
    #expect(requests.withLock { $0 } == 3)
  }

  @Test func `a server that refuses everything gets few retries`() async throws {
    let requests = Locked(0)
    var limits = Self.quick
    limits.retries = 3
    try await withChannel(
      [
        .frames { frame in
          if frame.type == 1 { requests.withLock { $0 += 1 } }
          return Self.refusing(frame)
        }
      ], limits: limits
    ) { channel, _ in
      for _ in 0..<10 {
        let status = await failure { try await ping(channel) }
        #expect(status?.code == .unavailable)
      }
    }
    // Ten calls, and three retries; the ten that ended give one more back, too late.
    #expect(requests.withLock { $0 } == 13)
  }

  @Test func `what the server may have begun is not sent again`() async throws {
    for code in [2, 8, 11] as [UInt32] {
      let requests = Locked(0)
      let status = try await withChannel([
        .frames { frame in
          guard frame.type == 1 else { return [] }
          requests.withLock { $0 += 1 }
          return Frame(type: 3, stream: frame.stream, word: code).bytes
        }
      ]) { channel, _ in await failure { try await ping(channel) } }
      #expect(status != nil && requests.withLock { $0 } == 1)
    }
  }

  @Test func `a call that sent too much to keep is not sent again`() async throws {
    var limits = Self.quick
    limits.call.replayBytes = 4
    let status = try await withChannel(
      [.frames(Self.leaving), .serves(Self.calls)], limits: limits
    ) { channel, _ in await failure { try await ping(channel) } }
    #expect(status?.code == .unavailable)
  }

  @Test func `a closed channel takes no calls and ends those it has`() async throws {
    let (open, later) = try await withChannel([.serves(Answering { _ in await Gate().wait() })]) {
      channel, _ in
      await withTaskGroup(of: Status?.self) { group in
        group.addTask(executorPreference: channel.loop) {
          await failure { try await ping(channel) }
        }
        for _ in 0..<5 { await channel.loop.yieldTurn() }
        await channel.close()
        return (await group.next().flatMap { $0 }, await failure { try await ping(channel) })
      }
    }
    #expect(open?.code == .unavailable && later?.code == .unavailable)
  }

  @Test func `a budget gives back a tenth with every call`() {
    var budget = RetryBudget(limit: 2)
    var taken = (0..<3).map { _ in budget.take() }
    #expect(taken == [true, true, false])
    for _ in 0..<9 { budget.callEnded() }
    taken = [budget.take()]
    budget.callEnded()
    taken += [budget.take(), budget.take()]
    #expect(taken == [false, true, false])
    for _ in 0..<100 { budget.callEnded() }
    taken = (0..<3).map { _ in budget.take() }
    #expect(taken == [true, true, false])
  }

  @Test func `pauses double up to the longest and start over`() {
    var pause = RetryPause(shortest: .milliseconds(100), longest: .milliseconds(350))
    let pauses = [0, 100_000_000, 0, UInt64(175_000_000)].map { pause.next(random: $0) }
    #expect(pauses == [50, 200, 175, 350].map { .milliseconds($0) })
    pause.reset()
    let first = pause.next(random: 50_000_000)
    #expect(first == .milliseconds(100))
  }
}
