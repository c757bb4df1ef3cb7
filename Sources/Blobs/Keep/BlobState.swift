import IO
import Primitives

extension BlobStore {
  /// What the store knows without the database: who is at what.
  struct State: Sendable {
    /// How many writers want it to stay.
    var leases: [Digest: Int] = [:]
    /// A `collect` is about to remove them: they count as gone.
    var going: Set<Digest> = []
    /// How many read or fetch it: it is not evicted.
    var busy: [BlobID: Int] = [:]
    var packs = OpenPacks()
    var nextPack: Int64 = 1
    /// Folders whose writers have not sealed them yet.
    var folders: Set<Int64> = []
    var nextFolder: Int64 = 1
    /// Of all chunks that are named, and of those that writers are about to name.
    var bytes: Int64 = 0
    var reserved: Int64 = 0
    var quota = Quota()
    /// When they were used, as long as it is not written down.
    var touched: [BlobID: Int64] = [:]

    mutating func lease(_ digest: Digest) { leases[digest, default: 0] += 1 }

    mutating func release(_ digests: some Sequence<Digest>) {
      for digest in digests {
        let count = (leases[digest] ?? 1) - 1
        leases[digest] = count == 0 ? nil : count
      }
    }

    mutating func enter(_ id: BlobID) { busy[id, default: 0] += 1 }

    mutating func leave(_ id: BlobID) {
      let count = (busy[id] ?? 1) - 1
      busy[id] = count == 0 ? nil : count
    }

    /// False when it would go beyond the quota.
    mutating func reserve(_ count: Int64) -> Bool {
      guard bytes + reserved + count <= quota.node else { return false }
      reserved += count
      return true
    }
  }
}

/// The packs that are open, and those that are being filled.
struct OpenPacks: Sendable {
  var writing: Set<Int64> = []
  private var files: [Int64: any DiskFile] = [:]
  /// The least recently used first.
  private var order: [Int64] = []

  mutating func take(_ pack: Int64) -> (any DiskFile)? {
    guard let file = files[pack] else { return nil }
    if order.last != pack {
      order.removeAll { $0 == pack }
      order.append(pack)
    }
    return file
  }

  mutating func keep(_ file: any DiskFile, of pack: Int64, limit: Int) {
    if files.updateValue(file, forKey: pack) == nil { order.append(pack) }
    if order.count > limit { files[order.removeFirst()] = nil }
  }

  mutating func close(_ pack: Int64) {
    files[pack] = nil
    order.removeAll { $0 == pack }
  }
}
