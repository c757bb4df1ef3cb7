/// The timers of a script: which is due when. Times are nanoseconds of the script's clock.
package struct ScriptTimers {
  package enum Limits {
    package static let timers = 100_000
    /// What a repeating timer waits at least, or nothing else would have its turn.
    package static let interval: UInt64 = 1_000_000
    /// Longer waits are as long as this: 24.8 days, as in browsers.
    package static let delay = 2_147_483_647.0
  }

  package typealias Number = UInt64

  private struct Entry {
    var deadline: UInt64
    /// Of two that are due at once the older goes first.
    var order: UInt64
    /// Nil for one that fires once.
    var interval: UInt64?
  }

  private var entries: [Number: Entry] = [:]
  private var heap: [(deadline: UInt64, order: UInt64, number: Number)] = []
  private var lastNumber: Number = 0
  private var lastOrder: UInt64 = 0

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  /// Nil when there are too many.
  package mutating func add(milliseconds: Double, repeats: Bool, now: UInt64) -> Number? {
    guard entries.count < Limits.timers else { return nil }
    // What is no number, and what is negative, waits for nothing.
    let bounded = milliseconds > 0 ? min(milliseconds, Limits.delay) : 0
    let delay = UInt64(bounded * 1_000_000)
    lastNumber += 1
    let interval = repeats ? max(delay, Limits.interval) : nil
    enter(lastNumber, Entry(deadline: now + (interval ?? delay), order: 0, interval: interval))
    return lastNumber
  }

  package mutating func cancel(_ number: Number) {
    entries[number] = nil
    // Its place goes when it comes to the top; but not much more places than timers are kept.
    if heap.count > 2 * entries.count + 64 { tidy() }
  }

  /// When the next is due.
  package var next: UInt64? {
    mutating get {
      dropCancelled()
      return heap.first?.deadline
    }
  }

  /// One that is due now; a repeating one is entered anew.
  package mutating func takeDue(now: UInt64) -> Number? {
    dropCancelled()
    guard let first = heap.first, first.deadline <= now else { return nil }
    removeFirst()
    if var entry = entries[first.number], let interval = entry.interval {
      entry.deadline = now + interval
      enter(first.number, entry)
    } else {
      entries[first.number] = nil
    }
    return first.number
  }

  private mutating func enter(_ number: Number, _ entry: Entry) {
    var entry = entry
    lastOrder += 1
    entry.order = lastOrder
    entries[number] = entry
    heap.append((entry.deadline, entry.order, number))
    rise(heap.count - 1)
  }

  // MARK: The heap

  private mutating func dropCancelled() {
    while let first = heap.first, entries[first.number]?.order != first.order { removeFirst() }
  }

  private mutating func tidy() {
    heap = entries.map { ($0.value.deadline, $0.value.order, $0.key) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    (heap[one].deadline, heap[one].order) < (heap[other].deadline, heap[other].order)
  }

  private mutating func rise(_ start: Int) {
    var place = start
    while place > 0, isBefore(place, (place - 1) / 2) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
        if isBefore(child, least) { least = child }
      }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
