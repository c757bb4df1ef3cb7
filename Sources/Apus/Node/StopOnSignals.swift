import Glibc
package import IO
import Primitives

/// Opens the node's stop gate on SIGTERM and SIGINT; a second one ends the process at once.
package struct StopOnSignals: Component {
  package let name = "signals"
  private let stop: Gate
  private let onHangUp: @Sendable () -> Void

  package init(stop: Gate, onHangUp: @escaping @Sendable () -> Void = {}) {
    self.stop = stop
    self.onHangUp = onHangUp
  }

  package func run(_ scope: ComponentScope) async throws {
    guard let loop = EventLoop.current else { preconditionFailure("components run on loops") }
    let signals = try Signals(on: loop)
    scope.started()
    await withTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: loop) { await watch(signals) }
      // Started first, this stops last: until then a second signal ends the process.
      await scope.stopRequested()
      signals.close()
      await group.waitForAll()
    }
  }

  private func watch(_ signals: Signals) async {
    let log = Logger("Apus")
    while true {
      let signal: Signal
      do { signal = try await signals.next() } catch { return }
      switch signal {
      case .hangUp: onHangUp()
      case _ where stop.isOpen:
        // Asked twice: whoever waits for a connection to end waits no longer.
        _exit(128 + signal.number)
      default:
        log.notice("stopping; once more to end at once", LogField("signal", signal))
        stop.open()
      }
    }
  }
}
