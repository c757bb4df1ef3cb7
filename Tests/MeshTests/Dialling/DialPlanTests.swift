import IO
import Primitives
import Testing

@testable import Mesh

/// A moment, in milliseconds since the beginning of a test.
func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

/// A node made up of one number.
func node(_ number: UInt8) -> NodeID {
  guard let key = Bytes32([UInt8](repeating: number, count: 32)) else {
    preconditionFailure("thirty-two bytes are thirty-two bytes")
  }
  return NodeID(key)
}

func address(_ text: String) -> SocketAddress {
  guard let address = SocketAddress(text) else { preconditionFailure("no address: \(text)") }
  return address
}

@Suite struct DialPlanTests {
  private let lan = DialRoute(.lan, .address(address("192.168.1.5:4711")))
  private let ipv4 = DialRoute(.ipv4, .address(address("203.0.113.5:4711")))
  private let ipv6 = DialRoute(.ipv6, .address(address("[2001:db8::5]:4711")))
  private let punch = DialRoute(.punched, .punch)
  private let relay = DialRoute(.relayed, .relay(node(9)))

  private func started(_ actions: [DialPlan.Action]) -> [Int] {
    actions.compactMap { if case .start(let number, _, _) = $0 { number } else { nil } }
  }

  private func stopped(_ actions: [DialPlan.Action]) -> [Int] {
    actions.compactMap { if case .stop(let number) = $0 { number } else { nil } }
  }

  private func used(_ actions: [DialPlan.Action]) -> [Int] {
    actions.compactMap { if case .use(let number, _) = $0 { number } else { nil } }
  }

  private func report(_ actions: [DialPlan.Action]) -> DialReport? {
    for case .finished(let report) in actions { return report }
    return nil
  }

  @Test func `the first direct way and the relay are tried at once, the rest in turn`() {
    var plan = DialPlan([lan, ipv6, ipv4, relay])
    #expect(started(plan.handle(.begin, now: at(0))) == [0, 3])
    #expect(plan.nextWake == at(250))
    #expect(started(plan.handle(.wake, now: at(249))) == [])
    #expect(started(plan.handle(.wake, now: at(250))) == [1])
    #expect(started(plan.handle(.wake, now: at(500))) == [2])
  }

  @Test func `a failure makes way for the next at once, and the one after comes sooner`() {
    var plan = DialPlan([lan, ipv6, ipv4])
    _ = plan.handle(.begin, now: at(0))
    let actions = plan.handle(.failed(0, DialFailure(.refused)), now: at(10))
    #expect(started(actions) == [1])
    #expect(plan.nextWake == at(110))
    #expect(started(plan.handle(.wake, now: at(110))) == [2])
  }

  @Test func `traffic starts on the relay and moves up when a direct way works`() {
    var plan = DialPlan([ipv4, relay])
    _ = plan.handle(.begin, now: at(0))
    let first = plan.handle(.connected(1), now: at(30))
    #expect(used(first) == [1])
    #expect(report(first) == nil)
    let second = plan.handle(.connected(0), now: at(90))
    #expect(used(second) == [0])
    #expect(report(second)?.best == ipv4)
  }

  @Test func `once a direct way works nothing else goes on`() {
    var plan = DialPlan([lan, ipv4, punch, relay])
    _ = plan.handle(.begin, now: at(0))
    _ = plan.handle(.wake, now: at(250))
    let actions = plan.handle(.connected(1), now: at(260))
    #expect(Set(stopped(actions)) == [0, 3])
    let entries = report(actions)?.entries ?? []
    #expect(entries.map(\.route) == [lan, ipv4, punch, relay])
    #expect(entries[2].result == .failed(DialFailure(.notNeeded)))
    #expect(entries[2].startedAfter == nil)
  }

  @Test func `punching waits for something to arrange it over`() {
    var plan = DialPlan([punch, relay])
    #expect(started(plan.handle(.begin, now: at(0))) == [1])
    let actions = plan.handle(.connected(1), now: at(40))
    #expect(used(actions) == [1])
    #expect(started(actions) == [0])
    let better = plan.handle(.connected(0), now: at(300))
    #expect(used(better) == [0])
    #expect(report(better)?.best == punch)
  }

  @Test func `a way that becomes known meanwhile is tried at once`() {
    var plan = DialPlan([lan])
    _ = plan.handle(.begin, now: at(0))
    #expect(started(plan.handle(.news([lan, ipv4, relay]), now: at(40))) == [1, 2])
    #expect(started(plan.handle(.news([lan, ipv4, relay]), now: at(50))) == [])
    _ = plan.handle(.connected(2), now: at(60))
    // Worse than what works, or no better: not worth it.
    let other = DialRoute(.relayed, .relay(node(8)))
    #expect(started(plan.handle(.news([other]), now: at(70))) == [])
    #expect(started(plan.handle(.news([ipv6]), now: at(80))) == [3])
    #expect(report(plan.handle(.connected(3), now: at(90)))?.best == ipv6)
  }

