import Calls
import IO
import Mesh
import Primitives
import Security

// MARK: - Bytes that come and go

extension Files {
  /// Why a blob is here, in the store's words.
  static func pin(of share: ShareKey) -> String { "\(pinPrefix)\(share.id)@\(share.owner)" }
  static let pinPrefix = "share:"

  /// A copy that the network counts on.
  func fetchCopy(
    of signed: SignedShare, from nodes: [NodeID], index: ShareIndex
  ) async throws(BlobError) {
    guard signed.share.owner == own || row(of: signed.share.owner) != nil else {
      throw BlobError(.denied, "copies are kept for members alone; the share's owner is none")
    }
    let sources = FetchSources()
    for node in nodes where node != own { sources.add(node) }
    // Pinned before it comes, so that it does not go again at once.
    try await store.pin(signed.share.blob, Self.pin(of: signed.key))
    do throws(BlobError) {
      let owner = signed.share.owner.description
      try await store.makeRoom(for: signed.share.blob, signed.share.size, of: owner)
      try await admit(signed.share, nodes)
      try await fetch(signed.share, sources, index)
      try await store.give(signed.share.blob, signed.share.size, to: owner)
      let shelved = try await looking { [self] in try await shelf.share(signed.key) }
      if shelved?.isPinned == true { try await store.pin(signed.share.blob, Self.userPin) }
    } catch {
      try await store.unpin(signed.share.blob, Self.pin(of: signed.key))
      throw error
    }
  }

  /// A copy opens what is here to all members. What no file of the network leads to (it was only
  /// fetched, or withdrawn) is not opened by somebody who knows its name alone.
  private func admit(_ share: Share, _ nodes: [NodeID]) async throws(BlobError) {
    if share.owner == own { return }
    if try await isHere(share), let manifest = try await store.manifest(of: share.blob) {
      if await isShared(share.blob) { return }
      for node in [share.owner] + nodes where node != own {
        if await ground.fetcher.proves(node, manifest) { return }
      }
      throw BlobError(.denied, "nobody who wants a copy of '\(share.name)' kept has it")
    }
    if !share.isFolder { return }
    let sources = FetchSources()
    for node in [share.owner] + nodes where node != own { sources.add(node) }
    sources.close()
    try await ground.fetcher.fetch(share.blob, from: sources)
    var isEmptied = false
    for member in try await members(listedIn: share.blob) {
      guard try await store.manifest(of: member) != nil, await !isShared(member),
        try await store.pins(of: member).isEmpty
      else { continue }
      // It comes again from who has it.
      isEmptied = try await store.remove(member) || isEmptied
    }
    if isEmptied { try await store.collect() }
  }

  func members(listedIn blob: BlobID) async throws(BlobError) -> [BlobID] {
    try await TreeWriter(store).listing(of: blob).entries.compactMap { entry in
      if case .file(let file) = entry.content { file.id } else { nil }
    }
  }

  /// The network does not count on the copy here any more. What no share names cannot be unpinned
  /// by anybody, so it is not kept for its reader either.
  func drop(_ signed: SignedShare) async throws(BlobError) {
    let blob = signed.share.blob
    try await store.unpin(blob, Self.pin(of: signed.key))
    let named = try await looking { [self] in try await shelf.shares(of: blob) }
    if named.allSatisfy(\.signed.share.isWithdrawn) { try await store.unpin(blob, Self.userPin) }
    guard try await store.pins(of: blob).isEmpty else {
      let owner = signed.share.owner
      let owned = named.contains {
        $0.key != signed.key && $0.key.owner == owner && $0.hasCopy
      }
      if !owned { try await store.remove(blob, of: owner.description) }
      return
    }
    try await store.remove(blob)
    try await store.collect()
  }

  /// Gets all that a share names into the store, from everybody who has it. What is here already
  /// is not fetched.
  func fetch(
    _ share: Share, _ sources: FetchSources, _ index: ShareIndex, past tap: FetchTap? = nil,
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) async throws(BlobError) {
    if try await isHere(share) { return sources.close() }
    try await withFound(share.blob, sources, index) { [self] () throws(BlobError) in
      if share.isFolder {
        try await fetchFolder(share, sources, progress)
      } else {
        try await ground.fetcher.fetch(share.blob, from: sources, past: tap, progress: progress)
      }
    }
  }

  /// All of it; a folder is there when everything in it is.
  func isHere(_ share: Share) async throws(BlobError) -> Bool {
    guard try await store.manifest(of: share.blob) != nil else { return false }
    if !share.isFolder { return true }
    return try await store.isFolder(share.blob)
  }

