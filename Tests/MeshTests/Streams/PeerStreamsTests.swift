import Calls
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct PeerStreamsTests {
  private typealias Streams = PeerStreams<TopicsV1.TopicMessage>

  /// One side, and what it has heard.
  private final class Side: Sendable {
    let id: NodeID
    let streams: Streams
    let heard = Locked<[UInt64]>([])

    init(_ number: Int, _ nodes: WiredNodes, _ limits: PeerStreamLimits) {
      id = .numbered(number)
      streams = Streams(
        name: "test", own: id, limits: limits, callers: nodes.callers(of: id)
      ) { caller, body in
        try await TopicsV1.TopicExchangeClient(caller).exchange { try await body($0) }
      }
      streams.onReceive { [weak self] message, _ in
        guard case .copied(let copied)? = message.message else {
          throw NetworkError(.violation, "only numbers are spoken here")
        }
        self?.heard.withLock { $0.append(copied.request) }
      }
      nodes.answer(id, TopicExchange(streams: streams).handlers)
      _ = nodes.start(streams)
    }

    func say(_ number: UInt64, to other: Side, topic: String = "t") -> Bool {
      let message = TopicsV1.TopicMessage {
        $0.topic = topic
        $0.message = .copied(TopicsV1.Copied { $0.request = number })
      }
      return streams.send(message, bytes: topic.utf8.count + 10, to: other.id)
    }
  }

  private func withSides(
    _ limits: PeerStreamLimits = PeerStreamLimits(),
    _ body: (Side, Side, WiredNodes) async throws -> Void
  ) async throws {
    try await withWiredNodes { nodes in
      try await body(Side(1, nodes, limits), Side(2, nodes, limits), nodes)
    }
  }

  @Test func `both sides speak at once and everything arrives in order`() async throws {
    try await withSides { left, right, nodes in
      for number in 0..<200 {
        #expect(left.say(UInt64(number), to: right))
        #expect(right.say(UInt64(number), to: left))
        if number % 50 == 0 { await nodes.loop.yieldTurn() }
      }
      let all = (0..<200).map { UInt64($0) }
      try await nodes.eventually {
        left.heard.withLock { $0 == all } && right.heard.withLock { $0 == all }
      }
      #expect(left.streams.openCount <= 2 && nodes.dials <= 2)
    }
  }

  @Test func `an answer takes the stream that is there`() async throws {
    try await withSides { left, right, nodes in
      #expect(left.say(1, to: right))
      try await nodes.eventually { right.heard.withLock { $0 == [1] } }
      #expect(right.say(2, to: left))
      try await nodes.eventually { left.heard.withLock { $0 == [2] } }
      #expect(left.streams.openCount == 1 && right.streams.openCount == 1 && nodes.dials == 1)
    }
  }

  @Test func `a silent stream is closed and a new one opened when needed`() async throws {
    var limits = PeerStreamLimits()
    limits.silence = .milliseconds(10)
    try await withSides(limits) { left, right, nodes in
      for number in 1...3 {
        #expect(left.say(UInt64(number), to: right))
        try await nodes.eventually {
          right.heard.withLock { $0.count == number } && left.streams.openCount == 0
            && right.streams.openCount == 0
        }
      }
    }
  }

  @Test func `a full queue takes nothing more and nothing waits without bounds`() async throws {
    var limits = PeerStreamLimits()
    limits.messages = 8
    limits.bytes = 100_000
    try await withSides(limits) { left, right, nodes in
      nodes.broken = [.init(from: left.id, to: right.id)]
      let taken = (0..<20).count { left.say(UInt64($0), to: right) }
      #expect(taken == 8)
      #expect(!left.say(99, to: right, topic: String(repeating: "x", count: 100_001)))
    }
  }

  @Test func `what waits for a peer that cannot be reached is lost, what comes later is not`()
    async throws
  {
    var limits = PeerStreamLimits()
    limits.shortestPause = .milliseconds(5)
    limits.longestPause = .milliseconds(5)
    try await withSides(limits) { left, right, nodes in
      nodes.cut(left.id, right.id, forGood: true)
      #expect(left.say(1, to: right))
      try await nodes.eventually { !left.say(2, to: right) }
      nodes.mend()
      try await nodes.eventually {
        _ = left.say(3, to: right)
        return right.heard.withLock { $0.last == 3 }
      }
      #expect(right.heard.withLock { !$0.contains(1) })
    }
  }

  @Test func `a broken connection is replaced`() async throws {
    var limits = PeerStreamLimits()
    limits.shortestPause = .milliseconds(5)
    try await withSides(limits) { left, right, nodes in
      for number in 1...5 {
        try await nodes.eventually {
          _ = left.say(UInt64(number), to: right)
          return right.heard.withLock { $0.last == UInt64(number) }
        }
        nodes.cut(left.id, right.id)
      }
      #expect(nodes.dials == 5)
    }
  }

  @Test func `who breaks the rules loses the stream`() async throws {
    try await withSides { left, right, nodes in
      let wrong = TopicsV1.TopicMessage { $0.message = .check(TopicsV1.Check()) }
      let client = TopicsV1.TopicExchangeClient(try nodes.caller(from: left.id, to: right.id))
      let failure = await #expect(throws: Status.self) {
        try await client.exchange { conversation in
          try await conversation.requests.write(wrong)
          _ = try await conversation.replies.next()
        }
      }
      #expect(failure?.code == .invalidArgument)
      try await nodes.eventually { right.streams.openCount == 0 }
    }
  }

  @Test func `a message beyond the limits ends the stream`() async throws {
    var limits = PeerStreamLimits()
    limits.messageBytes = 1_000
    try await withSides(limits) { left, right, nodes in
      let client = TopicsV1.TopicExchangeClient(try nodes.caller(from: left.id, to: right.id))
      let failure = await #expect(throws: Status.self) {
        try await client.exchange { conversation in
          try await conversation.requests.write(
            TopicsV1.TopicMessage { $0.topic = String(repeating: "x", count: 1_001) })
          _ = try await conversation.replies.next()
        }
      }
      #expect(failure?.code == .invalidArgument)
      #expect(right.heard.withLock { $0.isEmpty })
    }
  }

  @Test func `one peer does not hold more streams than its share`() async throws {
    try await withSides { left, right, nodes in
      let client = TopicsV1.TopicExchangeClient(try nodes.caller(from: left.id, to: right.id))
      let codes = Locked<[Status.Code]>([])
      for _ in 0..<10 {
        nodes.tasks.start {
          do {
            try await client.exchange { _ = try await $0.replies.next() }
          } catch { codes.withLock { $0.append((error as? Status)?.code ?? .unknown) } }
        }
      }
      try await nodes.eventually { codes.withLock { $0.count == 6 } }
      #expect(codes.withLock { $0.allSatisfy { $0 == .unavailable } })
      #expect(right.streams.openCount == 4)
    }
  }

  @Test func `whom the node forgets has no stream and nothing waiting`() async throws {
    try await withSides { left, right, nodes in
      #expect(left.say(1, to: right))
      try await nodes.eventually { right.heard.withLock { $0 == [1] } }
      left.streams.forget(right.id)
      try await nodes.eventually {
        left.streams.openCount == 0 && right.streams.openCount == 0
      }
      #expect(left.say(2, to: right))
      try await nodes.eventually { right.heard.withLock { $0 == [1, 2] } }
    }
  }
}
