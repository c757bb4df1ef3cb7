import IO
import Primitives
import Security

// # From the disk into the store, and back
//
// A file becomes a blob; a folder becomes a blob for each file in it and one for its `Listing`.
// Whoever reads walks first, so that it is known how much there is, and then takes the files by
// the hundred: small ones are opened, read and hashed in one turn of another thread and named in
// one transaction. Large ones pass through a few page-aligned buffers: while one is written into
// a pack, the next are read and hashed. Whole chunks that are holes are not read at all.
//
// What is found is not trusted to stay. Every file is opened from the folder's own handle, name
// by name and without following links, and its size and time must be the same before and after
// it was read. Devices, pipes and sockets are refused, and links that lead out of the folder.
//
// Whoever writes makes everything beside its place under another name, syncs it, and renames it:
// the place holds the old or the new, whole, and nothing that is planted there meanwhile is
// followed. Modes are kept, holes are holes again.

/// Adds files and folders of the disk to the store.
package struct TreeReader: Sendable {
  package struct Limits: Sendable {
    package var listing = Listing.Limits()
    /// Chunks of a large file that are read and hashed at a time.
    package var chunksAhead = 3
    /// Small files that are read in one turn, and their bytes.
    package var batchFiles = 256
    package var batchBytes: Int64 = 2 << 20
    /// Files that one transaction names.
    package var sealedFiles = 1_024
    package init() {}
  }

  /// What is in the store now.
  package struct Added: Sendable, Equatable {
    /// Of the file, or of the listing of the folder.
    package var manifest: Manifest
    package var isFolder = false
    /// Of all files.
    package var size: Int64 = 0
    package var files = 0
    /// Bytes that were not in the store before.
    package var newBytes: Int64 = 0
    /// Permission bits of a file or folder of the disk.
    package var mode: UInt32?
  }

  let store: BlobStore
  let owner: String?
  let limits: Limits

  package init(_ store: BlobStore, owner: String? = nil, limits: Limits = Limits()) {
    self.store = store
    self.owner = owner
    self.limits = limits
  }

  /// The file or folder at a path; a link at its end is followed, for it was asked for.
  package func add(
    _ path: String, progress: (TreeProgress) -> Void = { _ in }
  ) async throws(BlobError) -> Added {
    let info = try await work { try FolderHandle.look(at: path) }
    guard let info else {
      throw BlobError(.notFound, "there is nothing at \(SafePath.shown(path))")
    }
    switch info.kind {
    case .folder:
      let root = try await work { try FolderHandle(path) }
      return try await writing { writer throws(BlobError) in
        var added = try await FolderReading(self, root, writer).add(progress)
        added.mode = info.mode & 0o777
        return added
      }
    case .file:
      return try await writing { writer throws(BlobError) in
        try await addFile(path, writer, progress)
      }
    case .link, .other:
      throw Self.refused(path)
    }
  }

  private func addFile(
    _ path: String, _ writer: BlobWriter, _ progress: (TreeProgress) -> Void
  ) async throws(BlobError) -> Added {
    let file = try await work {
      try FileHandle(path: path, FileOpening(writes: false, followsLinks: true))
    }
    let before = try await work { try file.info() }
    var done = TreeProgress()
    (done.totalFiles, done.totalBytes) = (1, before.size)
    let manifest = try await FileReading(self, file, path, writer).add(before) { count in
      done.bytes += Int64(count)
      progress(done)
    }
    try await writer.seal([manifest])
    done.files = 1
    progress(done)
    return Added(
      manifest: manifest, size: manifest.size, files: 1, newBytes: writer.newBytes,
      mode: before.mode & 0o777)
  }

  /// Bytes as they come, until `next` gives nil.
  package func add(
    stream next: () async throws -> [UInt8]?, progress: (TreeProgress) -> Void = { _ in }
  ) async throws(BlobError) -> Added {
    try await writing { writer throws(BlobError) in
      var done = TreeProgress()
      let cutter = ChunkCutter(writer)
      while let bytes = try await Tree.working({ try await next() }) {
        try Tree.checkCancellation()
        try await cutter.feed(bytes)
        done.bytes += Int64(bytes.count)
        progress(done)
      }
      let manifest = try await cutter.finish()
      try await writer.seal([manifest])
      return Added(
        manifest: manifest, size: manifest.size, files: 1, newBytes: writer.newBytes)
    }
  }

  // MARK: - Helpers

  private func writing<Result>(
    _ body: (BlobWriter) async throws(BlobError) -> Result
  ) async throws(BlobError) -> Result {
    let writer = BlobWriter(store, owner: owner)
    do throws(BlobError) {
      let result = try await body(writer)
      await writer.close()
      return result
    } catch {
      await writer.close()
      throw error
    }
  }

  /// On a thread that may block.
  func work<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws(BlobError) -> Result {
    try await Tree.working { [store] in try await store.pool.run(body) }
  }

  static func refused(_ path: String) -> BlobError {
    BlobError(
      .refused,
      "\(SafePath.shown(path)) is a device, a pipe or a socket; only files, folders and links "
        + "can be added")
  }

  static func changed(_ path: String) -> BlobError {
    BlobError(
      .busy,
      "\(SafePath.shown(path)) was changed while it was read; add it again when nobody writes to it"
    )
  }
}