  /// Runs `body` while the index is asked who has the blob.
  func withFound(
    _ blob: BlobID, _ sources: FetchSources, _ index: ShareIndex,
    _ body: @escaping @Sendable () async throws(BlobError) -> Void
  ) async throws(BlobError) {
    let own = own
    let outcome = await withTaskGroup(of: Result<Void, BlobError>?.self) { group in
      group.addTask {
        do throws(BlobError) { return .success(try await body()) } catch { return .failure(error) }
      }
      group.addTask {
        defer { sources.close() }
        // A zone that does not answer leaves those who are known already.
        guard let holders = try? await index.holders(of: blob) else { return nil }
        for holder in holders where holder.node != own && holder.isLive {
          sources.add(holder.node)
        }
        return nil
      }
      defer { group.cancelAll() }
      while let result = await group.next() { if let result { return result } }
      return .failure(BlobError(.timedOut, "the fetch was given up"))
    }
    try outcome.get()
  }

  // MARK: - Folders

  /// The list of the folder first, then everything in it.
  private func fetchFolder(
    _ share: Share, _ sources: FetchSources,
    _ progress: @escaping @Sendable (FetchProgress) -> Void
  ) async throws(BlobError) {
    let manifest = try await ground.fetcher.fetch(share.blob, from: sources)
    try await withWriter { writer throws(BlobError) in
      writer.hold([share.blob])
      let listing = try await TreeWriter(store).listing(of: share.blob)
      let members = try await fetchMembers(listing, writer, sources, progress)
      for start in stride(from: 0, to: members.count, by: limits.together) {
        let part = members[start..<min(start + limits.together, members.count)]
        _ = try await writer.found(part.flatMap(\.chunks))
        try await writer.enclose(Array(part))
      }
      _ = try await writer.found(manifest.chunks)
      try await writer.sealFolder(manifest, size: share.size)
    }
  }

  func withWriter(
    _ body: (BlobWriter) async throws(BlobError) -> Void
  ) async throws(BlobError) {
    let writer = BlobWriter(store)
    do throws(BlobError) {
      try await body(writer)
      await writer.close()
    } catch {
      await writer.close()
      throw error
    }
  }

  /// The files of a folder, each once; large files one after the other. As long as the writer lasts
  /// what has come does not make room for what comes next.
  func fetchMembers(
    _ listing: Listing, _ writer: BlobWriter, _ sources: FetchSources,
    _ progress: @escaping @Sendable (FetchProgress) -> Void
  ) async throws(BlobError) -> [Manifest] {
    var small: [Manifest] = []
    var large: [FileContent] = []
    var seen: Set<BlobID> = []
    for case .file(let file) in listing.entries.map(\.content) where seen.insert(file.id).inserted {
      if let manifest = file.manifest { small.append(manifest) } else { large.append(file) }
    }
    writer.hold(Array(seen))
    let folder = FolderProgress(size: listing.size, tell: progress)
    for start in stride(from: 0, to: small.count, by: limits.together) {
      let part = Array(small[start..<min(start + limits.together, small.count)])
      try await ground.fetcher.fetch(part, from: sources) { folder.update($0, part: "small") }
      folder.finish("small", bytes: part.reduce(0) { $0 + $1.size })
    }
    var members = small
    for file in large {
      members.append(
        try await ground.fetcher.fetch(file.id, from: sources) {
          folder.update($0, part: file.id.short)
        })
      folder.finish(file.id.short, bytes: file.size)
    }
    return members
  }
}

/// Adds up what comes for the parts of a folder.
private final class FolderProgress: Sendable {
  private struct State: Sendable {
    var done: Int64 = 0
    var parts: [String: Int64] = [:]
  }

  private let size: Int64
  private let tell: @Sendable (FetchProgress) -> Void
  private let state = Locked(State())

  init(size: Int64, tell: @escaping @Sendable (FetchProgress) -> Void) {
    self.size = size
    self.tell = tell
  }

  func update(_ progress: FetchProgress, part: String) {
    var whole = progress
    whole.size = size
    whole.bytes = state.withLock { state in
      state.parts[part] = progress.bytes
      return state.done + state.parts.values.reduce(0, +)
    }
    tell(whole)
  }

  func finish(_ part: String, bytes: Int64) {
    state.withLock { state in
      state.parts[part] = nil
      state.done += bytes
    }
  }
}
