import Calls
import IO
import Primitives
import Testing

@testable import Mesh

/// Named subscriptions that are listed and deleted.
@Suite struct TopicDeletionTests {
  private func payload(_ number: Int) -> [UInt8] { [UInt8(number), 7] }

  private func withLog(
    _ count: Int, acknowledging: Int = 4, _ body: (TopicNodes) async throws -> Void
  ) async throws {
    try await withWiredNodes { nodes in
      let topics = try await TopicNodes(count, on: nodes)
      for number in 0..<6 {
        try await topics.services[0].publish(payload(number), to: "log", isKept: true)
      }
      _ = try await topics.collect(
        6, of: "log", name: "archive", at: count - 1, acknowledging: acknowledging)
      try await body(topics)
    }
  }

  @Test(arguments: [1, 2, 4])
  func `who deletes a subscription, wherever, ends what waits for it; its name starts anew`(
    count: Int
  ) async throws {
    try await withLog(count) { topics in
      for service in topics.services {
        try await topics.nodes.eventually {
          try await service.subscriptions(of: "log")
            == [NamedSubscription(name: "archive", waiting: 2, reader: nil)]
        }
      }
      try await topics.services[0].unsubscribe("archive", from: "log")
      for service in topics.services {
        #expect(try await service.subscriptions(of: "log").isEmpty)
      }
      let error = await #expect(throws: NetworkError.self) {
        try await topics.services[0].unsubscribe("archive", from: "log")
      }
      #expect(error?.code == .notFound)
      // The node where it was read remembers what it acknowledged in the former one.
      let again = try await topics.collect(6, of: "log", name: "archive", at: count - 1)
      #expect(again == (0..<6).map(payload))
    }
  }

  @Test func `whoever reads under the name is cut off and told why`() async throws {
    try await withLog(3) { topics in
      let end = Shared<String?>(nil)
      topics.nodes.tasks.start {
        do { _ = try await topics.collect(99, of: "log", name: "archive", at: 1) } catch {
          end.change { $0 = (error as? NetworkError)?.message ?? "\(error)" }
        }
      }
      try await topics.nodes.eventually {
        try await topics.services[2].subscriptions(of: "log").first?.reader == topics.ids[1]
      }
      try await topics.services[2].unsubscribe("archive", from: "log")
      try await topics.nodes.eventually { end.now != nil }
      #expect(end.now == "the subscription was deleted")
      #expect(try await topics.services[0].subscriptions(of: "log").isEmpty)
    }
  }

  @Test func `it stays deleted when all holders start anew`() async throws {
    try await withLog(2) { topics in
      try await topics.services[1].unsubscribe("archive", from: "log")
      try await topics.restart([0, 1])
      for service in topics.services {
        #expect(try await service.subscriptions(of: "log").isEmpty)
      }
      for number in 0..<2 { #expect(try await topics.acknowledged("archive", at: number) == 0) }
    }
  }

  @Test func `a holder that was away does not bring it back`() async throws {
    try await withLog(2) { topics in
      for number in 0..<2 {
        try await topics.nodes.eventually {
          try await topics.acknowledged("archive", at: number) == 4
        }
      }
      topics.services[0].membersChanged(joined: [], left: [topics.ids[1]])
      topics.nodes.kill(topics.ids[1])
      try await topics.services[0].unsubscribe("archive", from: "log")
      try await topics.restart([1])
      try await topics.nodes.eventually {
        topics.services.allSatisfy { $0.subscriptionsHere(of: "log").isEmpty }
      }
      try await topics.services[1].publish(payload(6), to: "log", isKept: true)
      #expect(topics.services.allSatisfy { $0.subscriptionsHere(of: "log").isEmpty })
      let again = try await topics.collect(7, of: "log", name: "archive", at: 1)
      #expect(again == (0..<7).map(payload))
    }
  }

  @Test func `a holder that is silent is asked again, and in the end the asker is told`()
    async throws
  {
    var core = TopicCore(own: .numbered(1), boot: 5)
    let peer = NodeID.numbered(2)
    let wall = WallTime(nanoseconds: 1_790_000_000_000_000_000)
    _ = core.handle(.membersChanged(joined: [peer], left: []), now: .at(0), wall: wall)
    var actions = core.handle(
      .forget(token: 7, topic: "log", name: "archive"), now: .at(1), wall: wall)
    for second in 2..<30 { actions += core.handle(.wake, now: .at(Double(second)), wall: wall) }
    let asked = actions.count {
      if case .send(.forget(_, "archive"), "log", peer) = $0 { true } else { false }
    }
    #expect(asked == 10)
    let failures = actions.compactMap { action -> NetworkError.Code? in
      if case .failed(7, let code, _) = action { code } else { nil }
    }
    #expect(failures == [.timedOut] && core.nextWake == nil)
  }
}
