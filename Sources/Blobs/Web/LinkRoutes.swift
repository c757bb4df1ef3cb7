package import HTTP
import IO
import Primitives

/// The pages of share links: `GET /s/SECRET/NAME`. Whatever leads nowhere is answered alike.
package struct LinkRoutes: Sendable {
  private let files: Files

  package init(_ files: Files) { self.files = files }

  package func add(to router: inout Router) {
    // The name is for whoever reads the address.
    router.get("/s/:secret", BlobRoutes.guarded { try await give($0) })
    router.get("/s/:secret/:name", BlobRoutes.guarded { try await give($0) })
  }

  private static let nowhere = ResponseError(
    .notFound, code: "notFound",
    "this link leads nowhere: it has expired, was used up or was taken back")

  private func give(_ request: Request) async throws -> Response {
    guard let secret = LinkSecret(text: request.parameter("secret")) else { throw Self.nowhere }
    let opened = try await files.open(
      secret, from: request.connection.peer.host, counts: request.method == .get)
    guard let (manifest, share) = opened else { throw Self.nowhere }
    if share.isFolder { return try await FolderAnswer(files.store, share).answer(request.head) }
    let grant = BlobGrant(name: share.name, type: share.mediaType)
    return BlobAnswer(files.store, manifest, grant).answer(request.head)
  }
}
