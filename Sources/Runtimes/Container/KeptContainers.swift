package import Primitives

/// Which containers wait for another attempt, and for whose. Decides alone: what it gives back is
/// to be removed by whoever asked.
package struct KeptContainers<Item: Sendable>: Sendable {
  package struct Key: Hashable, Sendable {
    package var creator: String
    /// Its id, so that another image of the same name is another container.
    package var image: String
    /// With what is each attempt's own made equal.
    package var limits: AttemptLimits
    /// The addresses of its GPUs.
    package var cards: [String]
    /// Which it may use; nil is all.
    package var processors: String?

    package init(
      creator: String, image: String, limits: AttemptLimits, cards: [String] = []
    ) {
      self.cards = cards
      self.creator = creator
      self.image = image
      self.limits = limits
      self.limits.time = AttemptLimits().time
      self.limits.outputBytes = AttemptLimits().outputBytes
      self.limits.steps = nil
    }
  }

  private struct Entry {
    var key: Key
    var item: Item
    var expires: Instant
  }

  private let perCreator: Int
  private let keeps: Duration
  private var entries: [Entry] = []

  package init(perCreator: Int, keeps: Duration) {
    self.perCreator = perCreator
    self.keeps = keeps
  }

  package var count: Int { entries.count }

  /// The one that was used last, which is the caller's now.
  package mutating func take(_ key: Key) -> Item? {
    guard let index = entries.lastIndex(where: { $0.key == key }) else { return nil }
    return entries.remove(at: index).item
  }

  /// Keeps one; returns those that must go for it, perhaps itself.
  package mutating func put(_ item: Item, _ key: Key, now: Instant) -> [Item] {
    guard keeps > .zero, perCreator > 0 else { return [item] }
    entries.append(Entry(key: key, item: item, expires: now.advanced(by: keeps)))
    let own = entries.indices.filter { entries[$0].key.creator == key.creator }
    guard own.count > perCreator, let oldest = own.first else { return [] }
    return [entries.remove(at: oldest).item]
  }

  /// The one that has waited longest, to make room for somebody else's.
  package mutating func giveUpOldest() -> Item? {
    entries.isEmpty ? nil : entries.removeFirst().item
  }

  package mutating func expire(now: Instant) -> [Item] {
    let gone = entries.filter { $0.expires <= now }.map(\.item)
    entries.removeAll { $0.expires <= now }
    return gone
  }

  package mutating func removeAll() -> [Item] {
    defer { entries = [] }
    return entries.map(\.item)
  }
}
