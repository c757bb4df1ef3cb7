import IO
import Primitives
import Store

// MARK: - How much there may be

extension BlobStore {
  /// Bytes that may be kept here.
  package struct Quota: Sendable, Equatable {
    /// Of all chunks together, each counted once.
    package var node = Int64.max
    /// Of the blobs of one owner, each counted in full.
    package var owner = Int64.max
    /// Owners with another bound.
    package var owners: [String: Int64] = [:]
    package init() {}

    package func bound(of owner: String) -> Int64 { owners[owner] ?? self.owner }
  }

  package struct Usage: Sendable, Equatable {
    /// Of all chunks, each counted once.
    package var bytes: Int64 = 0
    /// Whole ones, and those that are not.
    package var blobs = 0
    package var partialBlobs = 0
    /// Bytes of the blobs of each owner.
    package var owners: [String: Int64] = [:]
    package init() {}
  }

  package var quota: Quota {
    get { state.withLock { $0.quota } }
    set { state.withLock { $0.quota = newValue } }
  }

  /// Bytes of all chunks, known without a look.
  package var bytes: Int64 { state.withLock { $0.bytes } }

  package func usage(owners limit: Int = 10_000) async throws(BlobError) -> Usage {
    let bytes = bytes
    return try await reading { session in
      var usage = Usage()
      usage.bytes = bytes
      try session.query(
        "SELECT is_whole, count(*) FROM blob_blobs GROUP BY is_whole", []
      ) { row in
        if try row.flag(0) {
          usage.blobs = try row.integer(1)
        } else {
          usage.partialBlobs = try row.integer(1)
        }
        return true
      }
      try session.query(
        "SELECT owner, sum(size) FROM blob_owners GROUP BY owner ORDER BY owner LIMIT $1",
        [.integer(limit)]
      ) { row in
        usage.owners[try row.text(0)] = try row.integer64(1)
        return true
      }
      return usage
    }
  }

  // MARK: - Making room

  /// From now on; what is beyond it and not pinned goes at once.
  package func limit(to quota: Quota) async throws(BlobError) {
    self.quota = quota
    if bytes > quota.node { try await evict(to: quota.node) }
    if quota.owner == .max, quota.owners.isEmpty { return }
    for (owner, bytes) in try await usage().owners {
      var surplus = bytes - quota.bound(of: owner)
      while surplus > 0 {
        let evicted = try await evict(atLeast: surplus, of: owner)
        if evicted == 0 { break }
        surplus -= evicted
      }
    }
    try await collect()
  }

  /// Removes blobs that nobody has pinned, the least recently used first, until at most so many
  /// bytes are left or nothing more can go. Returns how many bytes are left.
  @discardableResult
  package func evict(to target: Int64) async throws(BlobError) -> Int64 {
    try await collect()
    while bytes > target {
      guard try await evict(atLeast: bytes - target, of: nil) > 0 else { break }
      try await collect()
    }
    return bytes
  }

  /// Room for bytes to come, at the price of what is not pinned; `state.reserved` counts them
  /// until they are named or given up.
  func reserve(_ count: Int64) async throws(BlobError) {
    if state.withLock({ $0.reserve(count) }) { return }
    try await collect()
    while !state.withLock({ $0.reserve(count) }) {
      let (taken, bound) = state.withLock { ($0.bytes + $0.reserved, $0.quota.node) }
      guard count <= bound, try await evict(atLeast: taken + count - bound, of: nil) > 0 else {
        throw BlobError(
          .full,
          "the files here may take \(bound) bytes and \(taken) are taken by what is pinned or in "
            + "use; unpin or remove some, or raise the setting `files.quota`")
      }
      try await collect()
    }
  }

  /// Counts bytes as if they were reserved, whatever the quota says.
  func reserveAnyway(_ count: Int64) { state.withLock { $0.reserved += count } }

  /// They are not to come, or are about to be reserved piece by piece.
  func unreserve(_ count: Int64) { state.withLock { $0.reserved -= count } }

  /// Room for a blob that is about to be an owner's; one that has it already needs none.
  func makeRoom(for blob: BlobID, _ size: Int64, of owner: String) async throws(BlobError) {
    try await makeRoom(for: [(blob, size)], of: owner)
  }

  /// Counts a blob that is here against an owner's bound, and is refused beyond it.
  func give(_ blob: BlobID, _ size: Int64, to owner: String) async throws(BlobError) {
    let bound = quota.bound(of: owner)
    try await writing { session in
      try Self.give(blob, size, to: owner, session)
      let taken = try Self.taken(by: owner, session)
      if taken > bound { throw Self.isFull(owner, taken, bound) }
    }
  }

