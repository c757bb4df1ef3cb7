/// Which images the engine has for the sake of attempts alone, and which of them go for others.
/// Decides alone: what it names is to be removed by whoever asked.
struct KeptImages: Sendable {
  private struct Entry {
    var name: String
    var bytes: Int64
    /// Attempts that have it now.
    var users = 0
  }

  private let most: Int
  private let mostBytes: Int64
  /// What was used longest ago comes first.
  private var entries: [Entry] = []

  init(most: Int, bytes: Int64) {
    self.most = most
    mostBytes = bytes
  }

  var names: [String] { entries.map(\.name) }

  func has(_ name: String) -> Bool { entries.contains { $0.name == name } }

  /// One that is there from before, which nobody used since.
  mutating func find(_ name: String, bytes: Int64) {
    if !has(name) { entries.insert(Entry(name: name, bytes: bytes), at: 0) }
  }

  /// Somebody has it now, until `leave`.
  mutating func use(_ name: String, bytes: Int64) {
    var entry = Entry(name: name, bytes: bytes)
    if let index = entries.firstIndex(where: { $0.name == name }) {
      entry.users = entries.remove(at: index).users
    }
    entry.users += 1
    entries.append(entry)
  }

  mutating func leave(_ name: String) {
    guard let index = entries.firstIndex(where: { $0.name == name }) else { return }
    entries[index].users = max(0, entries[index].users - 1)
  }

  /// The next to go, behind those that could not be removed; nil when there is room.
  func next(besides kept: Set<String> = []) -> String? {
    let bytes = entries.reduce(Int64(0)) { $0 &+ $1.bytes }
    guard entries.count > most || bytes > mostBytes else { return nil }
    return entries.first { $0.users == 0 && !kept.contains($0.name) }?.name
  }

  mutating func forget(_ name: String) { entries.removeAll { $0.name == name } }
}
