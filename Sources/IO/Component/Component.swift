/// A long-lived part of the program (a listener, the link dialler). The assembly starts the
/// components in order and stops them in reverse.
package protocol Component: Sendable {
  var name: String { get }

  /// Runs for as long as the part lives. Calls `scope.started()` once it serves and returns
  /// soon after `scope.stopRequested()`. Cancellation comes later, when the deadline passed.
  func run(_ scope: ComponentScope) async throws
}

/// What a component hears from the runner and tells it.
package struct ComponentScope: Sendable {
  package let startedGate = Gate()
  package let stopGate = Gate()

  package init() {}

  /// The component serves: the next one may start.
  package func started() { startedGate.open() }

  package var isStopping: Bool { stopGate.isOpen }

  /// Returns when the component is asked to stop, or its task is cancelled.
  package func stopRequested() async { await stopGate.wait() }
}
