import IO
import Mesh
import Primitives

// MARK: - Checking what is kept

extension Files {
  /// A chunk that is not what it should be.
  package struct Damage: Sendable, Equatable {
    package var blob: BlobID
    package var chunk: Int
    /// Of the files that have it, as far as they are on the shelf.
    package var names: [String]
    package var isRepaired = false
  }

  /// Reads everything. With `repairs` all that is damaged is fetched anew from others: what is
  /// shared by several files is whole again in all of them. Reports on one file, or on all.
  package func check(
    _ text: String, repairs: Bool,
    progress: (BlobStore.VerifyProgress) -> Void, found: ([Damage]) async throws -> Void
  ) async throws(BlobError) -> BlobStore.Verified {
    let only = text.isEmpty ? nil : try await resolve(text).share.blob
    let verified = try await store.verify(progress)
    var wanted: Set<BlobID>?
    if let only { wanted = Set([only] + (try await members(of: only))) }
    let blobs = repairs ? try await store.mend(verified) : try await store.damages(by: verified)
    var damages: [Damage] = []
    for blob in blobs {
      let isRepaired = repairs ? await repair(blob.id) : false
      if repairs && !isRepaired { try await lose(blob.id) }
      guard wanted?.contains(blob.id) ?? true else { continue }
      let names = try await names(of: blob.id)
      damages += blob.chunks.map {
        Damage(blob: blob.id, chunk: $0, names: names, isRepaired: isRepaired)
      }
    }
    let all = damages
    try await looking { try await found(all) }
    return verified
  }

  /// The network does not count any more on copies that are not whole.
  private func lose(_ blob: BlobID) async throws(BlobError) {
    let keeper = try tenant().keeper
    try await looking { [self] in
      for named in [blob] + (try await store.folders(of: blob)) {
        for shelved in try await shelf.shares(of: named) { keeper.lost(shelved.key) }
      }
    }
  }

  /// Files in a folder that is here; none of anything else.
  private func members(of blob: BlobID) async throws(BlobError) -> [BlobID] {
    guard try await store.isFolder(blob) else { return [] }
    return try await members(listedIn: blob)
  }

  private func names(of blob: BlobID) async throws(BlobError) -> [String] {
    try await looking { [self] in
      var names = try await shelf.shares(of: blob).map(\.signed.share.name)
      for folder in try await store.folders(of: blob) {
        names += try await shelf.shares(of: folder).map(\.signed.share.name)
      }
      return Array(Set(names)).sorted()
    }
  }

  /// Of a file in a folder the holders of the folder are asked too.
  private func repair(_ blob: BlobID) async -> Bool {
    do throws(BlobError) {
      let tenant = try tenant()
      let sources = FetchSources()
      for asked in [blob] + (try await store.folders(of: blob)) {
        // One zone that does not answer leaves the others.
        guard let holders = try? await tenant.index.holders(of: asked) else { continue }
        for holder in holders where holder.isLive && holder.node != own { sources.add(holder.node) }
      }
      sources.close()
      try await ground.fetcher.fetch(blob, from: sources)
      return true
    } catch {
      Logger("Blobs").warning(
        "a damaged file could not be fetched anew", LogField("blob", blob.short),
        LogField("cause", error.message))
      return false
    }
  }
}
