import Glibc
import IO
package import Primitives
import Security
import Store

// MARK: - Looking for damage, and mending it

extension BlobStore {
  package struct VerifyProgress: Sendable, Equatable {
    /// Looked at so far.
    package var chunks = 0
    package var bytes: Int64 = 0
    /// Of all that is here.
    package var totalBytes: Int64 = 0
  }

  /// What `verify` found.
  package struct Verified: Sendable, Equatable {
    package var chunks = 0
    package var bytes: Int64 = 0
    /// Chunks whose bytes are not what their name says, or cannot be read.
    package var damaged: [Digest] = []
    /// Chunks that a blob has which is said to be whole, and that are not here.
    package var missing: [Digest] = []
    /// Chunks whose `uses` are not what the blobs say.
    package var miscounted = 0
    /// Files among the packs that are none.
    package var strays: [String] = []

    package var isSound: Bool {
      damaged.isEmpty && missing.isEmpty && miscounted == 0 && strays.isEmpty
    }
  }

  /// A blob and the chunks that it lacks.
  package struct Damage: Sendable, Equatable {
    package var id: BlobID
    package var chunks: [Int]
  }

  /// Reads and checks everything; changes nothing. Throws when the disk does not let it look: only
  /// what it says of a chunk is damage.
  package func verify(
    _ progress: (VerifyProgress) -> Void = { _ in }
  ) async throws(BlobError) -> Verified {
    try await checkFolder()
    var found = Verified()
    var last: Digest?
    var done = VerifyProgress()
    done.totalBytes = bytes
    repeat {
      let chunks = try await chunks(after: last)
      for (digest, place) in chunks {
        if Task.isCancelled { throw BlobError(.timedOut, "stopped before everything was checked") }
        if try await !isSound(digest, place), found.damaged.count < limits.damages {
          found.damaged.append(digest)
        }
        done.chunks += 1
        done.bytes += Int64(place.length)
        progress(done)
      }
      last = chunks.last?.0
    } while last != nil
    (found.chunks, found.bytes) = (done.chunks, done.bytes)
    (found.missing, found.miscounted) = try await reading { [limits] session in
      let count = try Self.recount(session)
      return (Array(count.missing.prefix(limits.damages)), count.wrong.count)
    }
    found.strays = try await strays()
    return found
  }

  private func chunks(after last: Digest?) async throws(BlobError) -> [(Digest, ChunkPlace)] {
    try await reading { session in
      try session.rows(
        """
        SELECT digest, length, bytes, pack, place FROM blob_chunks
        WHERE digest > $1 ORDER BY digest LIMIT 64
        """, [.blob(last?.bytes ?? [])]
      ) { (try Self.digest($0, 0), try Self.place($0, from: 1)) }
    }
  }

  /// A disk that is not mounted looks like one that has lost everything.
  private func checkFolder() async throws(BlobError) {
    let packs = try await reading { session in
      try session.rows(
        """
        SELECT id FROM blob_packs
        WHERE EXISTS (SELECT 1 FROM blob_chunks WHERE pack = blob_packs.id) ORDER BY id
        """
      ) { try $0.integer64(0) }
    }
    let isThere = try await storing { [self] in
      guard try await disk.info(folder) != nil else { return false }
      for pack in packs where try await disk.info(path(of: pack)) != nil { return true }
      return packs.isEmpty
    }
    if isThere { return }
    throw BlobError(
      .failed,
      "nothing of what should be in \(folder) is there, so nothing is checked or given up: mount "
        + "its disk, or remove the files that are lost with it and get them again")
  }

  private func isSound(_ digest: Digest, _ place: ChunkPlace) async throws(BlobError) -> Bool {
    if try await isRight(digest, place) { return true }
    // It may have gone, or moved, meanwhile.
    guard let now = try await self.place(of: digest) else { return true }
    return now != place
  }

  /// Wrong or missing bytes, and such as the disk has lost, are damage. What else fails, for want
  /// of a descriptor or of the right to look, says nothing of the chunk.
  private func isRight(_ digest: Digest, _ place: ChunkPlace) async throws(BlobError) -> Bool {
    do throws(BlobError) {
      let bytes = try await bytes(at: place)
      return bytes.count == place.length ? try await hash(bytes) == digest : false
    } catch {
      guard let cause = error.cause as? SystemError, cause.number == EIO else { throw error }
      return false
    }
  }

  private func strays() async throws(BlobError) -> [String] {
    let names = try await storing { [self] in try await disk.list(folder, limit: limits.packs) }
    let known = try await reading { session in
      Set(try session.rows("SELECT id FROM blob_packs") { try $0.integer64(0) })
    }
    let packs = state.withLock { known.union($0.packs.writing) }
    let paths = Set(packs.map { path(of: $0) })
    return names.filter { !paths.contains("\(folder)/\($0)") }
  }

  // MARK: - Mending