  @Test func `news comes too late for a search that is over, and has a bound`() {
    var limits = DialPlan.Limits()
    limits.routes = 2
    var plan = DialPlan([lan], limits: limits)
    _ = plan.handle(.begin, now: at(0))
    #expect(started(plan.handle(.news([ipv4, ipv6]), now: at(10))) == [1])
    for attempt in 0...1 { _ = plan.handle(.failed(attempt, DialFailure(.refused)), now: at(20)) }
    #expect(plan.handle(.news([relay]), now: at(30)).isEmpty)
  }

  @Test func `without a relay punching fails with the reason`() {
    var plan = DialPlan([punch, relay])
    _ = plan.handle(.begin, now: at(0))
    let end = report(plan.handle(.failed(1, DialFailure(.refused)), now: at(40)))
    #expect(end?.best == nil)
    #expect(end?.entries[0].result == .failed(DialFailure(.noSignalling)))
    #expect(end?.failure(to: node(3))?.code == .unreachable)
  }

  @Test func `an attempt has its own deadline, and all have one`() {
    var limits = DialPlan.Limits()
    limits.attempt = .seconds(2)
    limits.whole = .seconds(3)
    limits.attemptDelay = .seconds(1)
    var plan = DialPlan([lan, ipv6, ipv4], limits: limits)
    _ = plan.handle(.begin, now: at(0))
    _ = plan.handle(.wake, now: at(1_000))
    #expect(stopped(plan.handle(.wake, now: at(2_000))) == [0])
    let end = plan.handle(.wake, now: at(3_000))
    #expect(Set(stopped(end)) == [1, 2])
    #expect(report(end)?.took == .seconds(3))
    #expect(plan.nextWake == nil)
  }

  @Test func `beside a relay that works an address where nobody is gets less time`() throws {
    var plan = DialPlan([ipv4, relay])
    _ = plan.handle(.begin, now: at(0))
    #expect(used(plan.handle(.connected(1), now: at(100))) == [1])
    #expect(plan.nextWake == at(2_100))
    #expect(report(plan.handle(.wake, now: at(2_099))) == nil)
    let found = try #require(report(plan.handle(.wake, now: at(2_100))))
    #expect(found.best == relay)
    #expect(found.entries[0].result == .failed(DialFailure(.timedOut)))
  }

  @Test func `what connects after it was given up is closed`() {
    var plan = DialPlan([lan, relay])
    _ = plan.handle(.begin, now: at(0))
    _ = plan.handle(.wake, now: at(6_000))
    var late = DialPlan([lan, ipv4, relay])
    _ = late.handle(.begin, now: at(0))
    _ = late.handle(.wake, now: at(250))
    let stoppedLate = late.handle(.wake, now: at(6_000))
    #expect(stopped(stoppedLate) == [0, 2])
    #expect(late.handle(.connected(0), now: at(6_001)).contains(.stop(0)))
    #expect(used(late.handle(.connected(1), now: at(6_002))) == [1])
  }

  @Test func `cancelling ends everything with that as its reason`() {
    var plan = DialPlan([lan, ipv4, relay])
    _ = plan.handle(.begin, now: at(0))
    let actions = plan.handle(.cancel, now: at(5))
    #expect(Set(stopped(actions)) == [0, 2])
    let results = Set(report(actions)?.entries.map(\.result) ?? [])
    #expect(results == [.failed(DialFailure(.cancelled))])
    #expect(plan.handle(.wake, now: at(9_999)) == [])
  }

  @Test func `without any way it says what that means`() throws {
    var plan = DialPlan([])
    let end = try #require(report(plan.handle(.begin, now: at(0))))
    let error = try #require(end.failure(to: node(3)))
    #expect(error.message.contains("no address of node"))
  }

  @Test(arguments: 0..<200)
  func `whatever happens, it ends in time with a report of every way`(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let all = [lan, ipv6, ipv4, punch, relay, DialRoute(.relayed, .relay(node(8)))]
    let routes = all.filter { _ in Bool.random(using: &random) }
    var plan = DialPlan(routes)
    var now = at(0)
    var running: [Int] = []
    var actions = plan.handle(.begin, now: now)
    var end: DialReport?
    for _ in 0..<200 {
      running += started(actions)
      running.removeAll { stopped(actions).contains($0) }
      end = end ?? report(actions)
      guard end == nil, let wake = plan.nextWake else { break }
      if let index = running.indices.randomElement(using: &random), Bool.random(using: &random) {
        let number = running.remove(at: index)
        let works = Int.random(in: 0..<3, using: &random) == 0
        actions = plan.handle(
          works ? .connected(number) : .failed(number, DialFailure(.timedOut)), now: now)
      } else {
        now = max(now, wake)
        actions = plan.handle(.wake, now: now)
      }
    }
    #expect(end?.entries.count == routes.count)
    #expect(now <= at(25_000))
    let isReached = end?.entries.contains { $0.result == .connected } ?? false
    #expect(isReached == (end?.best != nil))
  }
}
