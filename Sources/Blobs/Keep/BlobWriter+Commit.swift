import IO
import Primitives
import Store

// MARK: - What makes it durable

extension BlobWriter {
  /// What one transaction names.
  private struct Naming: Sendable {
    var chunks: [Waiting] = []
    var blobs: [(manifest: Manifest, size: Int64)] = []
    var members: [Manifest] = []
    var folder: Int64?
    /// The listing of that folder: with it the folder is there.
    var listing: Manifest?
    var owner: String?
    var bound = Int64.max
    var now: Int64 = 0
  }

  /// Makes everything so far durable, though no blob has it yet.
  package func checkpoint() async throws(BlobError) { try await commit(Naming()) }

  /// Makes these blobs part of the store, whole, and durable. All their chunks were kept, or found
  /// here, by this writer.
  package func seal(_ manifests: [Manifest]) async throws(BlobError) {
    var naming = Naming()
    naming.blobs = manifests.map { ($0, $0.size) }
    try await commit(naming)
  }

  /// The same of files that are in the folder which this writer is about to seal: until it is
  /// sealed they stay as long as the writer does, and after that as long as the folder.
  package func enclose(_ manifests: [Manifest]) async throws(BlobError) {
    var naming = Naming()
    naming.members = manifests
    naming.folder = folderNumber()
    try await commit(naming)
  }

  /// Makes a folder of what was enclosed. `size` is that of all files in it, for the quota.
  package func sealFolder(_ listing: Manifest, size: Int64) async throws(BlobError) {
    var naming = Naming()
    naming.blobs = [(listing, listing.size + size)]
    naming.folder = folderNumber()
    naming.listing = listing
    try await commit(naming)
    if let number = folder { store.state.withLock { _ = $0.folders.remove(number) } }
    folder = nil
  }

  private func folderNumber() -> Int64 {
    if let folder { return folder }
    let number = store.state.withLock { state in
      defer { state.nextFolder += 1 }
      state.folders.insert(state.nextFolder)
      return state.nextFolder
    }
    folder = number
    return number
  }

  private func commit(_ asked: Naming) async throws(BlobError) {
    if let current = pack, !current.isSynced {
      do throws(BlobError) {
        try await store.storing { try await current.file.sync() }
      } catch {
        abandonPack()
        throw error
      }
      pack?.isSynced = true
    }
    var naming = asked
    naming.chunks = waiting
    if naming.chunks.isEmpty && naming.blobs.isEmpty && naming.members.isEmpty { return }
    if let owner, !naming.blobs.isEmpty {
      naming.owner = owner
      naming.bound = store.quota.bound(of: owner)
      try await store.makeRoom(for: naming.blobs.map { ($0.manifest.id, $0.size) }, of: owner)
    }
    naming.now = store.clock().nanoseconds
    settle(try await store.writing { [naming] session in try Self.name(naming, session) })
  }

  /// Returns how many bytes are new.
  private static func name(_ naming: Naming, _ session: any Session) throws -> Int64 {
    var bytes: Int64 = 0
    for chunk in naming.chunks { bytes += try name(chunk, session) }
    if let folder = naming.folder {
      try session.execute(
        "INSERT INTO blob_folders (number, blob) VALUES ($1, NULL) ON CONFLICT (number) DO NOTHING",
        [.integer(folder)])
      for member in naming.members {
        try name(member, at: naming.now, session)
        try session.execute(
          """
          INSERT INTO blob_members (folder, member) VALUES ($1, $2)
          ON CONFLICT (folder, member) DO NOTHING
          """, [.integer(folder), .blob(member.id.bytes)])
      }
    }
    for (manifest, size) in naming.blobs {
      try name(manifest, at: naming.now, session)
      if let owner = naming.owner { try BlobStore.give(manifest.id, size, to: owner, session) }
    }
    if let owner = naming.owner, naming.bound < .max {
      let taken = try BlobStore.taken(by: owner, session)
      if taken > naming.bound { throw BlobStore.isFull(owner, taken, naming.bound) }
    }
    if let folder = naming.folder, let listing = naming.listing {
      try name(folder, listing.id, session)
    }
    return bytes
  }

  private static func name(_ chunk: Waiting, _ session: any Session) throws -> Int64 {
    let changed = try session.execute(
      """
      INSERT INTO blob_chunks (digest, length, uses, bytes, pack, place)
      VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT (digest) DO NOTHING
      """,
      [
        .blob(chunk.digest.bytes), .integer(chunk.length), .blob(chunk.bytes),
        chunk.pack.map { .integer($0) } ?? .null, .integer(chunk.place),
      ])
    if changed == 1 { return Int64(chunk.length) }
    // Another writer was quicker, or this is the second attempt of ours.
    guard let pack = chunk.pack else { return 0 }
    let isOurs = try session.first(
      "SELECT 1 FROM blob_chunks WHERE digest = $1 AND pack = $2 AND place = $3",
      [.blob(chunk.digest.bytes), .integer(pack), .integer(chunk.place)]
    ) { _ in true }
    if isOurs == nil {
      try BlobStore.leaveHole(Int(pack), Int(chunk.place), chunk.length, session)
    }
    return 0
  }

  private static func name(
    _ manifest: Manifest, at now: Int64, _ session: any Session
  ) throws {
    let id = manifest.id
    let isWhole = try session.first(
      "SELECT is_whole FROM blob_blobs WHERE id = $1", [.blob(id.bytes)]
    ) { try $0.flag(0) }
    if isWhole == true { return }
    guard try BlobStore.use(manifest, session) == 0 else {
      throw BlobError(.busy, "a chunk of \(id.short) went away meanwhile; add it again")
    }
    try session.execute(
      """
      INSERT INTO blob_blobs (id, size, manifest, is_whole, is_damaged, added_at, used_at)
      VALUES ($1, $2, $3, 1, 0, $4, $4)
      ON CONFLICT (id) DO UPDATE SET is_whole = 1, is_damaged = 0
      """,
      [.blob(id.bytes), .integer(manifest.size), .blob(manifest.encoded), .integer(now)])
  }

  /// One folder of a name is enough: the members of a second one are the same.
  private static func name(_ folder: Int64, _ listing: BlobID, _ session: any Session) throws {
    let other = try session.first(
      "SELECT number FROM blob_folders WHERE blob = $1", [.blob(listing.bytes)]
    ) { try $0.integer64(0) }
    try session.execute(
      "UPDATE blob_folders SET blob = $2 WHERE number = $1",
      [.integer(folder), .blob(listing.bytes)])
    if let other { try BlobStore.dropFolder(other, session) }
  }
}
