import HTTP
import Testing

/// A connection keeps its last head, to spare itself the same one: nobody may ever notice.
@Suite(.timeLimit(.minutes(5))) struct RepeatedHeadTests {
  /// Says all it understood of a head.
  private static let understood = ClosureHandler { exchange in
    exchange.respond(ResponseHead(), body: Array(description(of: exchange.request).utf8))
  }

  private static func description(of head: RequestHead) -> String {
    let fields = head.headers.indices.map {
      "\(head.headers.name(at: $0))=\(head.headers.value(at: $0))"
    }
    return "\(head.method) \(head.target) \(head.authority) \(fields)"
  }

  /// Neighbours that are alike: in all bytes, in length, in all but the method.
  private static let heads: [RequestHead] = [
    RequestHead(target: "/a", authority: "h", headers: ["x-ab": "c"]),
    RequestHead(target: "/a", authority: "h", headers: ["x-a": "bc"]),
    RequestHead(target: "/a", authority: "h", headers: ["x-abc": ""]),
    RequestHead(target: "/a", authority: "i", headers: ["x-abc": ""]),
    RequestHead(target: "/b", authority: "h", headers: ["x-abc": ""]),
    RequestHead(method: .put, target: "/b", authority: "h", headers: ["x-abc": ""]),
    RequestHead(method: .put, target: "/b", authority: "h"),
    RequestHead(
      target: "/b", authority: "h", headers: ["x": "y", "long": .init(repeating: "z", count: 900)]),
    RequestHead(target: "/b", authority: "h", headers: ["x": "y"]),
  ]

  @Test(arguments: [1, 2, 3])
  func `each head is understood as it came, however often it comes`(times: Int) async throws {
    try await withFrames(Self.understood) { link in
      for head in Self.heads + Self.heads.reversed() {
        for _ in 0..<times {
          let answer = try await ask(link.client, head)
          #expect(answer.text == Self.description(of: head))
        }
      }
    }
  }

  @Test func `what a handler does with its head is not seen by the next`() async throws {
    let handler = ClosureHandler { exchange in
      var mine = exchange.request
      let before = Self.description(of: mine)
      mine.target = "/changed"
      mine.headers.append("changed", "yes")
      exchange.respond(ResponseHead(), body: Array(before.utf8))
    }
    try await withFrames(handler) { link in
      for _ in 0..<3 {
        let answer = try await ask(link.client, Self.heads[0])
        #expect(answer.text == Self.description(of: Self.heads[0]))
      }
    }
  }

  @Test func `a head beyond its limits is refused though it begins like the last`() async throws {
    let limits = ServerLimits.with { $0.headFields = 6 }
    let fits = RequestHead(target: "/", authority: "h", headers: ["a": "1", "b": "2"])
    let isTooLong = RequestHead(
      target: "/", authority: "h", headers: ["a": "1", "b": "2", "c": "3"])
    try await withFrames(Self.understood, limits: limits) { link in
      for _ in 0..<2 {
        let (good, bad) = (
          try await ask(link.client, fits), try await ask(link.client, isTooLong)
        )
        #expect(good.status == 200)
        #expect(bad.status == 431)
      }
    }
  }
}
