package import Calls
package import IO

// MARK: - What this node answers about the network

extension Network {
  /// Streams that nobody ends do so when `stop` opens.
  package func handlers(until stop: Gate) -> [MethodHandler] {
    let membership = MembershipService(
      membership, heard: { [self] in knowledgeMayHaveChanged() },
      introducing: { [self] in try await introduce($0, $1, $2) })
    let traversal = TraversalService(
      punching: { [self] peer, signal throws(NetworkError) in
        let result = await peers.with(peer) { peer -> Result<Void, NetworkError> in
          do throws(NetworkError) { return .success(try peer.punched(signal)) } catch {
            return .failure(error)
          }
        }
        try result.get()
      }, address: { _ in nil })
    let faults = FaultService(faults) { [self] name throws(NetworkError) in try node(named: name) }
    let lasting =
      membership.handlers + NetworkAdminService(self.membership, reach: self).handlers
      + LoadService { [self] in ownLoad }.handlers + RelayService(relay).handlers + faults.handlers
      + traversal.handlers
      + NodesService(
        self, tester: tester, until: stop, tryAddresses: { [self] in tryAddresses($0) }
      ).handlers
    let ofSession = NetworkSession.methods.map { method in
      MethodHandler.late(method) { [self] in
        do throws(NetworkError) {
          return try session().handler(of: method)
        } catch { throw Status(refusing: error) }
      }
    }
    return lasting + ofSession
  }

  /// By which the services above are listed.
  package static let serviceNames = [
    NetworkV1.MembershipMethods.service, NetworkV1.NetworkAdminMethods.service,
    RelayV1.RelayMethods.service, TraversalV1.TraversalMethods.service,
    NodesV1.NodesMethods.service, TableV1.GossipMethods.service, TableV1.RecordsMethods.service,
    TableV1.LoadsMethods.service,
    TopicsV1.TopicsMethods.service, TopicsV1.TopicExchangeMethods.service,
    ZonesV1.ZonesMethods.service, FaultsV1.FaultsMethods.service,
  ]
}
