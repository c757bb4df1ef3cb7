import HTTP
import IO
import Mesh
import Primitives
import Security

/// What somebody wants a file to be called and kept like.
package struct FileWish: Sendable {
  package var name = ""
  package var tags: [String] = []
  /// 0: as the node's setting says.
  package var replicas = 0
  /// Told by the name when empty.
  package var type = ""
  /// The own file of this name gets a new version.
  package var replaces = false
  package var isPinned = false
  package init() {}
}

// MARK: - Adding

extension Files {
  /// Reads a path into the store and publishes it.
  package func add(
    _ path: String, _ wish: FileWish, progress: (TreeProgress) -> Void = { _ in }
  ) async throws(BlobError) -> SignedShare {
    var wish = wish
    if wish.name.isEmpty { wish.name = Share.name(from: Self.lastName(of: path)) }
    // Before anything is read: the name may be taken.
    _ = try await replaced(wish)
    let added = try await TreeReader(store, owner: own.description).add(path, progress: progress)
    return try await publish(added, wish)
  }

  /// Bytes as they come, until `next` gives nil.
  package func add(
    _ wish: FileWish, size: Int64?, stream next: () async throws -> [UInt8]?,
    progress: (TreeProgress) -> Void = { _ in }
  ) async throws(BlobError) -> SignedShare {
    guard !wish.name.isEmpty else { throw BlobError(.refused, "the file has no name; give it one") }
    // Before anything is read: the name may be taken.
    _ = try await replaced(wish)
    let added = try await TreeReader(store, owner: own.description).add(
      stream: next, progress: progress)
    if let size, added.size != size {
      throw BlobError(
        .refused, "\(size) bytes were announced and \(added.size) came; send it again")
    }
    return try await publish(added, wish)
  }

  /// Empty when the name says nothing; nobody trusts it to be true.
  private static func type(by name: String) -> String {
    let type = MediaType.of(path: name)
    return type == MediaType.unknown ? "" : String(type.prefix { $0 != ";" })
  }

  private static func lastName(of path: String) -> String {
    String(path.split(separator: "/").last { $0 != "." && $0 != ".." } ?? "files")
  }

  /// The version that a new one takes the place of. Throws when the name is taken.
  private func replaced(_ wish: FileWish) async throws(BlobError) -> Share? {
    let name = wish.name
    let same = try await looking { [self] in try await shelf.shares(named: name) }
      .first { $0.key.owner == own && !$0.signed.share.isWithdrawn }
    guard let old = same?.signed.share else { return nil }
    guard wish.replaces else {
      throw BlobError(
        .exists,
        "this node owns a file called '\(wish.name)' already; give this one another name with "
          + "--name, or let it take the other's place with --replace")
    }
    return old
  }

  /// What is in the store already becomes a file.
  func publish(
    _ added: TreeReader.Added, _ wish: FileWish
  ) async throws(BlobError) -> SignedShare {
    while true {
      // Again when another one of this name came in between.
      let old = try await replaced(wish)
      if let signed = try await publish(added, wish, replacing: old) { return signed }
    }
  }

  /// Nil when `old` is not the latest of that name any more.
  private func publish(
    _ added: TreeReader.Added, _ wish: FileWish, replacing old: Share?
  ) async throws(BlobError) -> SignedShare? {
    let share = share(added, wish, replacing: old)
    let tenant = try tenant()
    let signed = try tenant.index.sign(share)
    try await store.pin(share.blob, Self.pin(of: share.key))
    guard try await isHere(share) else {
      try await store.unpin(share.blob, Self.pin(of: share.key))
      throw BlobError(.busy, "the bytes were let go to make room before they had a name; try again")
    }
    var shelved = ShelvedShare(signed, hasCopy: true)
    if let old { shelved.isPinned = try await isPinned(old.key) }
    shelved.isPinned = shelved.isPinned || wish.isPinned
    if shelved.isPinned { try await store.pin(share.blob, Self.userPin) }
    // On disk before anybody hears of it: what is acknowledged is there after a crash.
    let entry = shelved
    let isSaved = try await looking { [self] in try await shelf.publish(entry, replacing: old) }
    guard isSaved else {
      if old == nil { try await store.unpin(share.blob, Self.pin(of: share.key)) }
      return nil
    }
    tenant.keeper.add(signed, isPinned: shelved.isPinned)
    if let old, old.blob != share.blob { try await drop(try tenant.index.sign(old)) }
    await list(signed, replacing: old, tenant)
    return signed
  }

  private func isPinned(_ key: ShareKey) async throws(BlobError) -> Bool {
    try await looking { [self] in try await shelf.share(key)?.isPinned ?? false }
  }

  private func share(
    _ added: TreeReader.Added, _ wish: FileWish, replacing old: Share?
  ) -> Share {
    guard let id = old?.id ?? ShareID(SecureRandom.bytes(ShareID.count)) else {
      preconditionFailure("an id has \(ShareID.count) bytes")
    }
    var share = Share(
      key: ShareKey(owner: own, id: id), name: wish.name, size: added.size,
      blob: added.manifest.id, at: .now())
    share.isFolder = added.isFolder
    share.mediaType = wish.type
    if wish.type.isEmpty && !added.isFolder { share.mediaType = Self.type(by: wish.name) }
    share.tags = Share.sorted(tags: wish.tags)
    share.replicas = wish.replicas == 0 ? ground.replicas : wish.replicas
    if let old {
      share.version = old.version + 1
      share.created = old.created
    }
    return share
  }

  /// Puts it into the index now, if that is quick; else placement goes on trying.
  private func list(_ signed: SignedShare, replacing old: Share?, _ tenant: FilesTenant) async {
    let (home, time) = (ground.home, limits.publishTime)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await tenant.index.publish(signed, replacing: old)
          try await tenant.index.hold(signed.share.blob)
        } catch {
          Logger("Blobs").debug(
            "the index does not take a file yet; it is tried again", LogField("why", "\(error)"))
        }
      }
      group.addTask {
        // Ends early when the index has it.
        try? await home.run { try await home.sleep(for: time) }
      }
      await group.next()
      group.cancelAll()
    }
  }
}
