package import Primitives

/// A node that offers to relay, with what is known of it.
package struct RelayCandidate: Equatable, Sendable {
  package var relay: NodeID
  /// There and back between this node and the relay: measured, or estimated from coordinates.
  package var nearTime: Duration
  /// Between the relay and the other end; zero where there is none, as for a place.
  package var farTime: Duration
  /// 0 is idle, 1 takes no more (`RelayLoad.fraction`); nil is unknown.
  package var load: Double?
  /// What it can carry, in bytes a second; nil is unknown.
  package var capacity: Int?

  package init(
    relay: NodeID, nearTime: Duration, farTime: Duration = .zero, load: Double? = nil,
    capacity: Int? = nil
  ) {
    self.relay = relay
    self.nearTime = nearTime
    self.farTime = farTime
    self.load = load
    self.capacity = capacity
  }

  /// An idle relay is used as it is; a half-loaded one costs twice its time; a full one is out of
  /// the question. Unknown load counts as a quarter.
  private var loadFactor: Double {
    let load = max(0, load ?? 0.25)
    return load >= Self.fullLoad ? .infinity : 1 / (1 - load)
  }

  private static let fullLoad = 0.95
  /// How long a carrier's first burst takes to pass: what tells a slow relay from a fast one.
  private static let burstBytes = 256.0 * 1024
  /// Of a relay nobody has measured.
  private static let usualCapacity = 12_500_000.0

  /// In seconds, for comparing: the time a call takes by way of it. Infinite: do not use it.
  package var cost: Double {
    let capacity = max(1, capacity.map(Double.init) ?? Self.usualCapacity)
    return (nearTime.inSeconds + farTime.inSeconds + Self.burstBytes / capacity) * loadFactor
  }

  /// For one call: the best of the relays where the other end holds places, then the rest in
  /// order; those that are full are left out.
  package static func order(_ candidates: [RelayCandidate]) -> [RelayCandidate] {
    candidates.filter { $0.cost.isFinite }
      .sorted { ($0.cost, $0.relay) < ($1.cost, $1.relay) }
  }
}
