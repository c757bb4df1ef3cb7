package import Primitives

/// The entries one node keeps: its own zone's, and those it has to hand over.
package struct ZoneShelf: Sendable {
  package private(set) var entries: [Bytes32: ZoneEntry] = [:]
  package private(set) var items = ReconciliationSet(isVersioned: true)
  /// Keys by the minute in which they expire.
  private var expiries: [Int64: [Bytes32]] = [:]
  /// Since they were last taken, in their order.
  private var changes: [ZoneWrite] = []

  package init() {}

  package var count: Int { items.count }

  /// Returns false when what is there is as new or newer.
  package mutating func put(_ entry: ZoneEntry) -> Bool {
    guard let digest = news(entry) else { return false }
    entries[entry.key] = entry
    changes.append(.entry(entry))
    items.insert(ReconciliationItem(key: entry.key, digest: digest))
    expiries[Self.minute(entry.expiresAt), default: []].append(entry.key)
    return true
  }

  /// Nil when what is there is as new or newer, else the digest.
  func news(_ entry: ZoneEntry) -> Bytes32? {
    guard let old = entries[entry.key] else { return entry.digest }
    // Most that come are known: they are not hashed again.
    if old.version > entry.version || old == entry { return nil }
    let digest = entry.digest
    let isOlder = old.version == entry.version && items.digest(of: old.key) ?? digest >= digest
    return isOlder ? nil : digest
  }

  package mutating func remove(in range: KeyRange) {
    let leaving = items.items(in: range)
    if !leaving.isEmpty { changes.append(.dropped(range)) }
    for item in leaving {
      items.remove(item.key)
      entries[item.key] = nil
    }
  }

  /// Removes what has expired a minute ago at the latest.
  package mutating func expire(at time: WallTime) {
    let before = count
    defer { if count < before { changes.append(.expired(time)) } }
    for minute in expiries.keys where minute < Self.minute(time) {
      for key in expiries.removeValue(forKey: minute) ?? [] {
        guard let entry = entries[key], entry.expiresAt <= time else { continue }
        entries[key] = nil
        items.remove(key)
      }
    }
  }

  mutating func takeChanges() -> [ZoneWrite] {
    if changes.isEmpty { return [] }
    defer { changes = [] }
    return changes
  }

  package func entries(in range: KeyRange, limit: Int) -> [ZoneEntry] {
    let ranks = items.ranks(in: range)
    var found: [ZoneEntry] = []
    items.forEach(in: ranks.prefix(limit)) { item in
      if let entry = entries[item.key] { found.append(entry) }
    }
    return found
  }

  private static func minute(_ time: WallTime) -> Int64 { time.secondsSince1970 / 60 }
}
