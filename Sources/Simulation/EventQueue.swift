package import Primitives

/// What happens in virtual time: by time, and in order of arrival when times are equal.
package struct EventQueue<Event> {
  private struct Entry {
    var at: Int64
    var number: UInt64
    var event: Event

    func isBefore(_ other: Entry) -> Bool { (at, number) < (other.at, other.number) }
  }

  private var heap: [Entry] = []
  private var nextNumber: UInt64 = 0
  /// When the last event taken happened, or to when time has passed since.
  package private(set) var now = Instant(nanoseconds: 0)

  package init() {}

  /// An empty one whose time has come to here.
  package init(at time: Instant) { now = time }

  package var isEmpty: Bool { heap.isEmpty }
  package var count: Int { heap.count }
  package var nextTime: Instant? { heap.first.map { Instant(nanoseconds: $0.at) } }

  /// What should have happened already happens next.
  package mutating func add(_ event: Event, at time: Instant) {
    heap.append(Entry(at: max(time, now).nanoseconds, number: nextNumber, event: event))
    nextNumber += 1
    var index = heap.count - 1
    while index > 0, heap[index].isBefore(heap[(index - 1) / 2]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  package mutating func add(_ event: Event, after delay: Duration) {
    add(event, at: now.advanced(by: delay))
  }

  /// The next event, if it happens by then; if not, the time until then passes.
  package mutating func next(until end: Instant) -> Event? {
    if let time = nextTime, time <= end { return next() }
    now = max(now, end)
    return nil
  }

  /// Moves time to the next event.
  package mutating func next() -> Event? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    now = Instant(nanoseconds: first.at)
    guard !heap.isEmpty else { return first.event }
    heap[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == index { return first.event }
      heap.swapAt(index, least)
      index = least
    }
  }
}
