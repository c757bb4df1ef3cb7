package import Primitives

/// The zones of the network as one node knows them.
package struct ZoneStatus: Sendable, Equatable {
  package struct Zone: Sendable, Equatable {
    package var prefix: ZonePrefix
    package var members: [NodeID]
  }

  /// This node's own.
  package var own: ZonePrefix
  /// From left to right; together they own all keys.
  package var zones: [Zone]
  /// How many entries are kept here.
  package var entries: Int
  /// It has what its zone has, as far as it can know: what it does not find is not there.
  package var isSettled: Bool

  init(_ core: ZoneCore, now: Instant) {
    isSettled = core.isSettled(now)
    own = core.zone
    zones = core.map.zones.map { Zone(prefix: $0, members: Array(core.roster.members(of: $0))) }
    entries = core.shelf.count
  }
}
