package import Calls
import IO
import Mesh
import Primitives

// MARK: - Finding and showing

extension FilesService {
  package func find(
    _ request: FilesV1.FindRequest, _ context: CallContext
  ) async throws -> FilesV1.FindReply {
    let page = request.limit == 0 ? limits.page : min(Int(request.limit), limits.page)
    return try await Status.refusing { [files] in
      request.hereOnly
        ? try await files.shelved(after: request.cursor, page: page)
        : try await files.search(request, page: page, deadline: context.deadline?.instant)
    }
  }

  package func show(
    _ request: FilesV1.ShowRequest, _ context: CallContext
  ) async throws -> FilesV1.ShowReply {
    try await Status.refusing { [files] in
      let signed = try await files.resolve(request.file)
      let holders = try await files.holders(of: signed)
      let info = try await files.info(signed)
      return FilesV1.ShowReply { reply in
        reply.share = info
        reply.holders = holders.map { holder in
          let row = files.row(of: holder.node)
          return FilesV1.Holder {
            $0.node = holder.node.bytes
            $0.name = row?.name ?? holder.node.short
            $0.state = row?.state.description ?? "unknown"
            $0.path = row?.path?.rawValue ?? ""
            $0.isOwner = holder.node == signed.share.owner
          }
        }
      }
    }
  }
}

extension Files {
  /// What is on this node's shelf, page by page.
  fileprivate func shelved(
    after cursor: [UInt8], page: Int
  ) async throws(BlobError) -> FilesV1.FindReply {
    var key: ShareKey?
    if !cursor.isEmpty {
      guard let read = ShareKey(cursor) else {
        throw BlobError(.refused, "cursor: one that a page before has given is expected")
      }
      key = read
    }
    let after = key
    let shelved = try await looking { [self] in try await shelf.shares(after: after, limit: page) }
    var reply = FilesV1.FindReply()
    for entry in shelved where !entry.signed.share.isWithdrawn {
      reply.shares.append(try await info(entry.signed))
    }
    if shelved.count == page, let last = shelved.last?.key {
      reply.cursor = last.bytes
    }
    reply.isComplete = true
    return reply
  }

  fileprivate func search(
    _ request: FilesV1.FindRequest, page: Int, deadline: Instant?
  ) async throws(BlobError) -> FilesV1.FindReply {
    var query = ShareQuery()
    query.name = request.name.isEmpty ? nil : request.name
    query.prefix = request.prefix.isEmpty ? nil : request.prefix
    query.words = request.words
    query.tags = request.tags
    query.type = request.type.isEmpty ? nil : request.type
    query.smallest = request.smallest
    query.largest = request.largest
    query.owner = try request.owner.isEmpty ? nil : node(named: request.owner)
    // Leaves time to say what was found.
    let latest = Instant.now().advanced(by: limits.searchTime)
    let end = deadline.map { min($0.advanced(by: .milliseconds(-100)), latest) } ?? latest
    let findings = try await find(
      query, page: page,
      after: try request.cursor.isEmpty ? nil : ShareCursor(decoding: request.cursor),
      wide: request.wide, deadline: end)
    var reply = FilesV1.FindReply()
    for found in findings.found { reply.shares.append(try await info(found.signed)) }
    reply.cursor = findings.cursor?.bytes ?? []
    reply.contacts = UInt32(clamping: findings.contacts)
    reply.wentWide = findings.wentWide
    reply.isComplete = findings.isComplete
    if !findings.isComplete {
      reply.warnings.append("not every zone has answered in time: there may be more")
    }
    if findings.forged > 0 {
      reply.warnings.append("\(findings.forged) entries that nobody had signed were left out")
    }
    return reply
  }

  /// A share with what this node knows of it.
  func info(_ signed: SignedShare) async throws(BlobError) -> FilesV1.ShareInfo {
    let share = signed.share
    let isHere = try await isHere(share)
    let isPinned = try await store.pins(of: share.blob).contains(Self.userPin)
    return FilesV1.ShareInfo {
      $0.id = share.id.bytes
      $0.name = share.name
      $0.kind = share.isFolder ? .folder : .file
      $0.type = share.mediaType
      $0.size = share.size
      $0.blob = share.blob.bytes
      $0.tags = share.tags
      $0.owner = share.owner.bytes
      $0.ownerName = name(of: share.owner)
      $0.replicas = UInt32(clamping: share.replicas)
      $0.version = share.version
      $0.created = share.created.nanoseconds
      $0.changed = share.changed.nanoseconds
      $0.isPinned = isPinned
      $0.isHere = isHere
    }
  }

  func message(_ progress: FetchProgress) -> FilesV1.Progress {
    FilesV1.Progress { message in
      message.phase = .fetching
      message.bytes = progress.bytes
      message.total = progress.size ?? 0
      message.spared = progress.found
      message.sources = progress.sources.map { source in
        FilesV1.SourceProgress {
          $0.node = source.node.bytes
          $0.name = name(of: source.node)
          $0.path = source.path?.rawValue ?? ""
          $0.bytesPerSecond = Int64(source.rate ?? 0)
          $0.bytes = source.bytes
          $0.fault = source.fault?.description ?? ""
          $0.isCalled = source.isCalled
        }
      }
    }
  }
}

extension FilesService {
  static func message(
    _ progress: TreeProgress, _ phase: FilesV1.Progress.Phase
  ) -> FilesV1.Progress {
    FilesV1.Progress {
      $0.phase = phase
      $0.bytes = progress.bytes
      $0.total = progress.totalBytes ?? 0
      $0.files = UInt64(clamping: progress.files)
      $0.totalFiles = UInt64(clamping: progress.totalFiles ?? 0)
    }
  }
}
