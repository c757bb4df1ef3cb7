package import Primitives

/// When the copies of one message arrive: none, one or two. A value without a heap.
package struct Arrivals: Sequence, IteratorProtocol, Sendable, Equatable {
  package private(set) var first: Instant?
  package private(set) var second: Instant?

  package init(first: Instant? = nil, second: Instant? = nil) {
    self.first = first
    self.second = second
  }

  package var isEmpty: Bool { first == nil }
  package var count: Int { (first == nil ? 0 : 1) + (second == nil ? 0 : 1) }

  package mutating func next() -> Instant? {
    defer {
      first = second
      second = nil
    }
    return first
  }
}
