import Primitives
import Simulation
import Testing

@testable import Mesh

@Suite struct TopicCoreTests {
  private let own = NodeID.numbered(1)
  private let peer = NodeID.numbered(2)
  private let wall = WallTime(nanoseconds: 1_790_000_000_000_000_000)
  private var stream: TopicStream { TopicStream(publisher: peer, boot: 9) }

  private func core(_ limits: TopicCore.Limits = TopicCore.Limits()) -> TopicCore {
    var core = TopicCore(own: own, boot: 5, limits: limits)
    _ = core.handle(.membersChanged(joined: [peer], left: []), now: .at(0), wall: wall)
    return core
  }

  private func kept(_ sequence: UInt64) -> TopicEvent {
    .received(
      .publish(TopicPosition(stream, sequence), isKept: true, payload: [1], floor: 0),
      topic: "log", from: peer)
  }

  private func save(_ actions: [TopicAction]) -> UInt64? {
    for case .save(let token, _) in actions { return token }
    return nil
  }

  private func accepted(_ actions: [TopicAction]) -> [UInt64] {
    actions.compactMap { action in
      if case .send(.accepted(let position), _, _) = action { position.sequence } else { nil }
    }
  }

  @Test func `a message that comes again is not confirmed before it is on disk`() throws {
    var core = core()
    let first = core.handle(kept(1), now: .at(1), wall: wall)
    #expect(accepted(first).isEmpty)
    let again = core.handle(kept(1), now: .at(1.1), wall: wall)
    #expect(accepted(again).isEmpty && save(again) == nil)
    let token = try #require(save(first))
    let saved = core.handle(.saved(token: token), now: .at(1.2), wall: wall)
    #expect(accepted(saved) == [1, 1])
    #expect(accepted(core.handle(kept(1), now: .at(1.3), wall: wall)) == [1])
  }

  @Test func `messages behind a gap are asked for and not taken`() {
    var core = core()
    let actions = core.handle(kept(3), now: .at(1), wall: wall)
    #expect(
      actions == [.send(.behind(TopicPosition(stream, 0)), topic: "log", to: peer)])
    #expect((core.summaries.first?.messages ?? 0) == 0)
  }

  @Test func `a publisher that has said all sleeps`() {
    var core = core()
    let actions = core.handle(
      .publish(token: 1, topic: "news", payload: [1], isKept: false), now: .at(1), wall: wall)
    #expect(
      actions.contains(.published(token: 1, TopicPosition(TopicStream(publisher: own, boot: 5), 1)))
    )
    // Its own copy is gone with the next tick.
    _ = core.handle(.wake, now: .at(3), wall: wall)
    #expect(core.nextWake == nil)
  }

  @Test(arguments: [(2, 100), (100, 2)])
  func `what no holder confirms has bounds`(messages: Int, bytes: Int) {
    var limits = TopicCore.Limits()
    limits.unconfirmed = messages
    limits.unconfirmedBytes = bytes
    var core = core(limits)
    var failures: [NetworkError.Code] = []
    for token in 1...3 {
      let actions = core.handle(
        .publish(token: UInt64(token), topic: "log", payload: [1], isKept: true), now: .at(1),
        wall: wall)
      for case .failed(_, let code, _) in actions { failures.append(code) }
    }
    #expect(failures == [.busy])
    #expect(core.nextWake != nil)
  }

  @Test func `a full link ends its listeners and says so`() {
    var core = core()
    _ = core.handle(
      .received(.attach(name: ""), topic: "news", from: peer), now: .at(1), wall: wall)
    #expect(core.summaries.first?.subscribers == 1)
    let actions = core.handle(.congested(peer), now: .at(2), wall: wall)
    #expect((core.summaries.first?.subscribers ?? 0) == 0)
    guard case .send(.cutOff(name: "", _), "news", peer)? = actions.first else {
      Issue.record("the subscriber is not told: \(actions)")
      return
    }
  }

  @Test func `hostile messages are blamed on who sent them`() {
    var core = core()
    let long = String(repeating: "n", count: 65)
    let large = [UInt8](repeating: 0, count: 64 << 10 | 1)
    let other = TopicStream(publisher: .numbered(3), boot: 1)
    let messages: [(TopicMessage, String)] = [
      (.attach(name: long), "log"), (.check, ""), (.check, String(repeating: "t", count: 256)),
      (.publish(TopicPosition(other, 1), isKept: false, payload: [], floor: 0), "log"),
      (.publish(TopicPosition(stream, 0), isKept: true, payload: [], floor: 0), "log"),
      (.publish(TopicPosition(stream, 1), isKept: true, payload: large, floor: 0), "log"),
    ]
    for (message, topic) in messages {
      let actions = core.handle(
        .received(message, topic: topic, from: peer), now: .at(1), wall: wall)
      guard case .violated(by: peer, _)? = actions.first, actions.count == 1 else {
        Issue.record("\(message) is taken: \(actions)")
        continue
      }
    }
    #expect(core.summaries.isEmpty)
  }

  @Test func `readers of messages stand every cut and every change`() throws {
    var copy = TopicMessage.Copy(request: 7)
    copy.messages = [TopicMessage.Kept(TopicPosition(stream, 2), [1, 2, 3])]
    copy.lasts = [TopicPosition(stream, 2)]
    copy.names = [.init("archive", era: 1), .init("old", era: 4)]
    copy.acknowledged = [TopicMessage.Acknowledged("archive", TopicPosition(stream, 1))]
    var random = SeededRandom(seed: 3)
    var refused = 0
    for message in [
      .copy(copy), .behind(TopicPosition(stream, 4)), .attach(name: "a"),
      .forget(request: 5, name: "archive"), .forgotten(request: 5, wasThere: true),
    ] as [TopicMessage] {
      let bytes = message.encoded(topic: "log")
      let whole = try TopicMessage.decode(bytes)
      #expect(whole.0 == message && whole.topic == "log")
      for count in 0..<bytes.count { refused += isRefused(Array(bytes.prefix(count))) ? 1 : 0 }
      for _ in 0..<2_000 {
        var changed = bytes
        changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
        refused += isRefused(changed) ? 1 : 0
      }
    }
    #expect(refused > 1_000)
  }

  private func isRefused(_ bytes: [UInt8]) -> Bool {
    do throws(NetworkError) {
      _ = try TopicMessage.decode(bytes)
      return false
    } catch { return error.code == .violation }
  }
}
