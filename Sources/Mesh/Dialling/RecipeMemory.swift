package import Primitives

/// What worked last time, for each peer and each network this node was in: tried first next
/// time. Bounded; the least recently used is forgotten.
package struct RecipeMemory: Sendable {
  package struct Limits: Sendable {
    package var recipes = 4_096
    package var age = Duration.seconds(7 * 86_400)
    package init() {}
  }

  private struct Key: Hashable {
    var peer: NodeID
    var network: NetworkMark
  }

  private struct Recipe {
    var route: DialRoute
    var usedAt: Instant
  }

  private let limits: Limits
  private var recipes: [Key: Recipe] = [:]

  package init(limits: Limits = Limits()) { self.limits = limits }

  package var count: Int { recipes.count }

  package mutating func remember(
    _ route: DialRoute, to peer: NodeID, in network: NetworkMark, now: Instant
  ) {
    recipes[Key(peer: peer, network: network)] = Recipe(route: route, usedAt: now)
    guard recipes.count > limits.recipes else { return }
    // An eighth at once, so that a full memory is not sorted at every call.
    let oldest = recipes.sorted { $0.value.usedAt < $1.value.usedAt }
    for (key, _) in oldest.prefix(max(1, limits.recipes / 8)) { recipes[key] = nil }
  }

  package func recall(_ peer: NodeID, in network: NetworkMark, now: Instant) -> DialRoute? {
    guard let recipe = recipes[Key(peer: peer, network: network)],
      recipe.usedAt.duration(to: now) <= limits.age
    else { return nil }
    return recipe.route
  }

  /// It did not work after all.
  package mutating func forget(_ peer: NodeID, in network: NetworkMark) {
    recipes[Key(peer: peer, network: network)] = nil
  }
}
