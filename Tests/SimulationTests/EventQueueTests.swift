import Primitives
import Simulation
import Testing

@Suite struct EventQueueTests {
  @Test func `events come by time, equal ones in order of arrival`() {
    var queue = EventQueue<Int>()
    var random = SeededRandom(seed: 1)
    let times = (0..<500).map { _ in Int64.random(in: 0..<50, using: &random) }
    for (index, time) in times.enumerated() {
      queue.add(index, at: Instant(nanoseconds: time))
    }
    var taken: [Int] = []
    while let event = queue.next() { taken.append(event) }
    let expected = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    #expect(taken == expected)
    #expect(queue.now.nanoseconds == times.max())
  }

  @Test func `time never goes back`() {
    var queue = EventQueue<String>()
    queue.add("late", after: .seconds(2))
    #expect(queue.next() == "late")
    queue.add("too late", at: Instant(nanoseconds: 0))
    #expect(queue.next() == "too late")
    #expect(queue.now == Instant(nanoseconds: 2_000_000_000))
  }

  @Test func `time passes without events, and never over one`() {
    var queue = EventQueue<String>()
    #expect(queue.next(until: Instant(nanoseconds: 50)) == nil)
    #expect(queue.now == Instant(nanoseconds: 50))
    queue.add("next", after: .nanoseconds(10))
    #expect(queue.next(until: Instant(nanoseconds: 59)) == nil)
    #expect(queue.next(until: Instant(nanoseconds: 90)) == "next")
    #expect(queue.now == Instant(nanoseconds: 60))
    #expect(queue.next(until: Instant(nanoseconds: 5)) == nil)
    #expect(queue.now == Instant(nanoseconds: 60))
  }
}
