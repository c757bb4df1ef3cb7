import Mesh
import Primitives

/// What one node of a story has on disk.
struct ZoneDisk {
  private var entries: [Bytes32: ZoneEntry] = [:]
  private var decisions: [ZonePrefix: ZoneMap.Decision] = [:]

  mutating func apply(_ writes: [ZoneWrite]) {
    for write in writes {
      switch write {
      case .entry(let entry): entries[entry.key] = entry
      case .dropped(let range): entries = entries.filter { !range.contains($0.key) }
      case .expired(let time): entries = entries.filter { $0.value.expiresAt > time }
      case .decision(let decision): decisions[decision.prefix] = decision
      }
    }
  }

  /// In one order, so that a story can be told again.
  var content: [ZoneWrite] {
    decisions.values.sorted { $0.prefix < $1.prefix }.map { .decision($0) }
      + entries.values.sorted { $0.key < $1.key }.map { .entry($0) }
  }
}
