import IO
import Primitives

/// The well-known health service: what is said of the whole node (the empty name) and of each
/// service, with every change for those who watch.
package final class HealthService: HealthV1.HealthService {
  package typealias State = HealthV1.HealthCheckResponse.ServingStatus

  private let states: Locked<[String: State]>
  private let isStopping = Locked(false)
  private let changes = Broadcast()

  package init(services: [String]) {
    states = Locked(
      Dictionary(([""] + services).map { ($0, State.serving) }, uniquingKeysWith: { $1 }))
  }

  /// Says that nothing is served any more and ends every watch, which would go on for ever.
  package func stop() {
    isStopping.withLock { $0 = true }
    setAll(.notServing)
  }

  /// Sets all of them.
  package func setAll(_ state: State) {
    states.withLock { states in
      for name in states.keys { states[name] = state }
    }
    changes.announce()
  }

  /// Sets one of them; a name that was not known is from now on.
  package func set(_ state: State, for service: String) {
    states.withLock { $0[service] = state }
    changes.announce()
  }

  package func check(
    _ request: HealthV1.HealthCheckRequest, _ context: CallContext
  ) async throws -> HealthV1.HealthCheckResponse {
    guard let state = state(of: request.service) else {
      throw Status(
        .notFound, "There is no service \(request.service.prefix(200).debugDescription).")
    }
    return HealthV1.HealthCheckResponse { $0.status = state }
  }

  package func watch(
    _ request: HealthV1.HealthCheckRequest,
    _ replies: MessageWriter<HealthV1.HealthCheckResponse>, _ context: CallContext
  ) async throws {
    var last: State?
    while true {
      let change = changes.next()
      let state = state(of: request.service) ?? .serviceUnknown
      if state != last {
        last = state
        try await replies.write(HealthV1.HealthCheckResponse { $0.status = state })
      }
      if isStopping.withLock({ $0 }) { return }
      await change.wait()
      try Task.checkCancellation()
    }
  }

  private func state(of service: String) -> State? {
    states.withLock { $0[service] }
  }
}
