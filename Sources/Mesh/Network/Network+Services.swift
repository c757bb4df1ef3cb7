package import Calls
import IO
import Primitives

// MARK: - What this node answers about the network

extension Network {
  package var handlers: [MethodHandler] {
    let membership = MembershipService(membership) { [self] in knowledgeMayHaveChanged() }
    let traversal = TraversalService(
      punching: { [self] peer, signal throws(NetworkError) in
        let result = await peers.with(peer) { peer -> Result<Void, NetworkError> in
          do throws(NetworkError) { return .success(try peer.punched(signal)) } catch {
            return .failure(error)
          }
        }
        try result.get()
      }, address: { _ in nil })
    return membership.handlers + NetworkAdminService(self.membership, reach: self).handlers
      + RelayService(relay).handlers + traversal.handlers + GossipDoor(network: self).handlers
  }
}

/// The membership protocol of whichever network the node is in.
private struct GossipDoor: TableV1.GossipService {
  let network: Network

  func exchange(
    _ requests: MessageReader<TableV1.GossipFrame>, _ replies: MessageWriter<TableV1.GossipFrame>,
    _ context: CallContext
  ) async throws {
    try await refusing { try network.session() }.gossip.exchange(requests, replies, context)
  }
}
