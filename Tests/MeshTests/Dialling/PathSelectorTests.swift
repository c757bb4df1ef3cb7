import Primitives
import Testing

@testable import Mesh

@Suite struct PathSelectorTests {
  private func ready(_ kind: PathKind? = nil, seed: UInt64 = 1) -> PathSelector {
    var selector = PathSelector(seed: seed)
    _ = selector.handle(.wanted(true), now: at(0))
    if let kind {
      _ = selector.handle(.pathUp(1, kind, isIPv6: false), now: at(0))
      _ = selector.handle(.searchEnded, now: at(0))
    }
    return selector
  }

  @Test func `a better kind of path is used at once, however long its round trip`() {
    var selector = ready(.relayed)
    _ = selector.handle(.measured(1, roundTrip: .milliseconds(1)), now: at(1))
    #expect(selector.handle(.pathUp(2, .punched, isIPv6: false), now: at(2)) == [.use(2)])
    #expect(selector.handle(.pathUp(3, .direct, isIPv6: false), now: at(3)) == [.use(3)])
    #expect(selector.handle(.pathUp(4, .punched, isIPv6: false), now: at(4)) == [])
  }

  @Test func `within a kind a path has to be shorter by the hysteresis`() {
    var selector = ready(.direct)
    _ = selector.handle(.measured(1, roundTrip: .milliseconds(20)), now: at(1))
    _ = selector.handle(.pathUp(2, .direct, isIPv6: false), now: at(2))
    #expect(selector.handle(.measured(2, roundTrip: .milliseconds(16)), now: at(3)) == [])
    #expect(selector.handle(.measured(2, roundTrip: .milliseconds(15)), now: at(4)) == [.use(2)])
  }

  @Test func `IPv6 is given a little`() {
    var selector = ready(.direct)
    _ = selector.handle(.measured(1, roundTrip: .milliseconds(20)), now: at(1))
    _ = selector.handle(.pathUp(2, .direct, isIPv6: true), now: at(2))
    #expect(selector.handle(.measured(2, roundTrip: .milliseconds(18)), now: at(3)) == [.use(2)])
  }

  @Test func `a lost path is replaced by the next best, and the last one's loss is told`() {
    var selector = ready(.relayed)
    _ = selector.handle(.pathUp(2, .direct, isIPv6: false), now: at(1))
    #expect(selector.handle(.pathDown(2), now: at(2)) == [.use(1)])
    #expect(selector.handle(.pathDown(1), now: at(3)) == [.lost])
    #expect(selector.path == nil)
  }

  @Test func `a better path is looked for ever more rarely, with a spread`() throws {
    var selector = ready(.relayed)
    var now = at(0)
    var waits: [Duration] = []
    for _ in 0..<10 {
      let wake = try #require(selector.nextWake)
      waits.append(now.duration(to: wake))
      now = wake
      #expect(selector.handle(.wake, now: now) == [.search(betterThan: .relayed)])
      #expect(selector.nextWake == nil)
      _ = selector.handle(.searchEnded, now: now)
    }
    #expect((Duration.milliseconds(500)...Duration.seconds(1)).contains(waits[0]))
    #expect((Duration.seconds(1)...Duration.seconds(2)).contains(waits[1]))
    #expect((Duration.seconds(150)...Duration.seconds(300)).contains(waits[9]))
  }

  @Test func `a direct path is good enough`() {
    #expect(ready(.direct).nextWake == nil)
  }

  @Test func `reconnecting goes on for ever, at most a minute apart`() throws {
    var selector = ready()
    var now = at(0)
    var waits: [Duration] = []
    _ = selector.handle(.searchEnded, now: now)
    for _ in 0..<1_000 {
      let wake = try #require(selector.nextWake)
      waits.append(now.duration(to: wake))
      now = wake
      #expect(selector.handle(.wake, now: now) == [.search(betterThan: nil)])
      _ = selector.handle(.searchEnded, now: now)
    }
    #expect((Duration.milliseconds(50)...Duration.milliseconds(100)).contains(waits[0]))
    #expect(waits.max() ?? .zero <= .seconds(60))
    #expect(waits.suffix(900).allSatisfy { $0 >= .seconds(30) })
    #expect(Set(waits.suffix(900)).count > 800)
  }

  @Test func `another network means looking at once, instead of where it was looked so far`() {
    var selector = ready(.relayed)
    #expect(selector.handle(.networkChanged, now: at(9)) == [.search(betterThan: .relayed)])
    #expect(selector.handle(.networkChanged, now: at(10)) == [.search(betterThan: .relayed)])
    var direct = ready(.direct)
    #expect(direct.handle(.networkChanged, now: at(9)) == [])
  }

  @Test func `a path that owes an answer is replaced by any other, as soon as one is found`() {
    var selector = ready(.direct)
    #expect(selector.handle(.suspected(1), now: at(1)) == [.search(betterThan: nil)])
    // The search for any goes on; one for something better would not find what is needed.
    #expect(selector.handle(.suspected(1), now: at(2)) == [])
    _ = selector.handle(.pathUp(1, .relayed, isIPv6: false), now: at(3))
    #expect(selector.handle(.suspected(1), now: at(4)) == [.search(betterThan: nil)])
    #expect(selector.handle(.suspected(7), now: at(5)) == [])
    _ = selector.handle(.wanted(false), now: at(6))
    _ = selector.handle(.searchEnded, now: at(7))
    #expect(selector.handle(.suspected(1), now: at(8)) == [])
  }

  @Test func `a search for something better than what is lost ends, and another begins`() throws {
    var selector = ready(.relayed)
    #expect(selector.handle(.wake, now: at(2_000)) == [.search(betterThan: .relayed)])
    #expect(selector.handle(.pathDown(1), now: at(3_000)) == [.lost, .endSearch])
    let wake = try #require(selector.nextWake)
    #expect(at(3_000).duration(to: wake) <= .milliseconds(100))
    #expect(selector.handle(.wake, now: wake) == [.search(betterThan: nil)])
    // What is lost before anything was found is looked for already.
    #expect(selector.handle(.pathDown(1), now: at(5_000)) == [])
  }

  @Test func `a link that nobody wants is not looked after`() {
    var selector = ready(.relayed)
    _ = selector.handle(.wanted(false), now: at(1))
    #expect(selector.nextWake == nil)
    #expect(selector.handle(.pathDown(1), now: at(2)) == [.lost])
    #expect(selector.nextWake == nil)
    #expect(selector.handle(.wanted(true), now: at(3)) == [.search(betterThan: nil)])
  }
}
