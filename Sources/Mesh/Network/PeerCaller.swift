package import Calls
import IO
import Primitives

/// Calls to another node, wherever it is: the link is kept up while they last.
package struct PeerCaller: Caller {
  private let peer: NodeID
  /// Over an extra carrier, where there can be one.
  private let isBulk: Bool
  private let network: Network
  /// For reaching the node, where the call has no deadline of its own.
  private static let patience = Duration.seconds(15)

  init(_ peer: NodeID, isBulk: Bool = false, of network: Network) {
    self.peer = peer
    self.isBulk = isBulk
    self.network = network
  }

  package func call<Answer: Sendable>(
    _ method: MethodDescription, _ options: CallOptions,
    _ body: (any MessageStream) async throws -> Answer
  ) async throws -> Answer {
    try await withLink(options) { try await $0.call(method, options, body) }
  }

  package func unary(
    _ method: MethodDescription, _ frame: [UInt8], _ options: CallOptions
  ) async throws -> [UInt8] {
    try await withLink(options) { try await $0.unary(method, frame, options) }
  }

  private func withLink<Result>(
    _ options: CallOptions, _ body: (any Caller) async throws -> Result
  ) async throws -> Result {
    if let why = network.membership.whyOut() { throw Status(refusing: why) }
    return try await network.peers.with(peer) { peer in
      try await peer.use { caller in
        if peer.link.path == nil {
          let deadline = options.deadline?.instant ?? .now().advanced(by: Self.patience)
          do { try await peer.connected(by: deadline) } catch let error as NetworkError {
            throw Status(refusing: error)
          }
        }
        guard isBulk, let session = await peer.outlet.lease() else {
          return try await body(caller)
        }
        defer { peer.outlet.release(session) }
        return try await body(session.caller)
      }
    }
  }
}
