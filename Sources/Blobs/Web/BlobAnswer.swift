import HTTP
import Primitives

/// The answer to GET and HEAD of one blob (RFC 9110, 13 and 14).
struct BlobAnswer: Sendable {
  private let store: BlobStore
  private let manifest: Manifest
  private let type: ShownType
  private let name: String
  private let tag: EntityTag

  init(_ store: BlobStore, _ manifest: Manifest, _ grant: BlobGrant) {
    self.store = store
    self.manifest = manifest
    let id = manifest.id
    type = ShownType(stored: grant.type)
    name = grant.name ?? id.short
    tag = EntityTag(id.description)
  }

  func answer(_ request: RequestHead) -> Response {
    let validators = Validators(tag: tag)
    switch Conditions.evaluate(request, validators) {
    case .failed: return Response(.preconditionFailed, headers: common)
    case .notModified: return Response(.notModified, headers: common)
    case .proceed: break
    }
    let whole = [0..<manifest.size]
    // A range is for GET alone (RFC 9110, 14.2).
    guard request.method == .get, Conditions.allowsRange(request, validators) else {
      return give(.ok, type.text, [Part(range: whole[0])])
    }
    switch ByteRanges(request.headers["range"], length: Int(manifest.size)) {
    case .whole: return give(.ok, type.text, [Part(range: whole[0])])
    case .unsatisfiable:
      var headers = common
      headers.append("content-range", "bytes */\(manifest.size)")
      return Response(.rangeNotSatisfiable, headers: headers)
    case .parts(let parts) where parts.count == 1:
      let range = Int64(parts[0].lowerBound)..<Int64(parts[0].upperBound)
      var response = give(.partialContent, type.text, [Part(range: range)])
      response.headers.append("content-range", contentRange(range))
      return response
    case .parts(let parts): return multipart(parts)
    }
  }

  // MARK: - Bytes

  /// Bytes of the blob, with what stands before and behind them.
  private struct Part: Sendable {
    var before: [UInt8] = []
    var range: Range<Int64>
    var behind: [UInt8] = []

    var count: Int64 { Int64(before.count) + Int64(range.count) + Int64(behind.count) }
  }

  private func give(_ status: StatusCode, _ type: String, _ parts: [Part]) -> Response {
    var headers = common
    headers.append("content-type", type)
    headers.append("accept-ranges", "bytes")
    headers.append("content-length", String(parts.reduce(0) { $0 + $1.count }))
    return .stream(status, headers: headers) { exchange in
      for part in parts {
        if !part.before.isEmpty { try await exchange.write(part.before) }
        try await store.read(manifest.id, part.range) { try await exchange.write(Array($0)) }
        if !part.behind.isEmpty { try await exchange.write(part.behind) }
      }
      return nil
    }
  }

  /// The name of a blob is a hash of what is in it, which cannot contain it: a safe boundary.
  private func multipart(_ ranges: [Range<Int>]) -> Response {
    let boundary = "part-" + tag.opaque.prefix(60)
    var parts: [Part] = []
    for range in ranges {
      let range = Int64(range.lowerBound)..<Int64(range.upperBound)
      let head =
        "--\(boundary)\r\ncontent-type: \(type.text)\r\ncontent-range: \(contentRange(range))"
        + "\r\n\r\n"
      parts.append(Part(before: Array(head.utf8), range: range, behind: Array("\r\n".utf8)))
    }
    parts[parts.count - 1].behind += "--\(boundary)--\r\n".utf8
    return give(.partialContent, "multipart/byteranges; boundary=\(boundary)", parts)
  }

  private func contentRange(_ range: Range<Int64>) -> String {
    "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(manifest.size)"
  }

  // MARK: - Headers

  /// The bytes behind a name never change, but who may read them does.
  private var common: Headers {
    var headers: Headers = ["cache-control": "private, no-cache"]
    headers.append("etag", tag.description)
    headers.append(
      "content-disposition", Self.disposition(of: name, isInline: type.isInline))
    return headers
  }

  /// RFC 6266: a plain name for old programs, and the name as it is (RFC 8187).
  static func disposition(of name: String, isInline: Bool) -> String {
    let plain = String(
      name.unicodeScalars.prefix(100).map { scalar in
        scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F
          && !"\"\\/%;".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
      })
    return (isInline ? "inline" : "attachment")
      + "; filename=\"\(plain)\"; filename*=UTF-8''\(Target.encode(name))"
  }
}

/// As what a blob is shown, whatever it says of itself: only what no browser runs.
struct ShownType: Sendable {
  let text: String
  let isInline: Bool

  private static let pictures: Set<String> = [
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
  ]

  init(stored: String?) {
    let essence = (stored ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    if Self.pictures.contains(essence) {
      (text, isInline) = (essence, true)
    } else if essence == "text/plain" {
      (text, isInline) = ("text/plain; charset=utf-8", true)
    } else {
      (text, isInline) = (MediaType.unknown, false)
    }
  }
}
