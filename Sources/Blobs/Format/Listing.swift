package import Primitives

/// What is in a folder: every path in it, with what stands there. Equal folders have equal bytes.
package struct Listing: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    case folder
    case file(FileContent)
    /// Where it points to, relative to the folder that it is in.
    case link(String)
  }

  package struct Entry: Hashable, Sendable {
    package var path: SafePath
    /// Permission bits; nothing that changes who runs it.
    package var mode: UInt16
    package var content: Content

    package init(path: SafePath, mode: UInt16, content: Content) {
      self.path = path
      self.mode = mode & 0o777
      self.content = content
    }
  }

  package struct Limits: Sendable {
    package var entries = 1_000_000
    package var bytes = 256 << 20
    /// Links on the way from a link to what it means.
    package var linkSteps = 40
    package init() {}
  }

  /// By path, each once, folders before what is in them.
  package let entries: [Entry]

  /// Sorts them, and refuses what could not be written out as it is.
  package init(_ entries: [Entry], limits: Limits = Limits()) throws(BlobError) {
    let sorted = entries.sorted { $0.path < $1.path }
    try Self.check(sorted, limits)
    self.entries = sorted
  }

  /// Takes only what is sorted already: there is one way to write a listing.
  init(sorted entries: [Entry], limits: Limits) throws(BlobError) {
    for (before, after) in zip(entries, entries.dropFirst()) where before.path > after.path {
      throw BlobError(.damaged, "the paths of a folder are not in order at \(after.path.shown)")
    }
    try Self.check(entries, limits)
    self.entries = entries
  }

  /// Of all files together.
  package var size: Int64 {
    entries.reduce(0) { sum, entry in
      if case .file(let file) = entry.content { sum + file.size } else { sum }
    }
  }

  // MARK: - What is refused

  private static func check(_ entries: [Entry], _ limits: Limits) throws(BlobError) {
    guard entries.count <= limits.entries else {
      throw BlobError(
        .refused, "a folder may hold \(limits.entries) files at most, not \(entries.count)")
    }
    var tree = LinkTree(steps: limits.linkSteps)
    var last: SafePath?
    for entry in entries {
      if entry.path == last {
        throw BlobError(.damaged, "a folder lists \(entry.path.shown) twice")
      }
      last = entry.path
      if !tree.hasParent(of: entry.path) {
        throw BlobError(.damaged, "\(entry.path.shown) is in no folder that is listed")
      }
      switch entry.content {
      case .folder: tree.addFolder(entry.path)
      case .link(let target): tree.addLink(entry.path, to: target)
      case .file: continue
      }
    }
    if let (path, target) = tree.firstAstray() {
      throw BlobError(
        .refused,
        "the link \(path.shown) leads out of its folder, or in a circle: \(SafePath.shown(target))")
    }
  }
}

/// The bytes behind a path.
package struct FileContent: Hashable, Sendable {
  package let size: Int64
  /// Of one chunk its name, else the name of the blob: of small files no manifest is fetched.
  package let digest: Digest

  package init(_ manifest: Manifest) {
    size = manifest.size
    digest = manifest.chunks.count == 1 ? manifest.chunks[0] : manifest.id.digest
  }

  /// As it was listed.
  init(size: Int64, digest: Digest) {
    self.size = size
    self.digest = digest
  }

  /// Nil when it has to be fetched.
  package var manifest: Manifest? {
    switch Manifest.chunkCount(of: size) {
    case 0: Manifest(size: 0, chunks: [])
    case 1: Manifest(size: size, chunks: [digest])
    default: nil
    }
  }

  package var id: BlobID { manifest?.id ?? BlobID(digest) }
}
