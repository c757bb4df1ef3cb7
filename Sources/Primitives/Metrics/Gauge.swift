import Synchronization

/// A whole number that goes up and down: how many are open, how many bytes are held.
package final class Gauge: Sendable {
  private let current = Atomic<Int>(0)

  init() {}

  package func set(_ value: Int) { current.store(value, ordering: .relaxed) }
  package func add(_ amount: Int) { current.wrappingAdd(amount, ordering: .relaxed) }
  package func increment() { add(1) }
  package func decrement() { add(-1) }

  package var value: Int { current.load(ordering: .relaxed) }
}
