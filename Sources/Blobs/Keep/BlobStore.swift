package import IO
package import Primitives
import Security
package import Store

// # Keeping blobs
//
// Small chunks are rows of the database. Larger ones stand in *packs*: files that a writer fills
// from beginning to end. A chunk is kept once, however many blobs have it; `uses` counts the
// blobs that are *whole* here. A blob that is not is *partial*: its chunks are kept as they come.
//
// Order of writing: the chunks into a pack, the pack synced, then one transaction that names the
// chunks and the blob. So what the database names is on the disk, and what a crash leaves beside
// it is found at the next start: a pack that no row names is removed, and in a pack that was
// being written chunks of partial blobs are named after their bytes were checked.
//
// Order of removing: one transaction takes the name away and writes down the *hole* that it
// leaves in a pack; then the hole is punched, and its row goes. Places in packs are never used
// twice, so whoever reads on sees zeros at worst, whose hash is wrong, and looks again.
//
// What keeps what: a *pin* keeps a blob, a folder keeps its *members*, a blob keeps its chunks. A
// writer holds a *lease* on every chunk that it wrote or found here. Chunks that nothing keeps go
// when `collect` comes by. *Owners* are those whose quota a blob counts against; beyond a quota
// blobs go that nobody has pinned, the least recently used first, but for those that somebody
// reads, fetches or *holds*.
//
// Damage: a chunk that is not what its name says is never given to anybody. `mend` forgets it, and
// the blobs that have it become partial, so that fetching them anew repairs them. What merely
// cannot be looked at, as on a disk that is not mounted, is no damage.

