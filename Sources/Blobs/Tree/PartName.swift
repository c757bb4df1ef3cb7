import IO
import Primitives

/// The name under which something is made beside its place. No two of this process have the same
/// in one folder at once, and yet it is the same every time when nobody else is at it, so that
/// what a crash left is found and removed.
struct PartName: Sendable {
  private struct Key: Hashable, Sendable {
    var folder: FileIdentity?
    var name: String
  }

  private static let taken = Locked<Set<Key>>([])

  private let key: Key
  var name: String { key.name }

  init(_ id: BlobID, in folder: FileIdentity?) {
    key = Self.taken.withLock { taken in
      var number = 1
      while true {
        let suffix = number == 1 ? "" : "-\(number)"
        let key = Key(folder: folder, name: ".\(id.short)\(suffix).apus-part")
        if taken.insert(key).inserted { return key }
        number += 1
      }
    }
  }

  func giveBack() { Self.taken.withLock { _ = $0.remove(key) } }
}
