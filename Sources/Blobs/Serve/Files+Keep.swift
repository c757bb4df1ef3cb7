import IO
import Mesh
import Primitives

// MARK: - Keeping, and letting go

extension Files {
  /// Takes an own file out of the network; the copies go when their holders hear of it.
  package func remove(_ text: String) async throws(BlobError) -> SignedShare {
    let signed = try await resolve(text)
    guard signed.share.owner == own else {
      throw BlobError(
        .denied,
        "'\(signed.share.name)' belongs to \(name(of: signed.share.owner)); it can be removed there"
      )
    }
    let tenant = try tenant()
    let last = try await looking { try await tenant.index.withdraw(signed.share) }
    tenant.keeper.add(last)
    try await looking { [self] in try await ground.links.revoke(share: signed.key) }
    try await drop(signed)
    return signed
  }

  /// Keeps it here until it is unpinned, fetching it if need be.
  package func pin(
    _ text: String, progress: @escaping @Sendable (FetchProgress) -> Void
  ) async throws(BlobError) -> SignedShare {
    let signed = try await resolve(text)
    let tenant = try tenant()
    try await store.pin(signed.share.blob, Self.userPin)
    do throws(BlobError) {
      try await fetch(
        signed.share, sources(of: signed, tenant), tenant.index, progress: progress)
    } catch {
      try await store.unpin(signed.share.blob, Self.userPin)
      throw error
    }
    // From here on the network counts on it, also after it is unpinned. Not without all of its
    // tags: what is passed on has to be what was signed.
    if !signed.share.isShortened {
      try await store.pin(signed.share.blob, Self.pin(of: signed.key))
      tenant.keeper.add(signed, isPinned: true)
    }
    return signed
  }

  package func unpin(_ text: String) async throws(BlobError) -> SignedShare {
    let signed = try await resolve(text)
    guard try await store.unpin(signed.share.blob, Self.userPin) else {
      throw BlobError(.notFound, "'\(signed.share.name)' is not pinned on this node")
    }
    try tenant().keeper.pin(signed.key, false)
    return signed
  }

  /// Who is known to have it before the index is asked.
  func sources(of signed: SignedShare, _ tenant: FilesTenant) -> FetchSources {
    let sources = FetchSources()
    if signed.share.owner != own { sources.add(signed.share.owner) }
    for node in tenant.keeper.holders(of: signed.key) where node != own { sources.add(node) }
    return sources
  }

  /// Everybody who says that it has the file, this node among them.
  package func holders(of signed: SignedShare) async throws(BlobError) -> [BlobHolder] {
    let tenant = try tenant()
    var holders = try await looking { try await tenant.index.holders(of: signed.share.blob) }
    for node in tenant.keeper.holders(of: signed.key)
    where !holders.contains(where: { $0.node == node }) {
      holders.append(
        BlobHolder(
          node: node, isLive: row(of: node)?.state.isLive ?? false, since: signed.share.changed))
    }
    let isHere = try await isHere(signed.share)
    holders.removeAll { $0.node == own && !isHere }
    if isHere, !holders.contains(where: { $0.node == own }) {
      holders.append(BlobHolder(node: own, isLive: true, since: signed.share.changed))
    }
    return holders.sorted { ($0.isLive ? 0 : 1, $0.node) < ($1.isLive ? 0 : 1, $1.node) }
  }
}
