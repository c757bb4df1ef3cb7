package import Calls
package import IO
package import Primitives

/// Tells callers from where they seem to come.
package struct TraversalService: TraversalV1.TraversalService {
  private let address: @Sendable (CallContext) -> SocketAddress?
  private let punching: @Sendable (NodeID, PunchSignal) async throws(NetworkError) -> Void
  private let echoPort: UInt16

  /// `address` is what the node sees of a caller's connection; nil when that is a relay's.
  /// `punching` takes a message of a peer's punch.
  package init(
    echoPort: UInt16 = 0,
    punching: @escaping @Sendable (NodeID, PunchSignal) async throws(NetworkError) -> Void,
    address: @escaping @Sendable (CallContext) -> SocketAddress?
  ) {
    self.punching = punching
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

  package func punch(
    _ request: TraversalV1.PunchMessage, _ context: CallContext
  ) async throws -> TraversalV1.PunchReply {
    guard case .node(let peer) = context.principal else {
      throw Status(.permissionDenied, "Only nodes punch: call over a link.")
    }
    return try await refusing {
      try await punching(peer, try PunchSignal(decoding: request.encoded()))
      return TraversalV1.PunchReply()
    }
  }
}
