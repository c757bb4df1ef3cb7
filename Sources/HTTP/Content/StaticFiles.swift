/// A set of files held in memory, such as a page embedded in the program.
package struct StaticFiles: Handler {
  package struct File: Sendable {
    package var path: String
    package var bytes: [UInt8]
    package var type: String
    /// How long others may keep it: `no-cache` has it checked by its tag each time.
    package var cacheControl: String

    package init(
      path: String, bytes: [UInt8], type: String? = nil, cacheControl: String = "no-cache"
    ) {
      self.path = path
      self.bytes = bytes
      self.type = type ?? MediaType.of(path: path)
      self.cacheControl = cacheControl
    }
  }

  private struct Entry: Sendable {
    var plain: Representation
    var gzip: Representation?
  }

  /// Smaller files gain nothing from compression.
  package static let compressFrom = 512

  private var entries: [String: Entry] = [:]

  /// `hash` names content: equal results must mean equal bytes. Compressible files are kept in
  /// both forms.
  package init(
    _ files: [File], hash: ([UInt8]) -> String
  ) throws(MessageError) {
    for file in files {
      var headers: Headers = [
        "cache-control": file.cacheControl, "x-content-type-options": "nosniff",
      ]
      let tag = hash(file.bytes)
      var entry = Entry(
        plain: Representation(
          bytes: file.bytes, type: file.type, validators: Validators(tag: EntityTag(tag)),
          headers: headers))
      if MediaType.isCompressible(file.type), file.bytes.count >= Self.compressFrom {
        headers.append("vary", "accept-encoding")
        entry.plain.headers = headers
        let packed = try Gzip.compress(file.bytes, level: 9)
        headers.append("content-encoding", "gzip")
        if packed.count < file.bytes.count {
          entry.gzip = Representation(
            bytes: packed, type: file.type, validators: Validators(tag: EntityTag(tag + "-gzip")),
            headers: headers)
        }
      }
      entries[file.path] = entry
    }
  }

  /// Nil when there is no such file. A path that ends with a slash means its `index.html`.
  package func answer(_ request: RequestHead) -> Response? {
    guard var path = Target.normalised(request.path) else { return nil }
    if path.hasSuffix("/") { path += "index.html" }
    guard let entry = entries[path] else { return nil }
    guard request.method == .get || request.method == .head else {
      return Response.error(
        .methodNotAllowed, "this is a file: GET and HEAD are all it knows",
        headers: ["allow": "GET, HEAD"])
    }
    if let gzip = entry.gzip, AcceptEncoding(request.headers).prefersGzip {
      return gzip.answer(request)
    }
    return entry.plain.answer(request)
  }

  package func handle(_ exchange: any Exchange) async throws {
    let response = answer(exchange.request) ?? .error(.notFound, "there is no such file")
    try await response.send(on: exchange)
  }
}
