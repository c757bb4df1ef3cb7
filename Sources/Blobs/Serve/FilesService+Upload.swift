package import Calls
import Primitives

// MARK: - Bytes that come in calls

extension FilesService {
  package func upload(
    _ requests: MessageReader<FilesV1.UploadPart>, _ context: CallContext
  ) async throws -> FilesV1.UploadReply {
    guard case .head(let head) = try await requests.next()?.part else {
      throw Status(.invalidArgument, "part: the first one has to be the head")
    }
    if !head.upload.isEmpty { return try await goOn(head, requests, context) }
    let signed = try await Status.refusing { [files] in
      try await files.add(Self.wish(head), size: head.size) { try await Self.bytes(requests) }
    }
    let info = try await Status.refusing { try await files.info(signed) }
    return FilesV1.UploadReply { $0.share = info }
  }

  package func beginUpload(
    _ request: FilesV1.BeginUploadRequest, _ context: CallContext
  ) async throws -> FilesV1.UploadState {
    try await Status.refusing { [uploads] in
      Self.message(
        try await uploads.create(
          owner: context.principal.description, length: request.size, name: nil, type: nil,
          now: .now()))
    }
  }

  package func showUpload(
    _ request: FilesV1.ShowUploadRequest, _ context: CallContext
  ) async throws -> FilesV1.UploadState {
    try await Status.refusing { Self.message(try await begun(request.upload, context)) }
  }

  package func cancelUpload(
    _ request: FilesV1.CancelUploadRequest, _ context: CallContext
  ) async throws -> FilesV1.UploadState {
    try await Status.refusing { [uploads] in
      let upload = try await begun(request.upload, context)
      try await uploads.remove(upload)
      return Self.message(upload)
    }
  }

  // MARK: - Uploads that were begun

  private func goOn(
    _ head: FilesV1.UploadHead, _ requests: MessageReader<FilesV1.UploadPart>,
    _ context: CallContext
  ) async throws -> FilesV1.UploadReply {
    try await Status.refusing { [files, uploads] in
      let known = try await begun(head.upload, context)
      guard head.offset == known.received else {
        throw BlobError(.refused, "offset: this upload goes on at \(known.received)")
      }
      let upload =
        known.isComplete
        ? known
        : try await uploads.append(to: known, now: .now()) { try await Self.bytes(requests) }
      var reply = FilesV1.UploadReply()
      reply.state = Self.message(upload)
      guard upload.isComplete else { return reply }
      let manifest = try await uploads.finished(upload)
      // Who missed the answer asks again and gets the same.
      let earlier =
        known.blob == nil ? nil : try await files.adopted(manifest, named: head.name)
      let signed =
        if let earlier { earlier } else { try await files.adopt(manifest, Self.wish(head)) }
      reply.share = try await files.info(signed)
      return reply
    }
  }

  /// Of somebody else's it is not said that they are there.
  private func begun(_ id: String, _ context: CallContext) async throws(BlobError) -> Upload {
    let owner = context.principal.description
    guard let upload = try await uploads.find(id, owner: owner, now: .now()) else {
      throw BlobError(.notFound, "there is no such upload; it may have expired: begin anew")
    }
    return upload
  }

  private static func bytes(
    _ requests: MessageReader<FilesV1.UploadPart>
  ) async throws -> [UInt8]? {
    guard let next = try await requests.next() else { return nil }
    guard case .bytes(let bytes) = next.part else {
      throw BlobError(.refused, "part: only the first one is a head")
    }
    return bytes
  }

  private static func wish(_ head: FilesV1.UploadHead) -> FileWish {
    var wish = FileWish()
    wish.name = head.name
    wish.tags = head.tags
    wish.replicas = Int(head.replicas)
    wish.type = head.type
    wish.replaces = head.replaces
    return wish
  }

  private static func message(_ upload: Upload) -> FilesV1.UploadState {
    FilesV1.UploadState {
      $0.upload = upload.id
      $0.size = upload.length
      $0.received = upload.received
      $0.expires = upload.expiresAt.nanoseconds
    }
  }
}
