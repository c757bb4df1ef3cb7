import Primitives

/// Bytes that can be sent whole, in part or not at all, as the request's conditions say.
package struct Representation: Sendable {
  package var bytes: [UInt8]
  package var type: String
  package var validators: Validators
  /// Sent with every answer, 304 included: `cache-control`, `vary`, `content-encoding`.
  package var headers: Headers

  package init(
    bytes: [UInt8], type: String, validators: Validators, headers: Headers = [:]
  ) {
    self.bytes = bytes
    self.type = type
    self.validators = validators
    self.headers = headers
  }

  /// The answer to GET and HEAD (RFC 9110, 13 and 14). The connection drops the body for HEAD.
  package func answer(_ request: RequestHead) -> Response {
    switch Conditions.evaluate(request, validators) {
    case .failed: return Response(.preconditionFailed, headers: common)
    case .notModified: return Response(.notModified, headers: common)
    case .proceed: break
    }
    // A range is for GET alone (RFC 9110, 14.2).
    guard request.method == .get, Conditions.allowsRange(request, validators) else { return whole }
    switch ByteRanges(request.headers["range"], length: bytes.count) {
    case .whole: return whole
    case .unsatisfiable:
      var headers = common
      headers.append("content-range", "bytes */\(bytes.count)")
      return Response(.rangeNotSatisfiable, headers: headers)
    case .parts(let parts) where parts.count == 1:
      var headers = common
      headers.append("content-type", type)
      headers.append("content-range", contentRange(parts[0]))
      return Response(.partialContent, headers: headers, body: .bytes(Array(bytes[parts[0]])))
    case .parts(let parts): return multipart(parts)
    }
  }

  private var common: Headers {
    var all = headers
    if let tag = validators.tag { all.append("etag", tag.description) }
    if let modified = validators.modified { all.append("last-modified", modified.httpDate) }
    return all
  }

  private var whole: Response {
    var headers = common
    headers.append("content-type", type)
    headers.append("accept-ranges", "bytes")
    return Response(.ok, headers: headers, body: .bytes(bytes))
  }

  private func contentRange(_ part: Range<Int>) -> String {
    "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(bytes.count)"
  }

  /// The tag is a hash of the content, which cannot contain its own hash: a safe boundary.
  private func multipart(_ parts: [Range<Int>]) -> Response {
    let name = validators.tag?.opaque.filter { $0.isLetter || $0.isNumber } ?? "of-the-whole"
    let boundary = "part-" + name.prefix(60)
    var body: [UInt8] = []
    for part in parts {
      body += "--\(boundary)\r\ncontent-type: \(type)\r\n".utf8
      body += "content-range: \(contentRange(part))\r\n\r\n".utf8
      body += bytes[part]
      body += "\r\n".utf8
    }
    body += "--\(boundary)--\r\n".utf8
    var headers = common
    headers.append("content-type", "multipart/byteranges; boundary=\(boundary)")
    return Response(.partialContent, headers: headers, body: .bytes(body))
  }
}
