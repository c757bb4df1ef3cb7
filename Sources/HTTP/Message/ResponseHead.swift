/// What an answer says before its body.
package struct ResponseHead: Sendable, Equatable {
  package var status: StatusCode
  package var headers: Headers

  package init(_ status: StatusCode = .ok, headers: Headers = [:]) {
    self.status = status
    self.headers = headers
  }
}

/// RFC 9110, section 15.
package struct StatusCode: Hashable, Sendable, CustomStringConvertible {
  package let number: Int
  package init(_ number: Int) { self.number = number }

  package var description: String { "\(number) \(reason)" }
  package var isInformational: Bool { number < 200 }
  /// True where RFC 9110, 6.4.1 forbids a body.
  package var forbidsBody: Bool { number < 200 || number == 204 || number == 304 }

  package static let continues = StatusCode(100)
  package static let switchingProtocols = StatusCode(101)
  package static let ok = StatusCode(200)
  package static let created = StatusCode(201)
  package static let accepted = StatusCode(202)
  package static let noContent = StatusCode(204)
  package static let partialContent = StatusCode(206)
  package static let seeOther = StatusCode(303)
  package static let notModified = StatusCode(304)
  package static let badRequest = StatusCode(400)
  package static let unauthorized = StatusCode(401)
  package static let forbidden = StatusCode(403)
  package static let notFound = StatusCode(404)
  package static let methodNotAllowed = StatusCode(405)
  package static let requestTimeout = StatusCode(408)
  package static let conflict = StatusCode(409)
  package static let preconditionFailed = StatusCode(412)
  package static let contentTooLarge = StatusCode(413)
  package static let uriTooLong = StatusCode(414)
  package static let unsupportedMediaType = StatusCode(415)
  package static let rangeNotSatisfiable = StatusCode(416)
  package static let expectationFailed = StatusCode(417)
  package static let misdirectedRequest = StatusCode(421)
  package static let upgradeRequired = StatusCode(426)
  package static let tooManyRequests = StatusCode(429)
  package static let headersTooLarge = StatusCode(431)
  package static let internalError = StatusCode(500)
  package static let notImplemented = StatusCode(501)
  package static let unavailable = StatusCode(503)
  package static let versionNotSupported = StatusCode(505)

  package var reason: String {
    switch number {
    case 100: "Continue"
    case 101: "Switching Protocols"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 411: "Length Required"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 416: "Range Not Satisfiable"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Unknown"
    }
  }
}
