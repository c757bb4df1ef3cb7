import Primitives

/// Names a scheduled timer, so that it can be cancelled.
package struct TimerToken: Hashable, Sendable {
  let number: UInt64
}

/// Timers by deadline, a binary heap. Cancelled entries stay in the heap until they surface or
/// make up half of it.
struct TimerHeap {
  private struct Entry {
    var deadline: Instant
    var token: TimerToken
  }

  private var heap: [Entry] = []
  private var bodies: [TimerToken: () -> Void] = [:]
  private var nextNumber: UInt64 = 0

  /// The earliest deadline that still matters.
  var nextDeadline: Instant? {
    mutating get {
      dropCancelled()
      return heap.first?.deadline
    }
  }

  var count: Int { bodies.count }

  mutating func insert(deadline: Instant, _ body: @escaping () -> Void) -> TimerToken {
    let token = TimerToken(number: nextNumber)
    nextNumber += 1
    bodies[token] = body
    heap.append(Entry(deadline: deadline, token: token))
    siftUp(heap.count - 1)
    return token
  }

  mutating func cancel(_ token: TimerToken) {
    guard bodies.removeValue(forKey: token) != nil else { return }
    if heap.count > 64, heap.count > bodies.count * 2 { rebuild() }
  }

  /// The timers that are due, in order. Those that run may cancel later ones and make new ones,
  /// which wait for the next call however early they are: so `take` each when its turn comes.
  mutating func popDue(_ now: Instant) -> [TimerToken] {
    var due: [TimerToken] = []
    while let first = heap.first, first.deadline <= now {
      removeFirst()
      if bodies[first.token] != nil { due.append(first.token) }
    }
    return due
  }

  /// What a due timer runs, once; nil when it was cancelled meanwhile.
  mutating func take(_ token: TimerToken) -> (() -> Void)? { bodies.removeValue(forKey: token) }

  private mutating func dropCancelled() {
    while let first = heap.first, bodies[first.token] == nil { removeFirst() }
  }

  private mutating func rebuild() {
    heap.removeAll { bodies[$0.token] == nil }
    guard heap.count > 1 else { return }
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    if !heap.isEmpty { siftDown(0) }
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard isBefore(heap[index], heap[parent]) else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in [index * 2 + 1, index * 2 + 2]
      where child < heap.count && isBefore(heap[child], heap[least]) {
        least = child
      }
      if least == index { return }
      heap.swapAt(index, least)
      index = least
    }
  }

  /// Equal deadlines run in the order they were made.
  private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    (left.deadline, left.token.number) < (right.deadline, right.token.number)
  }
}
