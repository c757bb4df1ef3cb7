import IO
import Primitives
import Security
import Store

// MARK: - What nobody uses

extension BlobStore {
  /// What `collect` did.
  package struct Collected: Sendable, Equatable {
    package var chunks = 0
    package var bytes: Int64 = 0
    package var packs = 0
  }

  /// Removes chunks that no blob has and no writer wants, and what they leave in packs.
  @discardableResult
  package func collect() async throws(BlobError) -> Collected {
    var collected = Collected()
    var last: Digest?
    repeat {
      let batch = try await forget(after: last)
      collected.chunks += batch.lengths.count
      collected.bytes += batch.lengths.reduce(0) { $0 + Int64($1) }
      last = batch.last
    } while last != nil
    collected.packs = try await removeEmptyPacks()
    try await punchHoles()
    return collected
  }

  private struct Batch: Sendable {
    var lengths: [Int] = []
    /// Nil at the end.
    var last: Digest?
  }

  private func forget(after previous: Digest?) async throws(BlobError) -> Batch {
    // Until the transaction ends others may still see a chunk that is going.
    let going = Locked<Set<Digest>>([])
    defer {
      let gone = going.withLock { $0 }
      state.withLock { $0.going.subtract(gone) }
    }
    let batch = try await writing { [self] session in
      let batch = try forget(after: previous, session)
      going.withLock { $0 = batch.gone }
      return batch.batch
    }
    state.withLock { $0.bytes -= batch.lengths.reduce(0) { $0 + Int64($1) } }
    return batch
  }

  private func forget(
    after previous: Digest?, _ session: any Session
  ) throws -> (batch: Batch, gone: Set<Digest>) {
    let unused = try session.rows(
      """
      SELECT digest, length, pack, place FROM blob_chunks
      WHERE uses = 0 AND digest > $1 ORDER BY digest LIMIT $2
      """, [.blob(previous?.bytes ?? []), .integer(limits.batch)]
    ) { row in
      (
        try Self.digest(row, 0), try row.integer(1), try row.integerIfAny(2),
        try row.integerIfAny(3)
      )
    }
    let wanted = unused.isEmpty ? [] : try wantedByPartials(session)
    let going = state.withLock { state in
      let going = unused.filter { state.leases[$0.0] == nil && !wanted.contains($0.0) }
      state.going.formUnion(going.map(\.0))
      return going
    }
    var batch = Batch()
    for (digest, length, pack, place) in going {
      try session.execute("DELETE FROM blob_chunks WHERE digest = $1", [.blob(digest.bytes)])
      if let pack, let place { try Self.leaveHole(pack, place, length, session) }
      batch.lengths.append(length)
    }
    batch.last = unused.count < limits.batch ? nil : unused.last?.0
    return (batch, Set(going.map(\.0)))
  }

  static func leaveHole(
    _ pack: Int, _ place: Int, _ length: Int, _ session: any Session
  ) throws {
    try session.execute(
      """
      INSERT INTO blob_holes (pack, place, length) VALUES ($1, $2, $3)
      ON CONFLICT (pack, place) DO NOTHING
      """, [.integer(pack), .integer(place), .integer(length)])
  }

  func wantedByPartials(_ session: any Session) throws -> Set<Digest> {
    var wanted: Set<Digest> = []
    try session.query("SELECT manifest FROM blob_blobs WHERE is_whole = 0", []) { row in
      wanted.formUnion(try Manifest(decoding: try row.blob(0)).chunks)
      return true
    }
    return wanted
  }

  // MARK: - What is left in packs

  private func removeEmptyPacks() async throws(BlobError) -> Int {
    let empty = try await writing { [self] session in
      let found = try session.rows(
        """
        SELECT id FROM blob_packs
        WHERE NOT EXISTS (SELECT 1 FROM blob_chunks WHERE pack = blob_packs.id)
        ORDER BY id LIMIT $1
        """, [.integer(limits.batch)]
      ) { try $0.integer64(0) }
      let busy = state.withLock { $0.packs.writing }
      let gone = found.filter { !busy.contains($0) }
      for pack in gone {
        try session.execute("DELETE FROM blob_packs WHERE id = $1", [.integer(pack)])
        try session.execute("DELETE FROM blob_holes WHERE pack = $1", [.integer(pack)])
      }
      return gone
    }
    if empty.isEmpty { return 0 }
    try await storing { [self] in
      for pack in empty {
        state.withLock { $0.packs.close(pack) }
        try await removeIfThere(path(of: pack))
      }
      try await disk.syncFolder(folder)
    }
    return empty.count
  }

  func removeIfThere(_ path: String) async throws(SystemError) {
    do throws(SystemError) {
      try await disk.remove(path)
    } catch {
      if error.code != .notFound { throw error }
    }
  }

  private struct Hole: Sendable {
    var pack: Int64
    var range: Range<Int64>
  }

  private func punchHoles() async throws(BlobError) {
    while true {
      let holes = try await reading { [limits] session in
        try session.rows(
          "SELECT pack, place, length FROM blob_holes ORDER BY pack, place LIMIT $1",
          [.integer(limits.batch)]
        ) { row in
          let place = try row.integer64(1)
          return Hole(
            pack: try row.integer64(0), range: place..<place + (try row.integer64(2)))
        }
      }
      try await storing { [self] in try await punch(holes) }
      try await writing { session in
        for hole in holes {
          try session.execute(
            "DELETE FROM blob_holes WHERE pack = $1 AND place = $2",
            [.integer(hole.pack), .integer(hole.range.lowerBound)])
        }
      }
      if holes.count < limits.batch { return }
    }
  }

  private func punch(_ holes: [Hole]) async throws {
    var current: (pack: Int64, file: any DiskFile)?
    for hole in holes {
      if current?.pack != hole.pack {
        try await current?.file.sync()
        current = nil
        // A pack that is lost has nothing to punch.
        guard try await disk.info(path(of: hole.pack)) != nil else { continue }
        current = (hole.pack, try await disk.open(path(of: hole.pack), .writing))
      }
      try await current?.file.discard(hole.range)
    }
    try await current?.file.sync()
  }
}
