package import Calls
import IO
import Mesh
import Primitives

/// What a link's address says beside the secret.
package struct ShareFile: Sendable, Equatable {
  package var name: String
  package var id: ShareID
}

extension Share {
  /// As what a browser saves it.
  fileprivate var webName: String { isFolder ? name + ".tar" : name }
}

// MARK: - Files for those who come by HTTP

extension Files {
  /// A secret address under which anybody reads the file through this node: for a week when
  /// nothing else is said, as often as wanted.
  package func link(
    to text: String, for life: Duration? = nil, uses: Int? = nil
  ) async throws(BlobError) -> (link: ShareLink, signed: SignedShare, addresses: [String]) {
    let signed = try await resolve(text)
    let now = WallTime.now()
    let (link, secret) = try await looking { [self] in
      try await ground.links.create(
        for: signed.key, expires: now.advanced(by: life ?? limits.linkLife), uses: uses,
        now: now, .now())
    }
    let file = ShareFile(name: signed.share.webName, id: signed.share.id)
    return (link, signed, ground.addresses(secret, file))
  }

  package func revoke(link text: String) async throws(BlobError) -> ShareLink {
    let link = try await looking { [self] () async throws -> ShareLink? in
      guard let id = Self.linkID(text) else { return nil }
      return try await ground.links.revoke(id: id)
    }
    guard let link else {
      throw BlobError(.notFound, "this node has no such link; see `apus files links`")
    }
    return link
  }

  /// Of an id, a secret, or a whole link.
  private static func linkID(_ text: String) -> [UInt8]? {
    if let id = Hex.decode(text), id.count == ShareLink.idBytes { return id }
    let rest = text.firstRange(of: "/s/").map { text[$0.upperBound...] } ?? text[...]
    return LinkSecret(text: rest.prefix { $0 != "/" && $0 != "#" })?.id
  }

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
