package import Primitives

/// What happens in virtual time: by time, and in order of arrival when times are equal.
package struct EventQueue<Event> {
  /// Small and without references: it is moved a dozen times, and the event never.
  private struct Entry {
    var at: Int64
    var number: UInt64
    var slot: Int

    func isBefore(_ other: Entry) -> Bool { (at, number) < (other.at, other.number) }
  }

  private var heap: [Entry] = []
  private var events: [Event?] = []
  private var free: [Int] = []
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
    let slot = free.popLast() ?? events.count
    if slot < events.count { events[slot] = event } else { events.append(event) }
    let entry = Entry(at: max(time, now).nanoseconds, number: nextNumber, slot: slot)
    nextNumber += 1
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, entry.isBefore(heap[(index - 1) / 2]) {
      heap[index] = heap[(index - 1) / 2]
      index = (index - 1) / 2
    }
    heap[index] = entry
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
    free.append(first.slot)
    let event = events[first.slot].take()
    if !heap.isEmpty { sink(last) }
    return event
  }

  /// From the top to its place.
  private mutating func sink(_ entry: Entry) {
    var index = 0
    while true {
      var child = 2 * index + 1
      if child >= heap.count { break }
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      if !heap[child].isBefore(entry) { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = entry
  }
}
