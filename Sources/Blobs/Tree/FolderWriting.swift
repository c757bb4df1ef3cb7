import IO
import Primitives
import Security

/// One folder on its way to the disk. Nobody else knows the name under which it is made.
struct FolderWriting {
  /// Something that is made in one turn with others.
  private struct Step: Sendable {
    var entry: Listing.Entry
    /// Of a small file; nil when it is empty.
    var digest: Digest?
  }

  private let writer: TreeWriter
  private let root: FolderHandle
  private let listing: Listing

  init(_ writer: TreeWriter, _ root: FolderHandle, _ listing: Listing) {
    self.writer = writer
    self.root = root
    self.listing = listing
  }

  /// Folders before what is in them, as they are listed; their modes last, since nobody writes
  /// into one that is read-only.
  func write(_ progress: (TreeProgress) -> Void) async throws(BlobError) {
    var done = TreeProgress()
    (done.totalFiles, done.totalBytes) = (0, listing.size)
    for case .file in listing.entries.lazy.map(\.content) { done.totalFiles? += 1 }
    progress(done)
    var rest = listing.entries[...]
    try await Tree.working {
      var current = takeBatch(&rest)
      var bytes = try await bytes(of: current)
      while !current.isEmpty || !rest.isEmpty {
        try Tree.checkCancellation()
        let next = takeBatch(&rest)
        async let ahead = self.bytes(of: next)
        try await make(current, bytes)
        count(current, &done)
        progress(done)
        try await writeLarge(current, &done, progress)
        current = next
        bytes = try await ahead
      }
    }
    let folders = listing.entries.filter { $0.content == .folder }
    try await writer.work { [root] in
      for folder in folders.reversed() {
        try root.folder(folder.path.names).setMode(UInt32(folder.mode))
      }
    }
  }

  // MARK: - Small files

  private func takeBatch(_ rest: inout ArraySlice<Listing.Entry>) -> [Step] {
    var bytes: Int64 = 0
    let batch = rest.prefix(writer.limits.batchFiles).prefix { entry in
      defer { bytes += Self.isSmall(entry) ? entry.size : 0 }
      return bytes < writer.limits.batchBytes
    }
    rest = rest.dropFirst(batch.count)
    return batch.map { Step(entry: $0, digest: Self.isSmall($0) ? $0.digest : nil) }
  }

  private static func isSmall(_ entry: Listing.Entry) -> Bool {
    entry.size <= Manifest.chunkSize
  }

  private func bytes(of steps: [Step]) async throws(BlobError) -> [[UInt8]] {
    let places = try await writer.store.places(of: steps.compactMap(\.digest))
    var rest = places[...]
    var all: [[UInt8]] = []
    for step in steps {
      guard step.digest != nil else {
        all.append([])
        continue
      }
      guard let place = rest.popFirst() ?? nil else { throw Self.lost(step.entry) }
      all.append(try await writer.store.bytes(at: place))
    }
    return all
  }

  private func make(_ steps: [Step], _ bytes: [[UInt8]]) async throws(BlobError) {
    try await writer.work { [root] in
      var last: (path: SafePath?, folder: FolderHandle)?
      for (step, bytes) in zip(steps, bytes) {
        let parent = step.entry.path.parent
        let folder =
          if let last, last.path == parent { last.folder } else {
            try root.folder(parent?.names ?? [])
          }
        last = (parent, folder)
        try Self.make(step, bytes, in: folder)
      }
    }
  }

  private static func make(_ step: Step, _ bytes: [UInt8], in folder: FolderHandle) throws {
    let name = String(step.entry.path.name)
    switch step.entry.content {
    case .folder: try folder.makeFolder(name, mode: 0o700)
    case .link(let target): try folder.makeLink(name, to: target)
    case .file:
      guard isSmall(step.entry) else { return }
      if let digest = step.digest {
        guard bytes.count == step.entry.size, Digest.sha256(of: bytes) == digest else {
          throw lost(step.entry)
        }
      }
      let file = try folder.file(name, .creating(mode: UInt32(step.entry.mode)))
      if !bytes.isEmpty { try file.write(bytes, at: 0) }
    }
  }

  private static func lost(_ entry: Listing.Entry) -> BlobError {
    BlobError(
      .damaged,
      "\(entry.path.shown) is not whole on this disk; `apus files repair` fetches it anew")
  }

  // MARK: - Large files

  private func count(_ steps: [Step], _ done: inout TreeProgress) {
    for case .file(let file) in steps.lazy.map(\.entry.content)
    where file.size <= Manifest.chunkSize {
      done.files += 1
      done.bytes += file.size
    }
  }

  private func writeLarge(
    _ steps: [Step], _ done: inout TreeProgress, _ progress: (TreeProgress) -> Void
  ) async throws(BlobError) {
    for step in steps where !Self.isSmall(step.entry) {
      guard let digest = step.entry.digest else { continue }
      let manifest = try await writer.manifest(of: BlobID(digest))
      let (path, mode) = (step.entry.path, UInt32(step.entry.mode))
      let file = try await writer.work { [root] in
        try root.folder(path.parent?.names ?? [])
          .file(String(path.name), .creating(mode: mode))
      }
      var count: Int64 = 0
      try await writer.write(manifest, to: file) { bytes in
        count += Int64(bytes)
        var now = done
        now.bytes += count
        progress(now)
      }
      done.files += 1
      done.bytes += count
      progress(done)
    }
  }
}

extension Listing.Entry {
  /// Of a file; 0 of everything else.
  fileprivate var size: Int64 {
    if case .file(let file) = content { file.size } else { 0 }
  }

  /// Of a file that is not empty.
  fileprivate var digest: Digest? {
    if case .file(let file) = content, file.size > 0 { file.digest } else { nil }
  }
}
