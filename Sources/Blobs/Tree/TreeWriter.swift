import IO
import Primitives
import Security

/// Writes files and folders of the store to the disk; the essay stands in `TreeReader`.
package struct TreeWriter: Sendable {
  package struct Limits: Sendable {
    package var listing = Listing.Limits()
    /// Small files that are written in one turn, and their bytes.
    package var batchFiles = 256
    package var batchBytes: Int64 = 4 << 20
    package init() {}
  }

  /// What to do when something has the name already.
  package enum Existing: Sendable {
    /// Fails with `.exists`.
    case refuse
    /// It goes once the new one is whole.
    case replace
  }

  let store: BlobStore
  let limits: Limits

  package init(_ store: BlobStore, limits: Limits = Limits()) {
    self.store = store
    self.limits = limits
  }

  /// Gets a file into the store, and passes on what it keeps there.
  package typealias Bringing = @Sendable (FetchTap) async throws(BlobError) -> Void

  /// A file, durable when this returns. What `bring` passes on is written while the rest comes.
  package func write(
    _ id: BlobID, to path: String, mode: UInt32 = 0o644, existing: Existing = .refuse,
    progress: (TreeProgress) -> Void = { _ in }, bring: Bringing? = nil
  ) async throws(BlobError) {
    var done = TreeProgress()
    done.totalFiles = 1
    try await place(id, path, existing) { folder, name in
      let file = try folder.file(name, .creating(mode: 0o600))
      return (file, try file.info())
    } fill: { file throws(BlobError) in
      var written: Set<Int> = []
      if let bring { written = try await FileFollowing(store, id, file).write(bring) }
      let manifest = try await manifest(of: id)
      done.totalBytes = manifest.size
      try await write(manifest, to: file, except: written) { count in
        done.bytes += Int64(count)
        progress(done)
      }
      // Whoever has given up finds nothing there later.
      try Tree.checkCancellation()
      try await work {
        try file.setMode(mode & 0o777)
        try file.sync()
      }
    }
    try await used(id)
    done.files = 1
    progress(done)
  }

  /// A folder with everything in it, durable when this returns.
  package func writeFolder(
    _ id: BlobID, to path: String, mode: UInt32 = 0o755, existing: Existing = .refuse,
    progress: (TreeProgress) -> Void = { _ in }
  ) async throws(BlobError) {
    try await writeFolder(
      try await listing(of: id), of: id, to: path, mode: mode, existing: existing,
      progress: progress)
  }

  /// The same of a part of a folder.
  package func writeFolder(
    _ listing: Listing, of id: BlobID, to path: String, mode: UInt32,
    existing: Existing = .refuse, progress: (TreeProgress) -> Void = { _ in }
  ) async throws(BlobError) {
    try await place(id, path, existing) { folder, name in
      try folder.makeFolder(name, mode: 0o700)
      let root = try folder.folder(name)
      return (root, try root.info())
    } fill: { root throws(BlobError) in
      try await FolderWriting(self, root, listing).write(progress)
      try await work {
        try root.setMode(mode & 0o777)
        try root.syncFileSystem()
      }
    }
    try await used(id)
  }

  /// What is in a folder of the store.
  package func listing(of id: BlobID) async throws(BlobError) -> Listing {
    let manifest = try await manifest(of: id)
    guard manifest.size <= limits.listing.bytes else {
      throw BlobError(
        .refused, "the list of the folder \(id.short) is longer than \(limits.listing.bytes) bytes")
    }
    var gathered: [UInt8] = []
    gathered.reserveCapacity(Int(manifest.size))
    try await Tree.working { try await store.read(id) { gathered += $0 } }
    return try await work { [bytes = gathered, limits] in
      try Listing(decoding: bytes, limits: limits.listing)
    }
  }

  // MARK: - One file

  func manifest(of id: BlobID) async throws(BlobError) -> Manifest {
    if let manifest = try await store.manifest(of: id) { return manifest }
    throw BlobError(.notFound, "the file \(id.short) is not whole on this node; get it first")
  }

  /// Chunks of zeros are left out, so that they are holes, and those that are written already.
  func write(
    _ manifest: Manifest, to file: FileHandle, except written: Set<Int> = [],
    progress: (Int) -> Void
  ) async throws(BlobError) {
    try await Tree.working {
      let missing = manifest.chunks.indices.filter {
        manifest.chunks[$0] != Tree.zeroChunk && !written.contains($0)
      }
      let (store, buffers) = (store, PageBuffers())
      if !written.isEmpty { progress(written.reduce(0) { $0 + manifest.length(of: $1) }) }
      try await store.readChunks(missing) { number in
        try Tree.checkCancellation()
        let buffer = buffers.take()
        guard try await store.chunk(manifest.chunks[number], into: buffer) else {
          throw Self.isGone(manifest.id)
        }
        try await store.pool.run {
          try file.write(buffer, at: Int64(number) * Int64(Manifest.chunkSize))
        }
        buffers.give(buffer)
      } each: { number, _ in
        progress(manifest.length(of: number))
      }
      let holes = manifest.chunks.count { $0 == Tree.zeroChunk }
      if holes > 0 {
        try await store.pool.run { try file.truncate(to: manifest.size) }
        progress(holes * Manifest.chunkSize)
      }
    }
  }

  private static func isGone(_ id: BlobID) -> BlobError {
    BlobError(.notFound, "a part of \(id.short) was removed while it was read")
  }

  private func used(_ id: BlobID) async throws(BlobError) { try await store.touch(id) }

  // MARK: - Its place

  /// Lets `make` make something under another name beside the place, has it filled, and then gives
  /// it the name.
  private func place<Made: Sendable>(
    _ id: BlobID, _ path: String, _ existing: Existing,
    make: @escaping @Sendable (FolderHandle, String) throws -> (Made, FileInfo),
    fill: (Made) async throws(BlobError) -> Void
  ) async throws(BlobError) {
    let (parent, name) = try Tree.split(path)
    let folder = try await work { try FolderHandle(parent) }
    if existing == .refuse, try await work({ try folder.info(name) }) != nil {
      throw Self.exists(path)
    }
    let part = PartName(id, in: try await work { try folder.info() }.identity)
    defer { part.giveBack() }
    let (made, info) = try await work { [part] in
      try folder.remove(part.name)
      return try make(folder, part.name)
    }
    do throws(BlobError) {
      try await fill(made)
      try await work { [part] in
        try Self.rename(part.name, info, to: name, in: folder, existing)
        try folder.sync()
      }
    } catch {
      // The failure that led here is the one to report; the next attempt removes what stays.
      try? await work { [part] in
        if try folder.info(part.name)?.identity == info.identity { try folder.remove(part.name) }
      }
      if error.code == .exists { throw Self.exists(path) }
      throw error
    }
  }

  private static func rename(
    _ part: String, _ made: FileInfo, to name: String, in folder: FolderHandle,
    _ existing: Existing
  ) throws {
    let old = try folder.info(name)
    guard try folder.info(part)?.identity == made.identity else {
      throw BlobError(
        .busy, "somebody else writes the same into \(folder.path); try again when that is over")
    }
    guard existing == .replace, let old else {
      return try folder.rename(part, to: name, .refusing)
    }
    if old.kind != .folder && made.kind != .folder {
      return try folder.rename(part, to: name, .replacing)
    }
    try folder.rename(part, to: name, .exchanging)
    try folder.remove(part)
  }

  private static func exists(_ path: String) -> BlobError {
    BlobError(
      .exists,
      "there is something at \(SafePath.shown(path)) already; choose another name, or say that it "
        + "may be replaced")
  }

  /// On a thread that may block.
  func work<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws(BlobError) -> Result {
    try await Tree.working { [store] in try await store.pool.run(body) }
  }
}

/// Memory of chunks that are on their way, to be used again.
private final class PageBuffers: Sendable {
  private let free = Locked<[PageBuffer]>([])

  func take() -> PageBuffer {
    free.withLock { $0.popLast() } ?? PageBuffer(capacity: Manifest.chunkSize)
  }

  func give(_ buffer: PageBuffer) { free.withLock { $0.append(buffer) } }
}
