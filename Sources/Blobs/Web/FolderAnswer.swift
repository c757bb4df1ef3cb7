import HTTP
import Primitives

/// The answer to GET and HEAD of a folder: an archive, in one piece.
struct FolderAnswer: Sendable {
  private let store: BlobStore
  private let share: Share

  init(_ store: BlobStore, _ share: Share) {
    self.store = store
    self.share = share
  }

  func answer(_ request: RequestHead) async throws -> Response {
    let tag = EntityTag("\(share.blob).tar")
    var headers: Headers = ["cache-control": "private, no-cache", "accept-ranges": "none"]
    headers.append("etag", tag.description)
    headers.append(
      "content-disposition", BlobAnswer.disposition(of: share.name + ".tar", isInline: false))
    switch Conditions.evaluate(request, Validators(tag: tag)) {
    case .failed: return Response(.preconditionFailed, headers: headers)
    case .notModified: return Response(.notModified, headers: headers)
    case .proceed: break
    }
    let listing = try await TreeWriter(store).listing(of: share.blob)
    let archive = TarArchive(name: share.name, listing, at: share.changed)
    headers.append("content-type", "application/x-tar")
    headers.append("content-length", String(archive.size))
    return .stream(.ok, headers: headers) { [store] exchange in
      try await archive.write { part in
        switch part {
        case .bytes(let bytes): try await exchange.write(bytes)
        case .file(let file):
          try await store.read(file.id) { try await exchange.write(Array($0)) }
        }
      }
      return nil
    }
  }
}
