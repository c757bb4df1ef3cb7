package import IO
package import Primitives

/// A part of a module above that belongs to one network: made with each session, and ended with
/// it.
package protocol NetworkTenant: Component {
  /// The nodes that are there, as far as the membership protocol tells; this one is not among them.
  func membersChanged(joined: [NodeID], left: [NodeID])

  /// The node is about to leave the network: returns when others have what they need of it. A
  /// task that is cancelled gives up.
  func handOver() async

  /// How far that is.
  var handingOver: HandingOver { get }

  /// It does not leave after all.
  func stay()
}

extension Network {
  package typealias TenantMaker =
    @Sendable (NetworkID, ZoneService) async throws ->
    any NetworkTenant

  /// Has a tenant in every network that this node is in; before `run`.
  package func house(_ make: @escaping TenantMaker) { state.withLock { $0.tenants.append(make) } }

  /// Says how many bytes others may still bring, where that is less than what the disk has; before
  /// `run`. It must not wait.
  package func offer(_ room: @escaping @Sendable () -> UInt64) { state.withLock { $0.room = room } }
}