  /// Forgets these chunks and what `verify` found besides, so that nothing here promises what is
  /// not there: blobs that lack a chunk are partial from now on, until it was fetched anew, and
  /// `sealed` again. Returns those blobs.
  @discardableResult
  package func mend(_ found: Verified) async throws(BlobError) -> [Damage] {
    try await checkFolder()
    let lost = try await stillDamaged(found.damaged)
    let bytes = try await writing { session in
      var bytes: Int64 = 0
      for (digest, place) in lost { bytes += try Self.lose(digest, at: place, session) }
      try Self.markDamaged(try Self.recount(session).broken, session)
      for (digest, uses) in try Self.recount(session).wrong {
        try session.execute(
          "UPDATE blob_chunks SET uses = $2 WHERE digest = $1",
          [.blob(digest.bytes), .integer(uses)])
      }
      return bytes
    }
    state.withLock { $0.bytes -= bytes }
    try await storing { [self] in
      for name in try await strays() where found.strays.contains(name) {
        try await removeIfThere("\(folder)/\(name)")
      }
    }
    return try await damages(limit: limits.damages)
  }

  /// The blobs that what `verify` found belongs to, beside those that lacked chunks before.
  package func damages(by found: Verified) async throws(BlobError) -> [Damage] {
    let lost = Set(found.damaged + found.missing)
    let before = try await damages(limit: limits.damages)
    if lost.isEmpty { return before }
    return before
      + (try await reading { session in
        var damages: [Damage] = []
        try session.query(
          "SELECT id, manifest FROM blob_blobs WHERE is_whole = 1 ORDER BY id", []
        ) { row in
          let manifest = try Manifest(decoding: try row.blob(1))
          let chunks = manifest.chunks.indices.filter { lost.contains(manifest.chunks[$0]) }
          if !chunks.isEmpty { damages.append(Damage(id: try Self.id(row, 0), chunks: chunks)) }
          return true
        }
        return damages
      })
  }

  /// Blobs that were whole once and lack a chunk now.
  package func damages(limit: Int) async throws(BlobError) -> [Damage] {
    try await reading { session in
      try session.rows(
        "SELECT id, manifest FROM blob_blobs WHERE is_whole = 0 AND is_damaged = 1 LIMIT $1",
        [.integer(limit)]
      ) { row in
        let manifest = try Manifest(decoding: try row.blob(1))
        return Damage(
          id: try Self.id(row, 0), chunks: try Self.held(manifest.chunks, session).missing)
      }
    }
  }

  /// What is given up goes for good: each is looked at once more before.
  private func stillDamaged(
    _ digests: [Digest]
  ) async throws(BlobError) -> [(Digest, ChunkPlace)] {
    var damaged: [(Digest, ChunkPlace)] = []
    for digest in digests {
      if let place = try await place(of: digest), try await !isSound(digest, place) {
        damaged.append((digest, place))
      }
    }
    return damaged
  }

  /// Unless it is somewhere else by now. Returns how many bytes it had.
  private static func lose(
    _ digest: Digest, at place: ChunkPlace, _ session: any Session
  ) throws -> Int64 {
    guard try self.place(of: digest, session) == place else { return 0 }
    try session.execute("DELETE FROM blob_chunks WHERE digest = $1", [.blob(digest.bytes)])
    if let pack = place.pack {
      try leaveHole(Int(pack), Int(place.place), place.length, session)
    }
    return Int64(place.length)
  }

  private static func markDamaged(_ ids: [BlobID], _ session: any Session) throws {
    for id in ids {
      try session.execute(
        "UPDATE blob_blobs SET is_whole = 0, is_damaged = 1 WHERE id = $1", [.blob(id.bytes)])
    }
  }

  private struct Recount: Sendable {
    /// Chunks of whole blobs that are not here, and the blobs that have them.
    var missing: [Digest] = []
    var broken: [BlobID] = []
    /// Chunks with the wrong number of uses, and the right one.
    var wrong: [(Digest, Int)] = []
  }

  /// Takes about a hundred bytes of memory for each chunk that is here.
  private static func recount(_ session: any Session) throws -> Recount {
    var counted: [Digest: (found: Int, said: Int)] = [:]
    try session.query("SELECT digest, uses FROM blob_chunks", []) { row in
      counted[try digest(row, 0)] = (0, try row.integer(1))
      return true
    }
    var recount = Recount()
    try session.query(
      "SELECT id, manifest FROM blob_blobs WHERE is_whole = 1 ORDER BY id", []
    ) { row in
      let chunks = try Manifest(decoding: try row.blob(1)).distinctChunks.map(\.digest)
      let missing = chunks.filter { counted[$0] == nil }
      recount.missing += missing
      if !missing.isEmpty { recount.broken.append(try id(row, 0)) }
      for chunk in chunks { counted[chunk]?.found += 1 }
      return true
    }
    recount.wrong = counted.filter { $0.value.found != $0.value.said }
      .map { ($0.key, $0.value.found) }.sorted { $0.0 < $1.0 }
    return recount
  }
}
