package import IO
package import Primitives
import Security
import Store

/// Puts chunks and blobs into the store. What it has put there is durable after `checkpoint` or
/// `seal`; call `close` at the end, whatever happened.
/// Guard: confinement to the task that made it.
package final class BlobWriter {
  /// A small chunk whose hash the caller has worked out.
  package struct Piece: Sendable {
    package var digest: Digest
    package var bytes: [UInt8]

    package init(_ digest: Digest, _ bytes: [UInt8]) {
      self.digest = digest
      self.bytes = bytes
    }
  }

  /// A chunk that was written and is not named yet.
  struct Waiting: Sendable {
    var digest: Digest
    var length: Int
    var bytes: [UInt8]?
    var pack: Int64?
    var place: Int64
  }

  struct Pack {
    var id: Int64
    var file: any DiskFile
    var end: Int64 = 0
    var isSynced = true
  }

  private enum Source {
    case array([UInt8])
    case buffer(PageBuffer)

    var count: Int {
      switch self {
      case .array(let bytes): bytes.count
      case .buffer(let buffer): buffer.count
      }
    }
  }

  let store: BlobStore
  /// Whose blobs these are, for the quota; nobody's when nil.
  let owner: String?
  private var leased: Set<Digest> = []
  /// Blobs that are not evicted.
  private var held: Set<BlobID> = []
  private var isFetching = false
  /// Written since the last checkpoint.
  var waiting: [Waiting] = []
  private var waitingRowBytes = 0
  private var reserved: Int64 = 0
  var pack: Pack?
  /// The number of the folder whose members are being sealed.
  var folder: Int64?
  /// Chunks that were not here before, for whoever wants to say how much was new.
  package private(set) var newBytes: Int64 = 0

  package init(_ store: BlobStore, owner: String? = nil) {
    self.store = store
    self.owner = owner
  }

  // MARK: - Chunks

  /// Whether the chunk is here, in which case it stays until this writer closes.
  package func has(_ digest: Digest) async throws(BlobError) -> Bool {
    try await found([digest]).contains(digest)
  }

  /// Those of these chunks that are here; they stay until this writer closes.
  package func found(_ digests: [Digest]) async throws(BlobError) -> Set<Digest> {
    var found = leased.intersection(digests)
    let asked = Array(Set(digests).subtracting(found))
    for start in stride(from: 0, to: asked.count, by: store.limits.batch) {
      let batch = asked[start..<min(start + store.limits.batch, asked.count)]
      found.formUnion(try await look(for: Array(batch)))
    }
    return found
  }

  private func look(for asked: [Digest]) async throws(BlobError) -> Set<Digest> {
    var found: Set<Digest> = []
    // Before the look: what is leased does not go any more.
    let going = lease(asked)
    do throws(BlobError) {
      let map = try await store.held(asked)
      for (place, digest) in asked.enumerated() where map[place] && !going.contains(digest) {
        found.insert(digest)
      }
    } catch {
      release(Set(asked))
      throw error
    }
    release(Set(asked).subtracting(found))
    return found
  }

  /// Keeps bytes whose hash the caller has worked out.
  package func keep(_ bytes: [UInt8], _ digest: Digest) async throws(BlobError) {
    if bytes.count <= store.limits.rowBytes { return try await keep([Piece(digest, bytes)]) }
    try await keep(.array(bytes), digest)
  }

  /// The same without a copy. Nobody touches the buffer meanwhile. `isMissing` says that the caller
  /// has found the chunk not to be here: where another one keeps it meanwhile, a hole is left.
  package func keep(
    _ buffer: PageBuffer, _ digest: Digest, isMissing: Bool = false
  ) async throws(BlobError) {
    if buffer.count <= store.limits.rowBytes { return try await keep(buffer.array, digest) }
    try await keep(.buffer(buffer), digest, isMissing: isMissing)
  }

  /// Many at once: none is longer than a row may be.
  package func keep(_ pieces: [Piece]) async throws(BlobError) {
    let found = try await found(pieces.map(\.digest))
    var seen = found
    for piece in pieces where seen.insert(piece.digest).inserted {
      precondition(piece.bytes.count <= store.limits.rowBytes, "a piece is too long for a row")
      try await reserve(piece.bytes.count)
      lease([piece.digest])
      wait(for: piece.digest, piece.bytes.count, bytes: piece.bytes)
      waitingRowBytes += piece.bytes.count
    }
    let limit = isFetching ? store.limits.fetchedBytes : store.limits.waitingBytes
    if waitingRowBytes >= limit { try await checkpoint() }
  }

  private func keep(
    _ source: Source, _ digest: Digest, isMissing: Bool = false
  ) async throws(BlobError) {
    if isMissing ? leased.contains(digest) : try await has(digest) { return }
    try await reserve(source.count)
    lease([digest])
    do throws(BlobError) {
      let (id, place) = try await write(source)
      wait(for: digest, source.count, pack: id, place: place)
    } catch {
      release([digest])
      giveBack(Int64(source.count))
      throw error
    }
  }

  private func wait(
    for digest: Digest, _ length: Int, bytes: [UInt8]? = nil, pack: Int64? = nil, place: Int64 = 0
  ) {
    waiting.append(
      Waiting(digest: digest, length: length, bytes: bytes, pack: pack, place: place))
    newBytes += Int64(length)
  }

  // MARK: - Packs

  private func write(_ source: Source) async throws(BlobError) -> (pack: Int64, place: Int64) {
    if let full = pack, full.end >= store.limits.packBytes { try await finishPack() }
    if pack == nil { try await beginPack() }
    guard let current = pack else { preconditionFailure("no pack was begun") }
    try await store.storing {
      switch source {
      case .array(let bytes): try await current.file.write(bytes, at: current.end)
      case .buffer(let buffer): try await current.file.write(buffer, at: current.end)
      }
    }
    let alignment = store.limits.alignment
    let end = current.end + Int64(source.count)
    pack?.end = (end + alignment - 1) / alignment * alignment
    pack?.isSynced = false
    return (current.id, current.end)
  }

  private func beginPack() async throws(BlobError) {
    let id = store.state.withLock { state in
      defer { state.nextPack += 1 }
      state.packs.writing.insert(state.nextPack)
      return state.nextPack
    }
    do throws(BlobError) {
      let file = try await store.storing { [store] in
        let file = try await store.disk.open(store.path(of: id), .creating(mode: 0o600))
        try await store.disk.syncFolder(store.folder)
        return file
      }
      try await store.writing { session in
        try session.execute("INSERT INTO blob_packs (id, is_open) VALUES ($1, 1)", [.integer(id)])
      }
      pack = Pack(id: id, file: file)
    } catch {
      // The file is a stray now: the next start removes it.
      store.state.withLock { _ = $0.packs.writing.remove(id) }
      throw error
    }
  }

  /// A pack that stays marked as open is looked through at the next start.
  private func finishPack() async throws(BlobError) {
    try await checkpoint()
    guard let current = pack else { return }
    pack = nil
    store.state.withLock { _ = $0.packs.writing.remove(current.id) }
    try await store.writing { session in
      try session.execute(
        "UPDATE blob_packs SET is_open = 0 WHERE id = $1", [.integer(current.id)])
    }
  }

  /// Nothing is known about what was written to the pack since the last sync, and a second sync
  /// that succeeds does not say that it is there.
  func abandonPack() {
    guard let current = pack else { return }
    pack = nil
    let lost = waiting.filter { $0.pack == current.id }
    waiting.removeAll { $0.pack == current.id }
    release(Set(lost.map(\.digest)))
    giveBack(lost.reduce(0) { $0 + Int64($1.length) })
    store.state.withLock { _ = $0.packs.writing.remove(current.id) }
  }

  // MARK: - Fetching

  /// Remembers blobs that are to be fetched, so that neither a crash nor a `collect` loses what has
  /// come.
  package func begin(_ manifests: [Manifest]) async throws(BlobError) {
    let now = store.clock().nanoseconds
    isFetching = true
    hold(manifests.map(\.id))
    try await store.writing { session in
      for manifest in manifests {
        try session.execute(
          """
          INSERT INTO blob_blobs (id, size, manifest, is_whole, is_damaged, added_at, used_at)
          VALUES ($1, $2, $3, 0, 0, $4, $4) ON CONFLICT (id) DO NOTHING
          """,
          [
            .blob(manifest.id.bytes), .integer(manifest.size), .blob(manifest.encoded),
            .integer(now),
          ])
      }
    }
  }

  package func begin(_ manifest: Manifest) async throws(BlobError) { try await begin([manifest]) }

  /// None of these blobs makes room for others until this writer closes, whether it is here or is
  /// to come yet.
  package func hold(_ ids: [BlobID]) {
    let new = ids.filter { held.insert($0).inserted }
    store.state.withLock { state in
      for id in new { state.enter(id) }
    }
  }

  // MARK: - The end

  /// Lets go of what it holds. What was not sealed, and is no part of a blob that was begun, goes
  /// when `collect` comes by.
  package func close() async {
    // The next start looks through a pack that stays open; nothing is lost by that.
    do { try await finishPack() } catch { abandonPack() }
    if let number = folder {
      folder = nil
      store.state.withLock { _ = $0.folders.remove(number) }
      // What stays goes at the next start.
      try? await store.writing { session in try BlobStore.dropFolder(number, session) }
    }
    release(leased)
    giveBack(reserved)
    let ids = held
    held = []
    store.state.withLock { state in
      for id in ids { state.leave(id) }
    }
    (waiting, waitingRowBytes) = ([], 0)
  }

  // MARK: - Leases and room

  private func reserve(_ count: Int) async throws(BlobError) {
    try await store.reserve(Int64(count))
    reserved += Int64(count)
  }

  private func giveBack(_ count: Int64) {
    reserved -= count
    store.state.withLock { $0.reserved -= count }
  }

  /// What waited has names now, and so many bytes of it are new.
  func settle(_ named: Int64) {
    let count = waiting.reduce(0) { $0 + Int64($1.length) }
    (waiting, waitingRowBytes) = ([], 0)
    reserved -= count
    store.state.withLock { state in
      state.reserved -= count
      state.bytes += named
    }
  }

  /// Returns those that are about to be removed all the same.
  @discardableResult
  private func lease(_ digests: [Digest]) -> Set<Digest> {
    let new = digests.filter { leased.insert($0).inserted }
    return store.state.withLock { state in
      for digest in new { state.lease(digest) }
      return state.going.intersection(new)
    }
  }

  private func release(_ digests: Set<Digest>) {
    let held = leased.intersection(digests)
    leased.subtract(held)
    store.state.withLock { $0.release(held) }
  }
}
