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
    defer { signals.close() }
    scope.started()
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
