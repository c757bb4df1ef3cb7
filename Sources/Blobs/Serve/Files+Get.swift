import IO
import Mesh
import Primitives

// MARK: - Getting

extension Files {
  /// How far a file has come on its way to somebody.
  package enum Passage: Sendable {
    case fetching(FetchProgress)
    case writing(TreeProgress)
  }

  /// Fetches what is not here, and writes it to a path; a folder at the path takes it in under
  /// its name. Returns where it is.
  package func get(
    _ signed: SignedShare, part: String, to path: String, overwrites: Bool,
    progress: @escaping @Sendable (Passage) -> Void
  ) async throws(BlobError) -> String {
    let share = signed.share
    let tenant = try tenant()
    try await fetch(share, sources(of: signed, tenant), tenant.index) { progress(.fetching($0)) }
    let item = try await item(part, of: share)
    let target = try await place(path, named: item.name)
    let writer = TreeWriter(store)
    let existing: TreeWriter.Existing = overwrites ? .replace : .refuse
    let tell: (TreeProgress) -> Void = { progress(.writing($0)) }
    switch item.kind {
    case .folder(let id):
      try await writer.writeFolder(id, to: target, existing: existing, progress: tell)
    case .file(let id, let mode):
      try await writer.write(id, to: target, mode: mode, existing: existing, progress: tell)
    }
    return target
  }

  /// A file of the network, or one in a folder.
  struct Item: Sendable {
    enum Kind: Sendable {
      case file(BlobID, mode: UInt32)
      case folder(BlobID)
    }
    var name: String
    var kind: Kind
    var size: Int64
  }

  /// What stands at a path in a folder; with an empty one the share itself.
  func item(_ part: String, of share: Share) async throws(BlobError) -> Item {
    if part.isEmpty {
      return Item(
        name: share.name,
        kind: share.isFolder ? .folder(share.blob) : .file(share.blob, mode: 0o644),
        size: share.size)
    }
    guard share.isFolder else {
      throw BlobError(.refused, "'\(share.name)' is no folder, so there is no part of it")
    }
    let path = try SafePath(part)
    let listing = try await TreeWriter(store).listing(of: share.blob)
    guard let entry = listing.entries.first(where: { $0.path == path }) else {
      throw BlobError(.notFound, "there is no '\(path)' in '\(share.name)'")
    }
    guard case .file(let file) = entry.content else {
      throw BlobError(
        .refused, "'\(path)' in '\(share.name)' is no file; get the folder, or a file of it")
    }
    return Item(
      name: String(path.name), kind: .file(file.id, mode: UInt32(entry.mode)), size: file.size)
  }

  private func place(_ path: String, named name: String) async throws(BlobError) -> String {
    let info = try await looking {
      try await BlockingPool.shared.run { try FolderHandle.look(at: path) }
    }
    guard info?.kind == .folder else { return path }
    var folder = path
    while folder.hasSuffix("/.") { folder.removeLast(2) }
    return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// The entries of a folder at or below a path.
  func entries(of signed: SignedShare, under part: String) async throws(BlobError) -> [Listing
    .Entry]
  {
    guard signed.share.isFolder else {
      throw BlobError(.refused, "'\(signed.share.name)' is a file, not a folder")
    }
    let tenant = try tenant()
    if try await store.manifest(of: signed.share.blob) == nil {
      // Its list is enough.
      try await fetchList(signed, tenant)
    }
    let listing = try await TreeWriter(store).listing(of: signed.share.blob)
    if part.isEmpty { return listing.entries }
    let path = try SafePath(part)
    let below = listing.entries.filter { entry in
      entry.path == path || entry.path.text.hasPrefix(path.text + "/")
    }
    guard !below.isEmpty else {
      throw BlobError(.notFound, "there is no '\(path)' in '\(signed.share.name)'")
    }
    return below
  }

  private func fetchList(_ signed: SignedShare, _ tenant: FilesTenant) async throws(BlobError) {
    let sources = sources(of: signed, tenant)
    // Those who are known are asked in any case.
    if let holders = try? await tenant.index.holders(of: signed.share.blob) {
      for holder in holders where holder.isLive && holder.node != own { sources.add(holder.node) }
    }
    sources.close()
    try await ground.fetcher.fetch(signed.share.blob, from: sources)
  }

  /// The bytes of a file from an offset on, every one checked; what is not here is fetched first.
  package func download(
    _ signed: SignedShare, part: String, range: Range<Int64>?,
    begin: (Int64) async throws -> Void, each: (ArraySlice<UInt8>) async throws -> Void
  ) async throws {
    let tenant = try tenant()
    try await fetch(signed.share, sources(of: signed, tenant), tenant.index)
    let item = try await item(part, of: signed.share)
    guard case .file(let id, _) = item.kind else {
      throw BlobError(
        .refused, "'\(item.name)' is a folder, which is no row of bytes; name a file in it")
    }
    try await begin(item.size)
    try await store.read(id, range, each: each)
  }
}
