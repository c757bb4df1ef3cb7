import Calls
import HTTP
import Primitives

// MARK: - Uploads that can be taken up again (tus 1.0: core, creation, expiration, termination)

extension BlobRoutes {
  func createUpload(_ request: Request) async throws -> Response {
    try Tus.check(request.headers)
    let asker = try await writer(of: request)
    guard let length = request.headers["upload-length"].flatMap(Tus.number) else {
      throw ResponseError(
        .badRequest, code: "badRequest",
        "an upload begins with its length, as in `Upload-Length: 1000`")
    }
    guard length <= uploads.limits.bytes else {
      throw ResponseError(
        .contentTooLarge, code: "contentTooLarge",
        "a file may have \(uploads.limits.bytes) bytes at most here")
    }
    let metadata = try Tus.metadata(request.headers["upload-metadata"] ?? "")
    let upload = try await uploads.create(
      owner: asker.principal.description, length: length, name: metadata["filename"],
      type: metadata["filetype"], now: .now())
    var response = Response(.created)
    response.headers.set("location", "/uploads/\(upload.id)")
    try await finishIfComplete(upload, asker, &response)
    Tus.describe(upload, &response)
    return response
  }

  func showUpload(_ request: Request) async throws -> Response {
    try Tus.check(request.headers)
    let (upload, _) = try await upload(request)
    var response = Response(.ok)
    response.headers.set("upload-length", String(upload.length))
    if let blob = upload.blob { Tus.name(blob, &response) }
    Tus.describe(upload, &response)
    return response
  }

  func continueUpload(_ request: Request) async throws -> Response {
    try Tus.check(request.headers)
    let (upload, asker) = try await upload(request)
    guard request.headers["content-type"] == "application/offset+octet-stream" else {
      throw ResponseError(
        .unsupportedMediaType, code: "unsupportedMediaType",
        "a part of an upload is of type application/offset+octet-stream")
    }
    guard request.headers["upload-offset"].flatMap(Tus.number) == upload.received,
      upload.blob == nil
    else {
      throw ResponseError(
        .conflict, code: "conflict",
        "this upload goes on at \(upload.received); HEAD says so at any time")
    }
    let grown = try await uploads.append(to: upload, now: .now()) {
      try await request.exchange.nextBody()
    }
    var response = Response(.noContent)
    try await finishIfComplete(grown, asker, &response)
    Tus.describe(grown, &response)
    return response
  }

  func removeUpload(_ request: Request) async throws -> Response {
    try Tus.check(request.headers)
    try await uploads.remove(try await upload(request).0)
    return Response(.noContent, headers: ["tus-resumable": Tus.version])
  }

  private func finishIfComplete(
    _ upload: Upload, _ asker: BlobAsker, _ response: inout Response
  ) async throws {
    guard upload.isComplete else { return }
    // When this fails an empty part at the end tries it again.
    let manifest = try await uploads.finish(upload) { manifest in
      try await tell(
        BlobArrival(manifest: manifest, asker: asker, name: upload.name, type: upload.type))
    }
    Tus.name(manifest.id, &response)
  }

  /// Of somebody else's it is not said that they are there.
  private func upload(_ request: Request) async throws -> (Upload, BlobAsker) {
    let asker = try await writer(of: request)
    guard
      let upload = try await uploads.find(
        request.parameter("id"), owner: asker.principal.description, now: .now())
    else {
      throw ResponseError(
        .notFound, code: "notFound", "there is no such upload; it may have expired: begin anew")
    }
    return (upload, asker)
  }
}

/// The protocol's headers.
package enum Tus {
  static let version = "1.0.0"
  private static let metadataLimit = 4 << 10

  static var abilities: Response {
    Response(
      .noContent,
      headers: [
        "tus-resumable": version, "tus-version": version,
        "tus-extension": "creation,expiration,termination",
        "allow": "OPTIONS, POST, HEAD, PATCH, DELETE",
      ])
  }

  /// A request that says nothing of a version means this one.
  static func check(_ headers: Headers) throws {
    guard let given = headers["tus-resumable"], given != version else { return }
    throw ResponseError(
      .preconditionFailed, code: "preconditionFailed", "the version of tus known here is \(version)"
    )
  }

  static func describe(_ upload: Upload, _ response: inout Response) {
    response.headers.set("tus-resumable", version)
    response.headers.set("upload-offset", String(upload.received))
    response.headers.set("upload-expires", upload.expiresAt.httpDate)
  }

  /// Where the blob is, once there is one.
  static func name(_ blob: BlobID, _ response: inout Response) {
    response.headers.set("etag", "\"\(blob)\"")
    response.headers.set("content-location", "/blobs/\(blob)")
  }

  /// Digits alone.
  package static func number(_ text: String) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return Int64(text)
  }

  /// `filename d29ybGQ=,filetype dGV4dC9wbGFpbg==`
  package static func metadata(_ text: String) throws -> [String: String] {
    guard text.utf8.count <= metadataLimit else {
      throw ResponseError(
        .badRequest, code: "badRequest", "upload-metadata has \(metadataLimit) bytes at most")
    }
    var found: [String: String] = [:]
    for pair in text.split(separator: ",") {
      let words = pair.split(separator: " ")
      guard let key = words.first, words.count <= 2,
        let bytes = words.count == 2 ? Base64.decode(words[1]) : [],
        let value = String(validating: bytes, as: UTF8.self),
        value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
      else {
        throw ResponseError(
          .badRequest, code: "badRequest", "upload-metadata is a list of names and base64 values")
      }
      found[String(key)] = value
    }
    return found
  }
}
