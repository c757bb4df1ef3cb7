package import Primitives

/// When a zone is split and when two become one. A wish must last before it is carried out, the
/// longer the more often a prefix has gone back and forth.
package struct ZonePlanner: Sendable {
  package struct Limits: Sendable {
    /// No zone has fewer live nodes while the network has as many.
    package var minimum = 6
    /// What each half must have before a zone is split.
    package var half = 8
    package var splitHold = Duration.seconds(10)
    package var mergeHold = Duration.seconds(2)
    /// `splitHold` doubles with each merge of the same prefix, up to this.
    package var longestHold = Duration.seconds(600)
    package init() {}
  }

  private struct Wish: Sendable {
    var isSplit: Bool
    var since: Instant
  }

  private let limits: Limits
  private var wishes: [ZonePrefix: Wish] = [:]

  package init(limits: Limits = Limits()) {
    precondition(limits.half >= limits.minimum, "a half must be a zone")
    self.limits = limits
  }

  /// The decisions that are due, on the way from the root to the zone of `own` alone: others
  /// decide about theirs.
  package mutating func review(
    _ map: ZoneMap, _ roster: ZoneRoster, own: NodeID, now: Instant
  ) -> [ZoneMap.Decision] {
    guard let wish = Self.wish(map, roster, own: own, limits) else {
      wishes = [:]
      return []
    }
    let (prefix, isSplit) = wish
    var since = now
    if let old = wishes[prefix], old.isSplit == isSplit { since = old.since }
    wishes = [prefix: Wish(isSplit: isSplit, since: since)]
    guard since.advanced(by: hold(prefix, isSplit, map)) <= now,
      let decision = map.decision(prefix, isSplit: isSplit)
    else { return [] }
    wishes = [:]
    return [decision]
  }

  /// When a wish that still stands comes due.
  package func nextReview(_ map: ZoneMap) -> Instant? {
    wishes.map { $0.value.since.advanced(by: hold($0.key, $0.value.isSplit, map)) }.min()
  }

  private func hold(_ prefix: ZonePrefix, _ isSplit: Bool, _ map: ZoneMap) -> Duration {
    guard isSplit else { return limits.mergeHold }
    let merges = min(10, Int(map.number(of: prefix)) / 2)
    return min(limits.longestHold, limits.splitHold * (1 << merges))
  }

  private static func wish(
    _ map: ZoneMap, _ roster: ZoneRoster, own: NodeID, _ limits: Limits
  ) -> (ZonePrefix, isSplit: Bool)? {
    var prefix = ZonePrefix.root
    while prefix.length < ZonePrefix.maximumLength {
      let (low, high) = prefix.halves
      let smaller = min(roster.members(of: low).count, roster.members(of: high).count)
      guard map.isSplit(prefix) else {
        return smaller >= limits.half ? (prefix, true) : nil
      }
      if smaller < limits.minimum { return (prefix, false) }
      prefix = prefix.half(of: own.key)
    }
    return nil
  }
}
