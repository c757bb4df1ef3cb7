import Primitives

/// What is due when: a heap. An element may be in it several times; whoever takes one looks
/// whether its time is still that.
struct DueQueue<Element: Sendable & Comparable>: Sendable {
  private var heap: [(at: Instant, element: Element)] = []

  var first: (at: Instant, element: Element)? { heap.first }
  var count: Int { heap.count }

  mutating func add(_ element: Element, at time: Instant) {
    heap.append((time, element))
    var index = heap.count - 1
    while index > 0, isBefore(index, (index - 1) / 2) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var index = 0
    while true {
      var child = 2 * index + 1
      if child >= heap.count { return }
      if child + 1 < heap.count, isBefore(child + 1, child) { child += 1 }
      guard isBefore(child, index) else { return }
      heap.swapAt(index, child)
      index = child
    }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (heap[left], heap[right])
    return left.at != right.at ? left.at < right.at : left.element < right.element
  }
}
