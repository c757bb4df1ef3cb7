import Primitives

/// Tells everybody who waits that something changed. Take the gate first, then look at the
/// state, then wait: no change is missed.
package final class Broadcast: Sendable {
  private let gate = Locked(Gate())

  package init() {}

  /// Opens at the next announcement.
  package func next() -> Gate { gate.withLock { $0 } }

  package func announce() {
    let old = gate.withLock { gate in
      defer { gate = Gate() }
      return gate
    }
    old.open()
  }
}
