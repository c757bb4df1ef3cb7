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
  /// its name, and one that ends in a slash is made. Returns where it is.
  package func get(
    _ signed: SignedShare, part: String, to path: String, overwrites: Bool,
    progress: @escaping @Sendable (Passage) -> Void
  ) async throws(BlobError) -> String {
    let writer = TreeWriter(store)
    let existing: TreeWriter.Existing = overwrites ? .replace : .refuse
    let tell: (TreeProgress) -> Void = { progress(.writing($0)) }
    let share = signed.share
    if part.isEmpty, !share.isFolder {
      let target = try await place(path, named: share.name)
      let tenant = try tenant()
      try await writer.write(share.blob, to: target, existing: existing, progress: tell) {
        [self] tap throws(BlobError) in
        let sources = sources(of: signed, tenant)
        try await fetch(share, sources, tenant.index, past: tap) { progress(.fetching($0)) }
      }
      return target
    }
    let item = try await bring(signed, part) { progress(.fetching($0)) }
    let target = try await place(path, named: item.name)
    switch item.kind {
    case .folder(let listing, let mode):
      try await writer.writeFolder(
        listing, of: signed.share.blob, to: target, mode: mode, existing: existing, progress: tell)
    case .file(let id, let mode):
      try await writer.write(id, to: target, mode: mode, existing: existing, progress: tell)
    }
    return target
  }

  /// A file of the network, or what stands at a path in one that is a folder.
  struct Item: Sendable {
    enum Kind: Sendable {
      case file(BlobID, mode: UInt32)
      case folder(Listing, mode: UInt32)
    }
    var name: String
    var kind: Kind
    var size: Int64
  }

  /// Gets into the store what is wanted of a share, and no more than that.
  func bring(
    _ signed: SignedShare, _ part: String,
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) async throws(BlobError) -> Item {
    let (share, tenant) = (signed.share, try tenant())
    let sources = sources(of: signed, tenant)
    if part.isEmpty {
      try await fetch(share, sources, tenant.index, progress: progress)
      let kind: Item.Kind =
        share.isFolder
        ? .folder(try await TreeWriter(store).listing(of: share.blob), mode: 0o755)
        : .file(share.blob, mode: 0o644)
      return Item(name: share.name, kind: kind, size: share.size)
    }
    guard share.isFolder else {
      throw BlobError(.refused, "'\(share.name)' is no folder, so there is no part of it")
    }
    let path = try SafePath(part)
    let listing = try await listing(of: signed)
    guard let found = try listing.part(at: path) else {
      throw BlobError(.notFound, "there is no '\(path)' in '\(share.name)'")
    }
    let item: Item
    let members: Listing
    switch found {
    case .file(let file, let mode):
      item = Item(
        name: String(path.name), kind: .file(file.id, mode: UInt32(mode)), size: file.size)
      let entry = Listing.Entry(
        path: try SafePath(String(path.name)), mode: mode, content: .file(file))
      members = try Listing([entry])
    case .folder(let below, let mode):
      item = Item(
        name: String(path.name), kind: .folder(below, mode: UInt32(mode)), size: below.size)
      members = below
    }
    if try await isHere(share) {
      sources.close()
    } else {
      try await withFound(share.blob, sources, tenant.index) { [self] () throws(BlobError) in
        try await withWriter { writer throws(BlobError) in
          _ = try await fetchMembers(members, writer, sources, progress)
        }
      }
    }
    return item
  }

  private func place(_ path: String, named name: String) async throws(BlobError) -> String {
    let info = try await looking {
      try await BlockingPool.shared.run { try FolderHandle.look(at: path) }
    }
    let isFolder = info?.kind == .folder
    guard isFolder || path.hasSuffix("/") else { return path }
    var folder = path
    if !isFolder { try await looking { try await RealDisk().makeFolders(path, mode: 0o755) } }
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
    let listing = try await listing(of: signed)
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

  /// What is in a folder, of which no more than its list has to be here.
  private func listing(of signed: SignedShare) async throws(BlobError) -> Listing {
    if try await store.manifest(of: signed.share.blob) == nil {
      try await fetchList(signed, try tenant())
    }
    return try await TreeWriter(store).listing(of: signed.share.blob)
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
    let item = try await bring(signed, part)
    guard case .file(let id, _) = item.kind else {
      throw BlobError(
        .refused, "'\(item.name)' is a folder, which is no row of bytes; name a file in it")
    }
    try await begin(item.size)
    try await store.read(id, range, each: each)
  }
}
