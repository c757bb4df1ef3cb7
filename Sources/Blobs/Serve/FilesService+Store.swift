package import Calls
import IO
import Primitives

// MARK: - Links, and the store

extension FilesService {
  package func createLink(
    _ request: FilesV1.CreateLinkRequest, _ context: CallContext
  ) async throws -> FilesV1.CreateLinkReply {
    guard request.life >= 0 else {
      throw Status(.invalidArgument, "life: nanoseconds from now are expected")
    }
    return try await Status.refusing { [files] in
      let made = try await files.link(
        to: request.file, for: request.life == 0 ? nil : .nanoseconds(request.life),
        uses: request.uses == 0 ? nil : Int(request.uses))
      let info = try await files.info(made.signed)
      return FilesV1.CreateLinkReply {
        $0.link = Self.message(made.link, info)
        $0.addresses = made.addresses
      }
    }
  }

  package func links(
    _ request: FilesV1.LinksRequest, _ context: CallContext
  ) async throws -> FilesV1.LinksReply {
    try await Status.refusing { [files] in
      let share = request.file.isEmpty ? nil : try await files.resolve(request.file).key
      let links = try await files.ground.links.links(of: share, now: .now())
      var reply = FilesV1.LinksReply()
      for link in links {
        let info = try await files.infoIfAny(try await files.shelf.share(link.share)?.signed)
        reply.links.append(Self.message(link, info))
      }
      return reply
    }
  }

  package func revokeLink(
    _ request: FilesV1.RevokeLinkRequest, _ context: CallContext
  ) async throws -> FilesV1.RevokeLinkReply {
    try await Status.refusing { [files] in
      let link = try await files.revoke(link: request.link)
      return FilesV1.RevokeLinkReply { $0.link = Self.message(link, nil) }
    }
  }

  private static func message(_ link: ShareLink, _ info: FilesV1.ShareInfo?) -> FilesV1.LinkInfo {
    FilesV1.LinkInfo {
      $0.id = link.id
      $0.share = info
      $0.created = link.createdAt.nanoseconds
      $0.expires = link.expiresAt.nanoseconds
      $0.uses = UInt32(clamping: link.uses ?? 0)
      $0.used = UInt32(clamping: link.used)
    }
  }

  // MARK: - The store

  package func verify(
    _ request: FilesV1.VerifyRequest, _ replies: MessageWriter<FilesV1.VerifyProgress>,
    _ context: CallContext
  ) async throws {
    try await check(request.file, repairs: false, replies)
  }

  package func repair(
    _ request: FilesV1.RepairRequest, _ replies: MessageWriter<FilesV1.VerifyProgress>,
    _ context: CallContext
  ) async throws {
    try await check(request.file, repairs: true, replies)
  }

  private func check(
    _ file: String, repairs: Bool, _ replies: MessageWriter<FilesV1.VerifyProgress>
  ) async throws {
    let feed = ProgressFeed<FilesV1.VerifyProgress>()
    let damages = Locked<[Files.Damage]>([])
    let verified = try await Status.refusing { [files] in
      try await feed.follow(every: files.limits.progress) {
        try await files.check(file, repairs: repairs) { progress in
          feed.update(
            FilesV1.VerifyProgress {
              $0.bytes = progress.bytes
              $0.total = progress.totalBytes
              $0.chunks = UInt64(clamping: progress.chunks)
            })
        } found: { found in
          damages.withLock { $0 += found }
        }
      } write: {
        try await replies.write($0)
      }
    }
    let found = damages.withLock { $0 }
    // A message has room for some thousands.
    for start in stride(from: 0, to: found.count, by: 1_000) {
      let part = found[start..<min(start + 1_000, found.count)]
      try await replies.write(FilesV1.VerifyProgress { $0.damages = part.map(Self.message) })
    }
    try await replies.write(
      FilesV1.VerifyProgress {
        $0.bytes = verified.bytes
        $0.total = verified.bytes
        $0.chunks = UInt64(clamping: verified.chunks)
        $0.isDone = true
        $0.repaired = UInt64(found.count { $0.isRepaired })
      })
  }

  private static func message(_ damage: Files.Damage) -> FilesV1.DamageInfo {
    FilesV1.DamageInfo {
      $0.blob = damage.blob.bytes
      $0.chunk = UInt32(clamping: damage.chunk)
      $0.names = damage.names
      $0.isRepaired = damage.isRepaired
    }
  }

  package func collect(
    _ request: FilesV1.CollectRequest, _ context: CallContext
  ) async throws -> FilesV1.CollectReply {
    guard request.downTo ?? 0 >= 0 else {
      throw Status(.invalidArgument, "down_to: a number of bytes from 0 is expected")
    }
    return try await Status.refusing { [files] in
      let before = try await files.store.usage(owners: 0)
      let collected = try await files.store.collect()
      if let target = request.downTo { try await files.store.evict(to: target) }
      let after = try await files.store.usage(owners: 0)
      return FilesV1.CollectReply {
        $0.chunks = UInt64(clamping: collected.chunks)
        $0.bytes = max(0, before.bytes - after.bytes)
        $0.blobs = UInt64(clamping: before.blobs - after.blobs)
      }
    }
  }

  package func usage(
    _ request: FilesV1.UsageRequest, _ context: CallContext
  ) async throws -> FilesV1.UsageReply {
    try await Status.refusing { [files, limits] in
      let usage = try await files.store.usage(owners: limits.page)
      let quota = files.store.quota
      return FilesV1.UsageReply {
        $0.bytes = usage.bytes
        $0.quota = quota.node
        $0.quotaPerOwner = quota.owner
        $0.owners = usage.owners.compactMap { owner, bytes in
          guard let node = NodeID(owner), node != files.own else { return nil }
          return FilesV1.OwnerUsage {
            $0.node = node.bytes
            $0.name = files.name(of: node)
            $0.bytes = bytes
          }
        }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
        $0.blobs = UInt64(clamping: usage.blobs)
        $0.partialBlobs = UInt64(clamping: usage.partialBlobs)
      }
    }
  }
}

extension Files {
  fileprivate func infoIfAny(
    _ signed: SignedShare?
  ) async throws(BlobError) -> FilesV1.ShareInfo? {
    guard let signed else { return nil }
    return try await info(signed)
  }
}
