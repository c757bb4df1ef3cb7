import HTTP
import IO
import Primitives
import Testing

@Suite(.timeLimit(.minutes(5))) struct HostileFrameTests {
  /// Reads what there is and says how much it was.
  private static let counting = ClosureHandler { exchange in
    var count = 0
    while let piece = try await exchange.nextBody() { count += piece.count }
    exchange.respond(ResponseHead(), body: Array(String(count).utf8))
  }

  @Test(arguments: HostileFrames.all, [Int.max, 7])
  func `a hostile client gets what it deserves, and others are served`(
    hostile: HostileFrames, readLimit: Int
  ) async throws {
    try await onLoop { loop in
      let verdicts = try await judge(
        hostile.bytes, by: Self.counting, limits: hostile.limits, readLimit: readLimit, on: loop)
      let last = Self.summary(verdicts)
      #expect(last == hostile.verdicts || last == hostile.ifLate, "\(last)")
      let fresh = try await judge(Raw.hello + Raw.request(), by: Self.counting, on: loop)
      #expect(fresh == [.answer(200)])
    }
  }

  /// A flood is refused stream by stream until it is cut off: how it ends counts.
  private static func summary(_ verdicts: [Verdict]) -> [Verdict] {
    verdicts.count > 5 ? verdicts.suffix(1) : verdicts
  }
}
