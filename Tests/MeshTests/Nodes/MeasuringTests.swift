import Calls
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct MeasuringTests {
  private func code(_ body: () async throws -> Void) async -> Status.Code? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? Status)?.code
    }
  }

  /// `count` probes to a peer that answers as told.
  private func ping(
    _ network: FakeNetwork, _ request: NodesV1.PingRequest
  ) async throws -> [NodesV1.PingReply] {
    let replies = Replies<NodesV1.PingReply>()
    try await onLoop {
      try await NodesService(network).ping(request, replies.writer, .ofOwner)
    }
    return replies.all
  }

  private func request(_ count: UInt32) -> NodesV1.PingRequest {
    NodesV1.PingRequest {
      $0.node = "there"
      $0.count = count
      $0.intervalMilliseconds = 10
    }
  }

  @Test func `every probe has a reply, and the table learns of it`() async throws {
    let peer = ScriptedPeer { number in
      if number == 2 { throw Status(.deadlineExceeded, "late") }
      if number == 3 { throw Status(.unavailable, "the link is gone") }
    }
    let network = FakeNetwork(peer: peer)
    let replies = try await ping(network, request(4))
    #expect(replies.map(\.number) == [1, 2, 3, 4])
    #expect(replies.map { $0.nanoseconds != nil } == [true, false, false, true])
    #expect(replies[1].failure == "no answer within 5s" && replies[2].failure.contains("link"))
    let row = try #require(network[2])
    #expect(row.latency.count == 4 && row.latency.loss == 0.5 && row.latency.average != nil)
  }

  @Test func `what makes the connection is shown and not measured`() async throws {
    let network = FakeNetwork(peer: ScriptedPeer())
    network.add(3, "attic")
    let replies = try await ping(
      network,
      NodesV1.PingRequest {
        $0.node = "attic"
        $0.count = 1
      })
    #expect(replies.map(\.number) == [0, 1])
    #expect(network[3]?.latency.count == 1)
  }

  @Test func `a refusal ends the probes at once`() async throws {
    let network = FakeNetwork(
      peer: ScriptedPeer { _ in throw Status(.permissionDenied, "not you") })
    #expect(await code { _ = try await ping(network, request(0)) } == .permissionDenied)
    let alone = FakeNetwork()
    #expect(await code { _ = try await ping(alone, request(1)) } == .unavailable)
    var large = request(1)
    large.bytes = 1 << 20
    #expect(await code { _ = try await ping(network, large) } == .invalidArgument)
    #expect(network[2]?.latency.count == 0)
  }

  @Test func `both directions are measured over a link, and the table keeps them`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      let network = FakeNetwork(peer: pair.links[0].caller)
      let replies = Replies<NodesV1.SpeedReply>()
      let request = NodesV1.SpeedRequest {
        $0.node = "there"
        $0.bytes = 300_000
        $0.milliseconds = 60_000
      }
      try await NodesService(network).speed(request, replies.writer, .ofOwner)
      let result = try #require(replies.all.last?.result)
      // The last message of a source is whole.
      #expect(result.uploadedBytes == 300_000 && (300_000..<340_000) ~= result.downloadedBytes)
      let bandwidth = try #require(network[2]?.bandwidth)
      #expect(bandwidth.source == .test && bandwidth.uploadMbps == result.uploadMbps)
      #expect(bandwidth.downloadMbps == result.downloadMbps && result.downloadMbps > 0)
      #expect(replies.all.dropLast().allSatisfy { $0.result == nil })
    }
  }

  @Test func `progress is told on the loop of the caller, wherever the link is`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      let network = FakeNetwork(peer: pair.links[0].caller)
      let request = NodesV1.SpeedRequest {
        $0.node = "there"
        $0.milliseconds = 250
      }
      let other = try EventLoop(name: "caller")
      defer { other.stop() }
      try await other.run {
        let replies = MessageWriter<NodesV1.SpeedReply>(BoundStream(loop: other))
        try await NodesService(network).speed(request, replies, .ofOwner)
      }
      #expect(network[2]?.bandwidth != nil)
    }
  }

  @Test func `the time ends a test whose bytes are not through`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      var limits = SpeedTest.Limits()
      limits.time = .milliseconds(50)
      limits.bytes = 1 << 40
      let result = try await SpeedTest(over: pair.links[0].caller, limits: limits).run()
      #expect(result.upload.bytes > 0 && result.upload.bytes < 1 << 40)
      #expect(result.download.bytes > 0 && result.download.took >= .milliseconds(50))
      // The peer still answers: what was left of the stream is gone.
      _ = try await pair.probe(from: 0).echo(.init())
    }
  }

  @Test func `a stream is checked both ways, and goes on when its carrier changes`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      let request = NodesV1.StreamRequest {
        $0.node = "there"
        $0.milliseconds = 1_000
        $0.intervalMilliseconds = 1
        $0.bytes = 1_000
        $0.seed = 7
        $0.reportMilliseconds = 10
      }
      let test = try StreamTest(request)
      let reports = Locked<[StreamTest.Report]>([])
      try await test.run(over: ProbeV1.ProbeClient(pair.links[0].caller)) { report in
        let count = reports.withLock { reports in
          reports.append(report)
          return reports.count
        }
        if count == 1 { try await pair.connect(from: 1) }
      }
      let all = reports.withLock { $0 }
      let (first, last) = (try #require(all.first), try #require(all.last))
      #expect(last.took >= .seconds(1))
      #expect(last.upload.checkedBytes > first.upload.checkedBytes)
      #expect(last.download.checkedBytes > first.download.checkedBytes)
      #expect(last.upload.wrongBytes == 0 && last.download.wrongBytes == 0)
      #expect(all.contains { $0.download.stall > .zero })
    }
  }

  @Test func `one test at a time, and a next one when it is over`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      let network = FakeNetwork(peer: pair.links[0].caller)
      let tester = SpeedTester(network)
      var limits = SpeedTest.Limits()
      limits.bytes = 40_000
      limits.progress = .zero
      let refused = Locked<NetworkError.Code?>(nil)
      _ = try await tester.measure(TableSamples.id(2), limits: limits) { _ in
        let code = await refusal {
          _ = try await tester.measure(TableSamples.id(2), limits: limits)
        }
        refused.withLock { $0 = code }
      }
      #expect(refused.withLock { $0 } == .busy)
      _ = try await tester.measure(TableSamples.id(2), limits: limits)
      #expect(
        await refusal { _ = try await tester.measure(network.own, limits: limits) }
          == .unreachable)
      _ = try await tester.measure(TableSamples.id(2), limits: limits)
    }
  }

  @Test func `too long a test is refused`() async throws {
    let service = NodesService(FakeNetwork(peer: ScriptedPeer()))
    let replies = Replies<NodesV1.SpeedReply>()
    for request in [
      NodesV1.SpeedRequest {
        $0.node = "there"
        $0.milliseconds = 60_001
      },
      NodesV1.SpeedRequest {
        $0.node = "there"
        $0.bytes = 1 << 40
      },
    ] {
      #expect(
        await code { try await service.speed(request, replies.writer, .ofOwner) }
          == .invalidArgument)
    }
  }

  @Test func `the keeper measures by itself and stops when asked`() async throws {
    try await withLinks { pair in
      try await pair.connect(from: 0)
      let network = FakeNetwork(peer: pair.links[0].caller)
      var limits = BandwidthKeeper.Limits()
      limits.schedule.gap = .milliseconds(1)
      limits.test.bytes = 40_000
      let keeper = BandwidthKeeper(
        network, tester: SpeedTester(network), limits: limits, seed: 7)
      let scope = ComponentScope()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: pair.loop) { try await keeper.run(scope) }
        while true {
          let change = network.tableChanges.next()
          if network[2]?.bandwidth != nil { break }
          await change.wait()
        }
        scope.stopGate.open()
        try await group.waitForAll()
      }
      #expect(network[1]?.bandwidth == nil && network[2]?.bandwidth?.source == .test)
    }
  }
}
