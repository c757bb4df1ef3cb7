package import Calls
import IO
import Mesh
import Primitives

// MARK: - Files for those who come by HTTP

extension Files {
  /// What a link opens, all of it on this node; nil for a link that leads nowhere.
  func open(
    _ secret: LinkSecret, from address: String, counts: Bool
  ) async throws(BlobError) -> (Manifest, Share)? {
    let seen = try await looking { [self] in
      try await ground.links.open(secret, from: address, counts: false, at: .now(), .now())
    }
    // It may be kept elsewhere alone by now.
    guard let seen, let signed = try await shareIfAny(seen.share) else { return nil }
    let tenant = try tenant()
    try await fetch(signed.share, sources(of: signed, tenant), tenant.index)
    guard let manifest = try await store.manifest(of: signed.share.blob) else { return nil }
    // A use is counted when there is something to read.
    let link = try await looking { [self] in
      try await ground.links.open(secret, from: address, counts: counts, at: .now(), .now())
    }
    return link == nil ? nil : (manifest, signed.share)
  }

  /// How a blob is given to who may read files; nil when no share of the network names it.
  package func grant(for blob: BlobID) async -> BlobGrant? {
    guard await isShared(blob) else { return nil }
    // Without a name it is given under its id.
    let shares = (try? await shelf.shares(of: blob)) ?? []
    let share = shares.first { !$0.signed.share.isWithdrawn }?.signed.share
    return BlobGrant(name: share?.name, type: share?.mediaType)
  }

  /// What came in without a share gets one.
  package func adopt(_ manifest: Manifest, name: String?, type: String?) async throws(BlobError) {
    var wish = FileWish()
    wish.name = Share.name(from: name ?? manifest.id.short)
    wish.type = type ?? ""
    wish.replaces = true
    _ = try await adopt(manifest, wish)
  }

  /// The same as somebody wants it.
  func adopt(_ manifest: Manifest, _ wish: FileWish) async throws(BlobError) -> SignedShare {
    guard !wish.name.isEmpty else { throw BlobError(.refused, "the file has no name; give it one") }
    var added = TreeReader.Added(manifest: manifest)
    added.size = manifest.size
    return try await publish(added, wish)
  }

  /// The file of this node that has this name and these bytes.
  func adopted(_ manifest: Manifest, named name: String) async throws(BlobError) -> SignedShare? {
    try await looking { [self] in try await shelf.shares(named: name) }.first {
      $0.key.owner == own && !$0.signed.share.isWithdrawn && $0.signed.share.blob == manifest.id
    }?.signed
  }

  /// What answers other nodes about copies, of the network of the moment.
  package func placementHandler() throws -> MethodHandler {
    let path = FilesV1.PlacementMethods.exchange.path
    do throws(BlobError) {
      guard let handler = try tenant().keeper.handlers.first(where: { $0.description.path == path })
      else { throw BlobError(.failed, "nobody answers about copies") }
      return handler
    } catch {
      throw Status(refusing: error)
    }
  }
}
