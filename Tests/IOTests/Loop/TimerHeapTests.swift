import Glibc
import Primitives
import Testing

@testable import IO

/// What ran, for closures that may capture no variable.
final class Trace: Sendable {
  private let seen = Locked<[Int]>([])

  func add(_ number: Int) { seen.withLock { $0.append(number) } }

  var all: [Int] { seen.withLock { $0 } }
}

/// What this thread has worked: unlike the clock, the same on a busy machine.
func processorTime() -> Duration {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// A locked value that closures may capture.
final class Shared<Value: Sendable>: Sendable {
  private let value: Locked<Value>

  init(_ value: Value) { self.value = Locked(value) }

  func withLock<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
    value.withLock { body(&$0) }
  }
}

@Suite struct TimerHeapTests {
  private func at(_ nanoseconds: Int) -> Instant { Instant(nanoseconds: Int64(nanoseconds)) }

  /// Runs everything that is due, in order.
  private func drain(_ heap: inout TimerHeap, _ now: Int) {
    for token in heap.popDue(at(now)) { heap.take(token)?() }
  }

  @Test(arguments: [
    [5, 3, 9, 1, 7], [1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [2], [], [4, 4, 4, 1, 1, 9, 9, 0],
  ])
  func `timers run by deadline, equal ones in the order they were made`(deadlines: [Int]) {
    var heap = TimerHeap()
    let trace = Trace()
    for (index, deadline) in deadlines.enumerated() {
      _ = heap.insert(deadline: at(deadline)) { trace.add(index) }
    }
    #expect(heap.nextDeadline == deadlines.min().map { at($0) })
    drain(&heap, 10)
    let expected = deadlines.indices.sorted { (deadlines[$0], $0) < (deadlines[$1], $1) }
    #expect(trace.all == expected)
    #expect(heap.count == 0)
    #expect(heap.nextDeadline == nil)
  }

  @Test func `a timer is never early and leaves with the moment it is due`() {
    var heap = TimerHeap()
    let trace = Trace()
    _ = heap.insert(deadline: at(5)) { trace.add(5) }
    drain(&heap, 4)
    #expect(trace.all.isEmpty)
    drain(&heap, 5)
    #expect(trace.all == [5])
  }

  @Test func `a cancelled timer does not run and frees what it holds at once`() {
    var heap = TimerHeap()
    weak var held: Trace?
    let token: TimerToken = {
      let trace = Trace()
      held = trace
      return heap.insert(deadline: at(1)) { trace.add(1) }
    }()
    #expect(held != nil)
    heap.cancel(token)
    #expect(held == nil)
    #expect(heap.nextDeadline == nil)
    heap.cancel(token)
    #expect(heap.popDue(at(2)).isEmpty)
  }

  @Test func `a due timer can still be cancelled by one before it, and new ones wait`() {
    var heap = TimerHeap()
    let first = heap.insert(deadline: at(1)) {}
    let second = heap.insert(deadline: at(1)) {}
    #expect(heap.popDue(at(1)) == [first, second])
    #expect(heap.take(first) != nil)
    heap.cancel(second)
    _ = heap.insert(deadline: at(0)) {}
    #expect(heap.take(second) == nil)
    #expect(heap.take(first) == nil)
    #expect(heap.popDue(at(1)).count == 1)
  }

  @Test(arguments: 0..<8)
  func `among many timers, those that were not cancelled run in order`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var heap = TimerHeap()
    let trace = Trace()
    var tokens: [TimerToken] = []
    var deadlines: [Int] = []
    for index in 0..<3_000 {
      deadlines.append(random.below(500))
      tokens.append(heap.insert(deadline: at(deadlines[index])) { trace.add(index) })
    }
    var kept = Set(0..<3_000)
    for _ in 0..<2_700 {
      let victim = random.below(3_000)
      kept.remove(victim)
      heap.cancel(tokens[victim])
    }
    #expect(heap.count == kept.count)
    for now in 0...500 { drain(&heap, now) }
    #expect(trace.all == kept.sorted { (deadlines[$0], $0) < (deadlines[$1], $1) })
  }
}

extension SplitMix {
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func bytes(_ count: Int) -> [UInt8] {
    let words = (0..<(count + 7) / 8).map { _ in next() }
    return words.withUnsafeBytes { Array($0.prefix(count)) }
  }
}