  static func give(
    _ id: BlobID, _ size: Int64, to owner: String, _ session: any Session
  ) throws {
    try session.execute(
      """
      INSERT INTO blob_owners (blob, owner, size) VALUES ($1, $2, $3)
      ON CONFLICT (blob, owner) DO UPDATE SET size = excluded.size
      """, [.blob(id.bytes), .text(owner), .integer(size)])
  }

  /// The same for blobs that an owner is about to have.
  func makeRoom(
    for blobs: [(id: BlobID, size: Int64)], of owner: String
  ) async throws(BlobError) {
    let bound = quota.bound(of: owner)
    if bound == .max { return }
    while true {
      let (taken, count) = try await reading { session in
        (try Self.taken(by: owner, session), try Self.added(to: owner, blobs, session))
      }
      if taken + count <= bound { return }
      guard count <= bound, try await evict(atLeast: taken + count - bound, of: owner) > 0 else {
        throw Self.isFull(owner, taken, bound)
      }
    }
  }

  /// The bytes of those that are not the owner's already.
  private static func added(
    to owner: String, _ blobs: [(id: BlobID, size: Int64)], _ session: any Session
  ) throws -> Int64 {
    var count: Int64 = 0
    for (id, size) in blobs {
      let isOwned = try session.first(
        "SELECT 1 FROM blob_owners WHERE blob = $1 AND owner = $2",
        [.blob(id.bytes), .text(owner)]
      ) { _ in true }
      if isOwned == nil { count += size }
    }
    return count
  }

  static func taken(by owner: String, _ session: any Session) throws -> Int64 {
    try session.first(
      "SELECT coalesce(sum(size), 0) FROM blob_owners WHERE owner = $1", [.text(owner)]
    ) { try $0.integer64(0) } ?? 0
  }

  static func isFull(_ owner: String, _ taken: Int64, _ bound: Int64) -> BlobError {
    BlobError(
      .full,
      "the files of \(owner) may take \(bound) bytes here and \(taken) are taken; remove or unpin "
        + "some, or ask for a larger share")
  }

  /// Returns how many bytes the blobs had that went, with all that was in folders: at most that
  /// much is free after `collect`.
  private func evict(atLeast count: Int64, of owner: String?) async throws(BlobError) -> Int64 {
    try await writeTouches()
    return try await writing { [self] session in
      var evicted: Int64 = 0
      var last: (usedAt: Int64, id: BlobID)?
      repeat {
        let batch = try evictable(of: owner, after: last, session)
        for (_, id) in batch where evicted < count {
          if state.withLock({ $0.busy[id] != nil }) { continue }
          let size = try Self.size(of: id, owner, session)
          try Self.leave(id, owner, session)
          // What is empty frees nothing.
          evicted += max(1, size)
        }
        last = batch.count < limits.batch ? nil : batch.last
      } while evicted == 0 && last != nil
      return evicted
    }
  }

  /// As it counts for the owner, or on the disk.
  private static func size(
    of id: BlobID, _ owner: String?, _ session: any Session
  ) throws -> Int64 {
    if let owner {
      return try session.first(
        "SELECT size FROM blob_owners WHERE blob = $1 AND owner = $2",
        [.blob(id.bytes), .text(owner)]
      ) { try $0.integer64(0) } ?? 0
    }
    return try session.first(
      """
      SELECT size + (
        SELECT coalesce(sum(m.size), 0) FROM blob_blobs AS m WHERE m.id IN (
          SELECT member FROM blob_members JOIN blob_folders ON number = folder WHERE blob = $1))
      FROM blob_blobs WHERE id = $1
      """, [.blob(id.bytes)]
    ) { try $0.integer64(0) } ?? 0
  }

  private func evictable(
    of owner: String?, after last: (usedAt: Int64, id: BlobID)?, _ session: any Session
  ) throws -> [(usedAt: Int64, id: BlobID)] {
    let owned =
      owner == nil
      ? "" : "AND EXISTS (SELECT 1 FROM blob_owners WHERE blob = b.id AND owner = $4)"
    return try session.rows(
      """
      SELECT used_at, id FROM blob_blobs AS b
      WHERE (used_at, id) > ($2, $3)
        AND NOT EXISTS (SELECT 1 FROM blob_pins WHERE blob = b.id)
        AND NOT EXISTS (SELECT 1 FROM blob_members WHERE member = b.id) \(owned)
      ORDER BY used_at, id LIMIT $1
      """,
      [.integer(limits.batch), .integer(last?.usedAt ?? .min), .blob(last?.id.bytes ?? [])]
        + (owner.map { [.text($0)] } ?? [])
    ) { (try $0.integer64(0), try Self.id($0, 1)) }
  }
}
