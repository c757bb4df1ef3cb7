package import Calls
package import HTTP
import Primitives

// # Blobs over HTTP
//
// `GET /blobs/ID` gives a blob, whole or in parts; `POST /blobs` and `PUT /blobs/ID` take one in a
// body, and `/uploads` takes one in as many requests as it needs (tus 1.0). Every answer is given
// as what it is, bytes that a stranger may have chosen: a browser runs nothing of them, whatever
// they were called when they were stored.
//
// Whoever may not read a blob gets the answer of one that is not there.

/// Who asks for a blob, or brings one.
package struct BlobAsker: Sendable {
  package var principal: Principal
  /// Of a share link: `?secret=`, or as a bearer token.
  package var secret: String?
  package var connection: ConnectionInfo
}

/// How a blob is given to somebody who may read it.
package struct BlobGrant: Sendable {
  /// What a browser is to save it as.
  package var name: String?
  /// As it was stored; only few types are believed.
  package var type: String?

  package init(name: String? = nil, type: String? = nil) {
    self.name = name
    self.type = type
  }
}

/// A blob that came in.
package struct BlobArrival: Sendable {
  package var manifest: Manifest
  package var asker: BlobAsker
  package var name: String?
  package var type: String?
}

/// The pages of blobs.
package struct BlobRoutes: Sendable {
  /// Nil for whoever may not.
  package typealias MayRead = @Sendable (BlobAsker, BlobID) async throws -> BlobGrant?
  package typealias MayWrite = @Sendable (BlobAsker) async throws -> Bool

  let store: BlobStore
  let uploads: UploadBook
  private let identify: @Sendable (ConnectionInfo) -> Principal
  private let mayRead: MayRead
  private let mayWrite: MayWrite
  private let arrived: @Sendable (BlobArrival) async throws -> Void

  /// Nobody may do anything unless the closures say so. `arrived` is called for what has come in,
  /// before whoever brought it is told that it is there.
  package init(
    _ store: BlobStore, uploads: UploadBook,
    identify: @escaping @Sendable (ConnectionInfo) -> Principal,
    mayRead: @escaping MayRead = { _, _ in nil }, mayWrite: @escaping MayWrite = { _ in false },
    arrived: @escaping @Sendable (BlobArrival) async throws -> Void = { _ in }
  ) {
    self.store = store
    self.uploads = uploads
    self.identify = identify
    self.mayRead = mayRead
    self.mayWrite = mayWrite
    self.arrived = arrived
  }

  package func add(to router: inout Router) {
    router.get("/blobs/:id", Self.guarded { try await give($0) })
    router.on(.put, "/blobs/:id", Self.guarded { try await take($0, named: true) })
    router.post("/blobs", Self.guarded { try await take($0, named: false) })
    router.on(.options, "/uploads", Self.guarded { _ in Tus.abilities })
    router.post("/uploads", Self.guarded { try await createUpload($0) })
    router.on(.head, "/uploads/:id", Self.guarded { try await showUpload($0) })
    router.on(.patch, "/uploads/:id", Self.guarded { try await continueUpload($0) })
    router.on(.delete, "/uploads/:id", Self.guarded { try await removeUpload($0) })
  }

  // MARK: - What every answer has

  private static let fields = [
    ("content-security-policy", "sandbox; default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
  ]

  /// Errors are answered here, so that they have the headers too.
  static func guarded(_ endpoint: @escaping Router.Endpoint) -> Router.Endpoint {
    { request in
      var response: Response
      do {
        response = try await endpoint(request)
      } catch  where request.exchange.hasStarted {
        throw error
      } catch let error as ResponseError {
        response = .error(error.status, error.message, code: error.code)
      } catch let error as MessageError {
        response = .error(error.status, error.message)
      } catch let error as BlobError {
        response = .error(error.httpStatus, error.message)
      }
      for (name, value) in Self.fields { response.headers.set(name, value) }
      if !response.headers.contains("content-disposition") {
        response.headers.set("content-disposition", "attachment")
      }
      if !response.headers.contains("cache-control") {
        response.headers.set("cache-control", "no-store")
      }
      return response
    }
  }

  // MARK: - Who asks

  func asker(of request: Request) throws -> BlobAsker {
    var secret = try request.query("secret")
    if secret == nil, let given = request.headers["authorization"],
      given.lowercased().hasPrefix("bearer ")
    {
      secret = String(given.dropFirst(7))
    }
    return BlobAsker(
      principal: identify(request.connection), secret: secret, connection: request.connection)
  }

  /// Who may bring blobs; everybody else is turned away.
  func writer(of request: Request) async throws -> BlobAsker {
    let asker = try asker(of: request)
    guard try await mayWrite(asker) else {
      throw ResponseError(
        .forbidden, code: "forbidden", "this caller may not store files here; ask the node's owner")
    }
    return asker
  }

  // MARK: - Giving

  private static let notHere = ResponseError(
    .notFound, code: "notFound", "there is no such file here, or not for this caller")

  private func give(_ request: Request) async throws -> Response {
    guard let id = BlobID(request.parameter("id")),
      let grant = try await mayRead(try asker(of: request), id),
      let manifest = try await store.manifest(of: id)
    else { throw Self.notHere }
    return BlobAnswer(store, manifest, grant).answer(request.head)
  }

  // MARK: - Taking

  /// A whole body is one blob. Where its name is given, only what has that name is taken.
  private func take(_ request: Request, named: Bool) async throws -> Response {
    let asker = try await writer(of: request)
    let wanted = named ? BlobID(request.parameter("id")) : nil
    if named && wanted == nil {
      throw ResponseError(
        .badRequest, code: "badRequest", "the name of a file is 64 characters of hexadecimal")
    }
    let intake = BlobIntake(store, limit: uploads.limits.bytes)
    do {
      while let piece = try await request.exchange.nextBody() { try await intake.feed(piece) }
      let manifest = try await intake.finish(as: wanted)
      await intake.close()
      try await arrived(
        BlobArrival(
          manifest: manifest, asker: asker, name: try request.query("name"),
          type: request.headers["content-type"]))
      return Self.created(manifest)
    } catch {
      await intake.close()
      throw error
    }
  }

  static func created(_ manifest: Manifest) -> Response {
    let id = manifest.id.description
    let json: JSON = ["id": .string(id), "size": .integer(manifest.size)]
    var response = Response.json(Array((json.text + "\n").utf8), status: .created)
    response.headers.set("location", "/blobs/\(id)")
    response.headers.set("etag", "\"\(id)\"")
    return response
  }

  func tell(_ arrival: BlobArrival) async throws { try await arrived(arrival) }
}

extension BlobError {
  var httpStatus: StatusCode {
    switch code {
    case .notFound: .notFound
    case .denied: .forbidden
    case .exists: .conflict
    case .refused, .ambiguous: .badRequest
    case .expired: StatusCode(410)
    case .busy: .tooManyRequests
    case .full: StatusCode(507)
    case .timedOut, .cancelled: .unavailable
    case .damaged, .failed: .internalError
    }
  }
}
