package import Calls
package import IO

/// Tells callers from where they seem to come.
package struct TraversalService: TraversalV1.TraversalService {
  private let address: @Sendable (CallContext) -> SocketAddress?
  private let echoPort: UInt16

  /// `address` is what the node sees of a caller's connection; nil when that is a relay's.
  package init(
    echoPort: UInt16 = 0, address: @escaping @Sendable (CallContext) -> SocketAddress?
  ) {
    self.echoPort = echoPort
    self.address = address
  }

  package func observe(
    _ request: TraversalV1.ObserveRequest, _ context: CallContext
  ) async throws -> TraversalV1.ObserveReply {
    TraversalV1.ObserveReply {
      $0.address = address(context)?.unmapped.description ?? ""
      $0.echoPort = UInt32(echoPort)
    }
  }
}