/// The blobs on this node's disk.
package final class BlobStore: Sendable {
  package struct Limits: Sendable {
    /// Chunks up to this length are rows.
    package var rowBytes = 64 << 10
    /// A pack that has grown to this gets no more chunks.
    package var packBytes: Int64 = 1 << 30
    /// Where a chunk may begin: at whole chunks, so that they are found again after a crash. What
    /// is left out between them takes no room on the disk.
    package var alignment = Int64(Manifest.chunkSize)
    /// Bytes in rows that wait for a checkpoint.
    package var waitingBytes = 8 << 20
    /// The same while a blob is being fetched: what a crash makes it fetch again.
    package var fetchedBytes = 1 << 20
    /// Packs that are kept open to be read.
    package var openPacks = 64
    package var packs = 1_000_000
    /// Rows that one transaction of `collect` or `evict` changes.
    package var batch = 4_096
    /// Lengths of last chunks that are looked for after a crash.
    package var salvagedLengths = 32
    /// Uses that are remembered before they are written down.
    package var touches = 1_024
    /// Chunks that `read` has ready before they are asked for.
    package var readAhead = 2
    /// Damaged chunks that one `verify` lists.
    package var damages = 100_000
    package init() {}
  }

  let disk: any Disk
  let folder: String
  let driver: any Driver
  package let limits: Limits
  let pool: BlockingPool
  let clock: @Sendable () -> WallTime
  let state = Locked(State())

  /// The driver has been migrated with `BlobSchema.schema`; `open` comes first. Hashes are worked
  /// out on the pool's threads.
  package init(
    _ driver: any Driver, disk: any Disk, folder: String, limits: Limits = Limits(),
    pool: BlockingPool = .shared, clock: @escaping @Sendable () -> WallTime = WallTime.now
  ) {
    self.driver = driver
    self.disk = disk
    self.folder = folder
    self.limits = limits
    self.pool = pool
    self.clock = clock
  }

  /// Makes the folder, and clears up after a crash.
  package func open() async throws(BlobError) {
    try await storing { [self] in
      try await disk.makeFolders(folder, mode: 0o700)
      try await salvage()
    }
  }

  // MARK: - What is here

  /// Of a blob of which all chunks are here.
  package func manifest(of id: BlobID) async throws(BlobError) -> Manifest? {
    try await find(id, whole: true)
  }

  /// Of a blob that is being fetched, or was, or has lost a chunk.
  package func partial(of id: BlobID) async throws(BlobError) -> Manifest? {
    try await find(id, whole: false)
  }

  private func find(_ id: BlobID, whole: Bool) async throws(BlobError) -> Manifest? {
    try await reading { session in
      let bytes = try session.first(
        "SELECT manifest FROM blob_blobs WHERE id = $1 AND is_whole = $2",
        [.blob(id.bytes), .flag(whole)]
      ) { try $0.blob(0) }
      return try bytes.map { try Manifest(decoding: $0, of: id) }
    }
  }

  /// The blob and which of its chunks are here, whole or not; nil when nobody has begun with it.
  package func map(of id: BlobID) async throws(BlobError) -> (Manifest, ChunkMap)? {
    try await reading { session in
      let row = try session.first(
        "SELECT manifest, is_whole FROM blob_blobs WHERE id = $1", [.blob(id.bytes)]
      ) { (try $0.blob(0), try $0.flag(1)) }
      guard let (bytes, isWhole) = row else { return nil }
      let manifest = try Manifest(decoding: bytes, of: id)
      if isWhole { return (manifest, ChunkMap(count: manifest.chunks.count, full: true)) }
      return (manifest, try Self.held(manifest.chunks, session))
    }
  }

  /// Whole ones, by name; those after `previous`.
  package func blobs(
    after previous: BlobID? = nil, limit: Int
  ) async throws(BlobError) -> [(id: BlobID, size: Int64)] {
    try await reading { session in
      try session.rows(
        "SELECT id, size FROM blob_blobs WHERE is_whole = 1 AND id > $1 ORDER BY id LIMIT $2",
        [.blob(previous?.bytes ?? []), .integer(limit)]
      ) { (try Self.id($0, 0), try $0.integer64(1)) }
    }
  }

  /// Which of these chunks are here.
  package func held(_ digests: [Digest]) async throws(BlobError) -> ChunkMap {
    try await reading { session in try Self.held(digests, session) }
  }

  static func held(_ digests: [Digest], _ session: any Session) throws -> ChunkMap {
    var map = ChunkMap(count: digests.count)
    for (place, digest) in digests.enumerated() {
      map[place] =
        try session.first(
          "SELECT 1 FROM blob_chunks WHERE digest = $1", [.blob(digest.bytes)]
        ) { _ in true } ?? false
    }
    return map
  }

  // MARK: - Errors

  func reading<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws(BlobError) -> Result {
    try await storing { [driver] in try await driver.read(body) }
  }

  @discardableResult
  func writing<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws(BlobError) -> Result {
    try await storing { [driver] in try await driver.write(body) }
  }

  /// Turns what the disk and the database say into this module's words.
  func storing<Result>(
    _ body: () async throws -> Result
  ) async throws(BlobError) -> Result {
    do {
      return try await body()
    } catch let error as BlobError {
      throw error
    } catch let error as SystemError where error.code == .diskFull {
      throw BlobError(.full, Self.diskIsFull, cause: error)
    } catch let error as DatabaseError where error.code == .diskFull {
      throw BlobError(.full, Self.diskIsFull, cause: error)
    } catch let error as DatabaseError where error.code == .overloaded {
      throw BlobError(.busy, error.message, cause: error)
    } catch {
      throw BlobError(.failed, "\(error)", cause: error)
    }
  }

  private static let diskIsFull =
    "the disk is full and nothing that was there is lost; make room, or let `apus files gc` "
    + "free what nobody uses any more"

  static func digest(_ row: any Row, _ column: Int) throws -> Digest {
    guard let digest = Digest(try row.blob(column)) else {
      throw BlobError(.damaged, "the table of files has a hash of another length")
    }
    return digest
  }

  static func id(_ row: any Row, _ column: Int) throws -> BlobID {
    BlobID(try digest(row, column))
  }
}
