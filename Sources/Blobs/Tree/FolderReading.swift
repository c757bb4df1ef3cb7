import IO
import Primitives
import Security

/// One folder on its way into the store: found first, then read.
final class FolderReading {
  private struct File: Sendable {
    var path: SafePath
    var mode: UInt16
    var info: FileInfo
  }

  /// A small file that was read.
  private struct Small: Sendable {
    var manifest: Manifest
    var piece: BlobWriter.Piece?
  }

  private let reader: TreeReader
  private let root: FolderHandle
  private let writer: BlobWriter
  private var entries: [Listing.Entry] = []
  private var files: [File] = []
  private var unsealed: [Manifest] = []
  private var done = TreeProgress()

  init(_ reader: TreeReader, _ root: FolderHandle, _ writer: BlobWriter) {
    self.reader = reader
    self.root = root
    self.writer = writer
  }

  func add(_ progress: (TreeProgress) -> Void) async throws(BlobError) -> TreeReader.Added {
    try await walk()
    let size = files.reduce(0) { $0 + $1.info.size }
    (done.totalFiles, done.totalBytes) = (files.count, size)
    progress(done)
    let small = files.filter { $0.info.size <= reader.store.limits.rowBytes }
    try await addSmall(small, progress)
    for file in files where file.info.size > reader.store.limits.rowBytes {
      try await addLarge(file, progress)
    }
    try await seal(atLeast: 1)
    let encoded = try await reader.work { [entries, limits = reader.limits.listing] in
      try Listing(entries, limits: limits).encoded
    }
    let manifest = try await keep(encoded)
    try await writer.sealFolder(manifest, size: size)
    return TreeReader.Added(
      manifest: manifest, isFolder: true, size: size, files: files.count,
      newBytes: writer.newBytes)
  }

  // MARK: - Finding

  /// A folder a turn, so that it can be stopped.
  private func walk() async throws(BlobError) {
    var ahead: [SafePath?] = [nil]
    while let folder = ahead.popLast() {
      try Tree.checkCancellation()
      let limit = reader.limits.listing.entries - entries.count - files.count
      let (found, links) = try await reader.work { [root] in
        try Self.look(into: root.folder(folder?.names ?? []), at: folder, limit: limit)
      }
      entries += links
      for file in found {
        switch file.info.kind {
        case .folder:
          entries.append(Listing.Entry(path: file.path, mode: file.mode, content: .folder))
          ahead.append(file.path)
        case .file: files.append(file)
        case .link, .other: throw TreeReader.refused(file.path.text)
        }
      }
    }
    files.sort { $0.path < $1.path }
  }

  private static func look(
    into folder: FolderHandle, at path: SafePath?, limit: Int
  ) throws -> (found: [File], links: [Listing.Entry]) {
    var found: [File] = [], links: [Listing.Entry] = []
    for entry in try folder.entries(limit: max(0, limit)) {
      let place = try SafePath(path.map { "\($0)/\(entry.name)" } ?? entry.name)
      let mode = UInt16(entry.info.mode & 0o777)
      if entry.info.kind == .link {
        let target = try folder.link(entry.name)
        links.append(Listing.Entry(path: place, mode: 0o777, content: .link(target)))
      } else {
        found.append(File(path: place, mode: mode, info: entry.info))
      }
    }
    return (found, links)
  }

  // MARK: - Small files

  /// While one batch is kept the next is read.
  private func addSmall(
    _ files: [File], _ progress: (TreeProgress) -> Void
  ) async throws(BlobError) {
    var rest = files[...]
    var current = takeBatch(&rest)
    try await Tree.working { [reader, root] in
      var read = try await reader.work { [current] in try Self.read(current, root) }
      while !current.isEmpty {
        try Tree.checkCancellation()
        let next = takeBatch(&rest)
        async let ahead = reader.work { try Self.read(next, root) }
        try await keep(read, of: current)
        progress(done)
        current = next
        read = try await ahead
      }
    }
  }

  private func takeBatch(_ rest: inout ArraySlice<File>) -> [File] {
    var bytes: Int64 = 0
    let batch = rest.prefix(reader.limits.batchFiles).prefix { file in
      defer { bytes += file.info.size }
      return bytes < reader.limits.batchBytes
    }
    rest = rest.dropFirst(batch.count)
    return Array(batch)
  }

  private static func read(_ files: [File], _ root: FolderHandle) throws -> [Small] {
    var last: (path: SafePath?, folder: FolderHandle)?
    return try files.map { file in
      let parent = file.path.parent
      let folder =
        if let last, last.path == parent { last.folder } else {
          try root.folder(parent?.names ?? [])
        }
      last = (parent, folder)
      let handle = try folder.file(String(file.path.name), .reading)
      let bytes = try handle.read(at: 0, count: Int(file.info.size) + 1)
      let after = try handle.info()
      guard bytes.count == file.info.size, after.size == file.info.size,
        after.modified == file.info.modified
      else { throw TreeReader.changed(file.path.text) }
      let piece =
        bytes.isEmpty ? nil : BlobWriter.Piece(Digest.sha256(of: bytes), bytes)
      guard
        let manifest = Manifest(
          size: file.info.size, chunks: piece.map { [$0.digest] } ?? [])
      else { throw TreeReader.changed(file.path.text) }
      return Small(manifest: manifest, piece: piece)
    }
  }

  private func keep(_ read: [Small], of files: [File]) async throws(BlobError) {
    try await writer.keep(read.compactMap(\.piece))
    for (file, small) in zip(files, read) { note(file, small.manifest) }
    done.bytes += files.reduce(0) { $0 + $1.info.size }
    try await seal(atLeast: reader.limits.sealedFiles)
  }

  // MARK: - The rest

  private func addLarge(
    _ file: File, _ progress: (TreeProgress) -> Void
  ) async throws(BlobError) {
    let handle = try await reader.work { [root] in
      try root.folder(file.path.parent?.names ?? []).file(String(file.path.name), .reading)
    }
    let reading = FileReading(reader, handle, file.path.text, writer)
    let manifest = try await reading.add(file.info) { count in
      done.bytes += Int64(count)
      progress(done)
    }
    note(file, manifest)
    progress(done)
    try await seal(atLeast: reader.limits.sealedFiles)
  }

  private func note(_ file: File, _ manifest: Manifest) {
    unsealed.append(manifest)
    done.files += 1
    entries.append(
      Listing.Entry(path: file.path, mode: file.mode, content: .file(FileContent(manifest))))
  }

  private func seal(atLeast count: Int) async throws(BlobError) {
    if unsealed.count < count { return }
    let manifests = unsealed
    unsealed = []
    try await writer.enclose(manifests)
  }

  private func keep(_ bytes: [UInt8]) async throws(BlobError) -> Manifest {
    let cutter = ChunkCutter(writer)
    try await cutter.feed(bytes)
    return try await cutter.finish()
  }
}
