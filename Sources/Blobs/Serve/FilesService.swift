package import Calls
import IO
import Primitives

/// What users of this node ask about files; `Files` does it.
package final class FilesService: FilesV1.FilesService {
  package struct Limits: Sendable {
    package var page = 1_000
    /// Bytes of one message of a download.
    package var pieceBytes = 256 << 10
    package init() {}
  }

  let files: Files
  let uploads: UploadBook
  let limits: Limits

  package init(_ files: Files, uploads: UploadBook, limits: Limits = Limits()) {
    self.files = files
    self.uploads = uploads
    self.limits = limits
  }

  // MARK: - Adding

  package func add(
    _ request: FilesV1.AddRequest, _ replies: MessageWriter<FilesV1.Progress>,
    _ context: CallContext
  ) async throws {
    var wish = FileWish()
    wish.name = request.name
    wish.tags = request.tags
    wish.replicas = Int(request.replicas)
    wish.type = request.type
    wish.replaces = request.replaces
    wish.isPinned = request.pins
    guard request.path.hasPrefix("/") else {
      throw Status(.invalidArgument, "path: an absolute path is expected")
    }
    let feed = ProgressFeed<FilesV1.Progress>()
    let signed = try await Status.refusing { [files, wish] in
      try await feed.follow(every: files.limits.progress) {
        try await files.add(request.path, wish) { progress in
          feed.update(Self.message(progress, .reading))
        }
      } write: {
        try await replies.write($0)
      }
    }
    let info = try await Status.refusing { try await files.info(signed) }
    try await replies.write(
      FilesV1.Progress {
        $0.phase = .done
        $0.bytes = signed.share.size
        $0.total = signed.share.size
        $0.share = info
      })
  }

  // MARK: - Getting

  package func get(
    _ request: FilesV1.GetRequest, _ replies: MessageWriter<FilesV1.Progress>,
    _ context: CallContext
  ) async throws {
    guard request.path.hasPrefix("/") else {
      throw Status(.invalidArgument, "path: an absolute path is expected")
    }
    let feed = ProgressFeed<FilesV1.Progress>()
    let last = Locked(FilesV1.Progress())
    let (signed, path) = try await Status.refusing { [files] in
      let signed = try await files.resolve(request.file)
      let path = try await feed.follow(every: files.limits.progress) {
        try await files.get(
          signed, part: request.part, to: request.path, overwrites: request.overwrites
        ) { passage in
          switch passage {
          case .fetching(let progress):
            let message = files.message(progress)
            last.withLock { $0 = message }
            feed.update(message)
          case .writing(let progress): feed.update(Self.message(progress, .writing))
          }
        }
      } write: {
        try await replies.write($0)
      }
      return (signed, path)
    }
    let info = try await Status.refusing { try await files.info(signed) }
    var done = last.withLock { $0 }
    // Without a fetch all of it was here.
    if done.total == 0 { done.spared = signed.share.size }
    done.phase = .done
    done.bytes = signed.share.size
    done.total = signed.share.size
    done.share = info
    done.path = path
    try await replies.write(done)
  }

  package func download(
    _ request: FilesV1.DownloadRequest, _ replies: MessageWriter<FilesV1.Piece>,
    _ context: CallContext
  ) async throws {
    guard request.offset >= 0, request.length ?? 0 >= 0 else {
      throw Status(.invalidArgument, "offset and length: numbers from 0 are expected")
    }
    let end = request.length.map { request.offset.addingReportingOverflow($0) }
    let range = request.offset..<(end.map { $0.overflow ? .max : $0.partialValue } ?? .max)
    try await Status.refusing { [files, limits] in
      let signed = try await files.resolve(request.file)
      try await files.download(signed, part: request.part, range: range) { size in
        guard request.offset <= size else {
          throw BlobError(.refused, "the file has \(size) bytes; it cannot be read from there on")
        }
        try await replies.write(FilesV1.Piece { $0.size = size })
      } each: { bytes in
        var rest = bytes
        while !rest.isEmpty {
          let piece = rest.prefix(limits.pieceBytes)
          try await replies.write(FilesV1.Piece { $0.bytes = Array(piece) })
          rest = rest.dropFirst(piece.count)
        }
      }
    }
  }

  package func list(
    _ request: FilesV1.ListRequest, _ replies: MessageWriter<FilesV1.FolderEntry>,
    _ context: CallContext
  ) async throws {
    let entries = try await Status.refusing { [files] in
      try await files.entries(of: try await files.resolve(request.file), under: request.part)
    }
    for entry in entries {
      try await replies.write(
        FilesV1.FolderEntry { message in
          message.path = entry.path.text
          message.mode = UInt32(entry.mode)
          switch entry.content {
          case .folder: message.content = .folder
          case .link(let target):
            message.content = .link
            message.target = target
          case .file(let file):
            message.content = .file
            message.size = file.size
            message.blob = file.id.bytes
          }
        })
    }
  }

  // MARK: - Keeping

  package func remove(
    _ request: FilesV1.RemoveRequest, _ context: CallContext
  ) async throws -> FilesV1.RemoveReply {
    let info = try await Status.refusing { [files] in
      try await files.info(try await files.remove(request.file))
    }
    return FilesV1.RemoveReply { $0.share = info }
  }

  package func pin(
    _ request: FilesV1.PinRequest, _ replies: MessageWriter<FilesV1.Progress>,
    _ context: CallContext
  ) async throws {
    let feed = ProgressFeed<FilesV1.Progress>()
    let signed = try await Status.refusing { [files] in
      try await feed.follow(every: files.limits.progress) {
        try await files.pin(request.file) { feed.update(files.message($0)) }
      } write: {
        try await replies.write($0)
      }
    }
    let info = try await Status.refusing { try await files.info(signed) }
    try await replies.write(
      FilesV1.Progress {
        $0.phase = .done
        $0.share = info
      })
  }

  package func unpin(
    _ request: FilesV1.UnpinRequest, _ context: CallContext
  ) async throws -> FilesV1.UnpinReply {
    let info = try await Status.refusing { [files] in
      try await files.info(try await files.unpin(request.file))
    }
    return FilesV1.UnpinReply { $0.share = info }
  }
}
