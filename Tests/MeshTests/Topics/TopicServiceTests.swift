import Calls
import IO
import Primitives
import Testing

@testable import Mesh

@Suite struct TopicServiceTests {
  private func withTopics(
    _ count: Int, limits: TopicService.Limits = TopicNodes.quick,
    _ body: (TopicNodes) async throws -> Void
  ) async throws {
    try await withWiredNodes { nodes in
      try await body(TopicNodes(count, on: nodes, limits: limits))
    }
  }

  private func payload(_ number: Int) -> [UInt8] { [UInt8(number), 7] }

  @Test(arguments: [1, 2, 3])
  func `a message reaches every listener once`(count: Int) async throws {
    try await withTopics(count) { topics in
      let attached = Locked(0)
      let heard = Locked<[Int: [[UInt8]]]>([:])
      for number in 0..<count {
        topics.nodes.tasks.start {
          do {
            let got = try await topics.collect(40, of: "news", at: number) {
              attached.withLock { $0 += 1 }
            }
            heard.withLock { $0[number] = got }
          } catch { Issue.record(error) }
        }
      }
      try await topics.nodes.eventually { attached.withLock { $0 == count } }
      for number in 0..<40 {
        try await topics.services[0].publish(payload(number), to: "news", isKept: number >= 20)
      }
      try await topics.nodes.eventually { heard.withLock { $0.count == count } }
      let all = Set((0..<40).map(payload))
      for number in 0..<count { #expect(heard.withLock { Set($0[number] ?? []) == all }) }
    }
  }

  @Test func `a subscription with a name goes on behind what was acknowledged`() async throws {
    try await withTopics(3) { topics in
      for number in 0..<6 {
        try await topics.services[2].publish(payload(number), to: "log", isKept: true)
      }
      let first = try await topics.collect(
        6, of: "log", name: "archive", at: 1, acknowledging: 4)
      #expect(first == (0..<6).map(payload))
      let second = try await topics.collect(2, of: "log", name: "archive", at: 0)
      // Until the acknowledgement is there, what it covers may come again.
      #expect(second.allSatisfy { first.contains($0) })
    }
  }

  @Test func `after a restart of all holders a subscription goes on where it was`() async throws {
    try await withTopics(2) { topics in
      for number in 0..<10 {
        try await topics.services[0].publish(payload(number), to: "log", isKept: true)
      }
      _ = try await topics.collect(10, of: "log", name: "archive", at: 0, acknowledging: 4)
      try await topics.nodes.eventually {
        var places: [UInt64] = []
        for number in 0..<2 {
          places.append(try await topics.acknowledged("archive", at: number))
        }
        return places == [4, 4]
      }
      try await topics.restart([0, 1])
      try await topics.services[1].publish(payload(10), to: "log", isKept: true)
      let rest = try await topics.collect(7, of: "log", name: "archive", at: 1)
      #expect(Set(rest) == Set((4..<11).map(payload)))
      #expect(topics.services[0].summaries.first?.names == ["archive"])
    }
  }

  @Test func `a holder that was away gets what it has missed`() async throws {
    try await withTopics(2) { topics in
      try await topics.services[0].publish(payload(0), to: "log", isKept: true)
      topics.services[0].membersChanged(joined: [], left: [topics.ids[1]])
      topics.nodes.kill(topics.ids[1])
      for number in 1..<5 {
        try await topics.services[0].publish(payload(number), to: "log", isKept: true)
      }
      try await topics.restart([1])
      try await topics.nodes.eventually {
        topics.services[1].summaries.first?.messages == 5
      }
    }
  }

  @Test func `what is kept survives links that break`() async throws {
    try await withTopics(3) { topics in
      let heard = Locked<[[UInt8]]>([])
      topics.nodes.tasks.start {
        do {
          let got = try await topics.collect(30, of: "log", name: "archive", at: 2)
          heard.withLock { $0 = got }
        } catch { Issue.record(error) }
      }
      for number in 0..<30 {
        if number % 10 == 5 {
          topics.nodes.cut(topics.ids[0], topics.ids[1])
          topics.nodes.cut(topics.ids[0], topics.ids[2])
          topics.nodes.cut(topics.ids[1], topics.ids[2])
        }
        try await topics.services[0].publish(payload(number), to: "log", isKept: true)
      }
      try await topics.nodes.eventually { heard.withLock { $0.count == 30 } }
      #expect(heard.withLock { $0 } == (0..<30).map(payload))
    }
  }

  @Test func `who does not read is cut off and the others are not`() async throws {
    var limits = TopicNodes.quick
    limits.queue = 8
    try await withTopics(1, limits: limits) { topics in
      let service = topics.services[0]
      let heard = Locked(0)
      try await service.subscribe(to: "news") { slow in
        topics.nodes.tasks.start {
          do { _ = try await topics.collect(50, of: "news", at: 0) } catch { Issue.record(error) }
          heard.withLock { $0 += 1 }
        }
        for number in 0..<50 {
          try await service.publish(payload(number), to: "news")
          await topics.nodes.loop.yieldTurn()
        }
        try await topics.nodes.eventually { heard.withLock { $0 == 1 } }
        #expect(try await slow.next().count == 8)
        let error = await #expect(throws: NetworkError.self) { _ = try await slow.next() }
        #expect(error?.code == .closed)
      }
      #expect(service.summaries.allSatisfy { $0.subscribers == 0 })
    }
  }

  @Test func `of two subscribers under one name the newer one stays`() async throws {
    try await withTopics(2) { topics in
      try await topics.services[0].subscribe(to: "log", name: "a") { old in
        _ = try await old.next()
        try await topics.services[1].publish(payload(1), to: "log", isKept: true)
        _ = try await topics.collect(1, of: "log", name: "a", at: 1, acknowledging: 1)
        let error = await #expect(throws: NetworkError.self) {
          while true { _ = try await old.next() }
        }
        #expect(error?.code == .closed)
      }
    }
  }

