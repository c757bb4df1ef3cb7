import Primitives
import Testing

@testable import Runtimes

struct ScriptTimersTests {
  private static let millisecond: UInt64 = 1_000_000

  @Test func `timers fire when they are due, the older first`() throws {
    var timers = ScriptTimers()
    let late = timers.add(milliseconds: 5, repeats: false, now: 0)
    let first = timers.add(milliseconds: 2, repeats: false, now: 0)
    let second = timers.add(milliseconds: 2, repeats: false, now: 0)
    #expect(timers.next == 2 * Self.millisecond)
    #expect(timers.takeDue(now: 2 * Self.millisecond - 1) == nil)
    let due = (0..<4).map { _ in timers.takeDue(now: 9 * Self.millisecond) }
    #expect(due == [first, second, late, nil])
    #expect(timers.isEmpty && timers.next == nil)
  }

  @Test(
    arguments: [
      (0, 0), (-1, 0), (.nan, 0), (-.infinity, 0), (0.5, 500_000), (1, 1_000_000),
      (.infinity, 2_147_483_647_000_000), (1e300, 2_147_483_647_000_000),
    ] as [(Double, UInt64)])
  func `a wait is within its bounds`(_ milliseconds: Double, _ wanted: UInt64) {
    var timers = ScriptTimers()
    _ = timers.add(milliseconds: milliseconds, repeats: false, now: 7)
    #expect(timers.next == 7 + wanted)
  }

  @Test func `one that repeats waits at least a millisecond, and ends when it is cancelled`() throws
  {
    var timers = ScriptTimers()
    let added = timers.add(milliseconds: 0, repeats: true, now: 0)
    let number = try #require(added)
    #expect(timers.takeDue(now: Self.millisecond) == number)
    #expect(timers.takeDue(now: Self.millisecond) == nil)
    #expect(timers.next == 2 * Self.millisecond)
    timers.cancel(number)
    timers.cancel(77)
    #expect(timers.isEmpty && timers.takeDue(now: .max) == nil)
  }

  @Test func `there is an end to them`() {
    var timers = ScriptTimers()
    for _ in 0..<ScriptTimers.Limits.timers {
      _ = timers.add(milliseconds: 1, repeats: false, now: 0)
    }
    #expect(timers.add(milliseconds: 1, repeats: false, now: 0) == nil)
    timers.cancel(1)
    #expect(timers.add(milliseconds: 1, repeats: false, now: 0) != nil)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `they fire as a plain list would`(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    var timers = ScriptTimers()
    var list: [(deadline: UInt64, order: Int, number: UInt64, interval: UInt64?)] = []
    var now: UInt64 = 0
    var order = 0
    for _ in 0..<3000 {
      switch random.next() % 4 {
      case 0, 1:
        let wait = random.next() % 50
        let repeats = random.next() % 5 == 0
        guard let number = timers.add(milliseconds: Double(wait), repeats: repeats, now: now) else {
          Issue.record("no timer")
          return
        }
        let delay = (repeats ? max(wait, 1) : wait) * Self.millisecond
        order += 1
        list.append((now + delay, order, number, repeats ? delay : nil))
      case 2:
        guard let place = list.indices.randomElement(using: &random) else { continue }
        timers.cancel(list.remove(at: place).number)
      default:
        now += random.next() % 20 * Self.millisecond
        let due = list.indices.filter { list[$0].deadline <= now }
          .min { (list[$0].deadline, list[$0].order) < (list[$1].deadline, list[$1].order) }
        #expect(timers.next == list.map(\.deadline).min())
        #expect(timers.takeDue(now: now) == due.map { list[$0].number })
        guard let due else { continue }
        var entry = list.remove(at: due)
        guard let interval = entry.interval else { continue }
        order += 1
        entry.deadline = now + interval
        entry.order = order
        list.append(entry)
      }
    }
    #expect(timers.isEmpty == list.isEmpty)
  }
}
