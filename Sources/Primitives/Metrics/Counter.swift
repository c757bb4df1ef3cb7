import Synchronization

/// A number that only grows. Adding costs one atomic instruction: keep the counter at hand
/// rather than asking its family for it each time.
package final class Counter: Sendable {
  private let total = Atomic<UInt64>(0)

  init() {}

  /// Alone, outside any registry: for a value that is shown elsewhere.
  package static func unregistered() -> Counter { Counter() }

  package func increment(by amount: Int = 1) {
    precondition(amount >= 0, "a counter never goes down")
    total.wrappingAdd(UInt64(amount), ordering: .relaxed)
  }

  package var value: UInt64 { total.load(ordering: .relaxed) }
}