  // MARK: Bounds

  @Test func `a disk that refuses makes publishers wait, and loses nothing`() async throws {
    try await withTopics(1) { topics in
      let isDone = Locked(false)
      topics.disks[0].refuse(true)
      topics.nodes.tasks.start {
        do {
          try await topics.services[0].publish(payload(1), to: "log", isKept: true)
          isDone.withLock { $0 = true }
        } catch { Issue.record(error) }
      }
      try await topics.nodes.eventually { topics.disks[0].refused >= 3 }
      #expect(isDone.withLock { !$0 })
      topics.disks[0].refuse(false)
      try await topics.nodes.eventually { isDone.withLock { $0 } }
      let kept = try await TopicArchive(topics.disks[0]).load().count {
        if case .message = $0 { true } else { false }
      }
      #expect(kept == 1)
    }
  }

  @Test func `publishers that vanish leave nothing behind, and few wait at a time`() async throws {
    var limits = TopicNodes.quick
    limits.publishing = 2
    try await withTopics(1, limits: limits) { topics in
      let service = topics.services[0]
      topics.disks[0].refuse(true)
      let outcomes = Locked<[String]>([])
      let publishers = (0..<2).compactMap { number in
        topics.nodes.tasks.start {
          do { try await service.publish([UInt8(number)], to: "log", isKept: true) } catch {
            outcomes.withLock { $0.append("\(type(of: error))") }
          }
        }
      }
      #expect(service.state.withLock { $0.publishing.count } == 2)
      let error = await #expect(throws: NetworkError.self) {
        try await service.publish([3], to: "log", isKept: true)
      }
      #expect(error?.code == .busy)
      for publisher in publishers { topics.nodes.tasks.cancel(publisher) }
      try await topics.nodes.eventually { outcomes.withLock { $0.count == 2 } }
      #expect(outcomes.withLock { $0 } == ["CancellationError", "CancellationError"])
      #expect(service.state.withLock { $0.publishing.isEmpty })
      topics.disks[0].refuse(false)
    }
  }

  @Test(arguments: [("", 1), (String(repeating: "t", count: 256), 1), ("ok", 64 << 10 | 1)])
  func `what is too large is refused`(topic: String, bytes: Int) async throws {
    try await withTopics(1) { topics in
      let error = await #expect(throws: NetworkError.self) {
        try await topics.services[0].publish([UInt8](repeating: 1, count: bytes), to: topic)
      }
      #expect(error?.code == .violation)
    }
  }

  @Test func `a node has so many programs and no more`() async throws {
    var limits = TopicNodes.quick
    limits.clients = 1
    try await withTopics(1, limits: limits) { topics in
      try await topics.services[0].subscribe(to: "a") { _ in
        let error = await #expect(throws: NetworkError.self) {
          try await topics.services[0].subscribe(to: "b") { _ in }
        }
        #expect(error?.code == .busy)
      }
      try await topics.services[0].subscribe(to: "b") { _ in }
    }
  }

  // MARK: Over calls

  @Test func `programs use topics by calls, and leave by vanishing`() async throws {
    try await withTopics(2) { topics in
      let program = NodeID.numbered(77)
      let client = TopicsV1.TopicsClient(
        try topics.nodes.caller(from: program, to: topics.ids[0]))
      let sent = try await client.publish(
        TopicsV1.PublishRequest {
          $0.topic = "log"
          $0.payload = [1, 2]
          $0.isKept = true
        })
      let request = TopicsV1.SubscribeRequest {
        $0.topic = "log"
        $0.name = "archive"
      }
      let deliveries = try await client.subscribe(request) { replies in
        var got: [TopicsV1.Delivery] = []
        while got.count < 2, let reply = try await replies.next() { got.append(reply) }
        return got
      }
      let message = try #require(deliveries.first { $0.position == sent.position })
      #expect(message.payload == [1, 2] && message.isKept)
      #expect(deliveries.contains(TopicsV1.Delivery()), "it says when it is in place")
      try await topics.nodes.eventually {
        topics.services[0].state.withLock { $0.clients.count == 0 }
      }
      let topic = try await client.list(TopicsV1.ListRequest()).topics.first
      #expect(topic?.topic == "log" && topic?.names == ["archive"] && topic?.messages == 1)
      let failure = await #expect(throws: Status.self) {
        _ = try await client.acknowledge(
          TopicsV1.AcknowledgeRequest {
            $0.topic = "log"
            $0.name = "archive"
            $0.position = TopicsV1.Position { $0.publisher = [1] }
          })
      }
      #expect(failure?.code == .invalidArgument)
    }
  }

  @Test func `a peer that speaks in another's name loses its stream`() async throws {
    try await withTopics(2) { topics in
      let client = TopicsV1.TopicExchangeClient(
        try topics.nodes.caller(from: .numbered(66), to: topics.ids[0]))
      let forged = TopicMessage.publish(
        TopicPosition(TopicStream(publisher: topics.ids[1], boot: 1), 1), isKept: true,
        payload: [1], floor: 0)
      let failure = await #expect(throws: Status.self) {
        try await client.exchange { conversation in
          try await conversation.requests.write(forged.wire(topic: "log"))
          _ = try await conversation.replies.next()
        }
      }
      #expect(failure?.code == .invalidArgument)
      #expect(topics.services[0].summaries.isEmpty)
    }
  }
}
