// # Reading a request head (RFC 9112)
//
// Bytes go in at any split; whole lines are used up, and what is left of an unfinished line is
// kept by the caller and shown again with more behind it. A head that lies complete in the
// buffer is read in one pass and copied once.
//
// Stricter than the RFC allows where leniency has been used to smuggle requests: no bare line
// feed, no folding, no list of lengths, no length beside a transfer coding, `chunked` the only
// coding, exactly one Host.

/// How the body behind a head is delimited.
enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
  /// Answers only.
  case untilClose
}

/// A request head with what the connection has to know beside it.
struct LineRequest: Sendable, Equatable {
  var head: RequestHead
  var framing = BodyFraming.none
  /// False for HTTP/1.0, which knows neither chunks nor 100 (Continue).
  var isVersion11 = true
  var keepsAlive = true
  var expectsContinue = false
}

struct LineRequestParser: Sendable {
  /// Start-line -> fields (its line read) -> complete (the empty line read) -> start-line (`take`).
  private enum Phase { case startLine, fields, complete }
  private enum TargetForm { case origin, absolute, authority, asterisk }

  private let limits: HeadLimits
  private var phase = Phase.startLine
  private var used = 0
  private var skippedEmptyLine = false
  private var request = LineRequest(head: RequestHead(target: ""))
  private var form = TargetForm.origin
  private var fields = HeadFields()

  init(limits: HeadLimits) { self.limits = limits }

  var isComplete: Bool { phase == .complete }
  /// False before the first byte of a head.
  var hasBegun: Bool { phase != .startLine || used > 0 }

  /// Uses up whole lines and says how many bytes they were. Show the rest again with more.
  mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(MessageError) -> Int {
    var position = 0
    while phase != .complete, position < bytes.count {
      let next =
        phase == .startLine
        ? try startLine(bytes, from: position) : try field(bytes, from: position)
      guard let next else { break }
      used += next - position
      position = next
    }
    let held = phase == .complete ? used : used + bytes.count - position
    guard held <= limits.bytes else { throw HeadFields.tooLarge(limits) }
    return position
  }

  /// The head, once complete; the parser is ready for the next.
  mutating func take() -> LineRequest {
    precondition(phase == .complete, "a request was taken before it was complete")
    var taken = LineRequest(head: RequestHead(target: ""))
    swap(&request, &taken)
    phase = .startLine
    used = 0
    skippedEmptyLine = false
    form = .origin
    fields = HeadFields()
    return taken
  }

  // MARK: - Start line

  private mutating func startLine(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(MessageError) -> Int? {
    if bytes[start] == LineBytes.cr, !skippedEmptyLine {
      return try emptyLine(bytes, from: start)
    }
    var index = start
    while index < bytes.count, LineBytes.isToken(bytes[index]) { index += 1 }
    let method = start..<index
    guard method.count <= 32 else {
      throw MessageError(.malformed, "the method is not known here", status: .notImplemented)
    }
    guard index < bytes.count else { return nil }
    guard bytes[index] == LineBytes.space, !method.isEmpty else {
      throw MessageError(.malformed, "a request must begin with a method and one space")
    }
    index += 1
    let targetStart = index
    while index < bytes.count, Self.isTarget(bytes[index]) { index += 1 }
    guard index - targetStart <= limits.targetBytes else {
      throw MessageError(
        .tooLarge, "the request target is longer than \(limits.targetBytes) bytes",
        status: .uriTooLong)
    }
    guard index < bytes.count else { return nil }
    guard bytes[index] == LineBytes.space, index > targetStart else {
      throw MessageError(.malformed, "a request line is a method, a target and a version")
    }
    guard let next = try version(bytes, from: index + 1) else { return nil }
    request.head.method = Self.method(bytes.cut(method.lowerBound, method.upperBound))
    try setTarget(bytes.cut(targetStart, index))
    phase = .fields
    return next
  }

  /// One is forgiven (RFC 9112, 2.2).
  private mutating func emptyLine(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(MessageError) -> Int? {
    guard start + 1 < bytes.count else { return nil }
    guard bytes[start + 1] == LineBytes.lf else { throw FieldLine.bareReturn }
    skippedEmptyLine = true
    return start + 2
  }

  /// `HTTP/1.1` or `HTTP/1.0` and the end of the line, byte by byte, so that a fault is seen
  /// as soon as it has come.
  private mutating func version(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(MessageError) -> Int? {
    let expected: StaticString = "HTTP/1.1\r\n"
    for offset in 0..<expected.utf8CodeUnitCount {
      guard start + offset < bytes.count else { return nil }
      let byte = bytes[start + offset]
      if byte == expected.utf8Start[offset] { continue }
      if offset == 7, byte == UInt8(ascii: "0") {
        request.isVersion11 = false
        request.keepsAlive = false
      } else if offset == 5 || offset == 7, LineBytes.isDigit(byte) {
        throw MessageError(
          .malformed, "this server speaks HTTP/1.1 and HTTP/2", status: .versionNotSupported)
      } else {
        throw MessageError(.malformed, "a request line must end with its version and CR LF")
      }
    }
    return start + expected.utf8CodeUnitCount
  }

  /// Visible ASCII but `#`: a fragment never travels.
  @inline(__always)
  private static func isTarget(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")
  }

  private static func method(_ bytes: UnsafeRawBufferPointer) -> Method {
    if bytes.count == 3, bytes[0] == UInt8(ascii: "G"), bytes[1] == UInt8(ascii: "E"),
      bytes[2] == UInt8(ascii: "T")
    {
      return .get
    }
    return Method(bytes.text)
  }

  // MARK: - Target (RFC 9112, 3.2)

  private mutating func setTarget(_ target: UnsafeRawBufferPointer) throws(MessageError) {
    if request.head.method == .connect {
      form = .authority
      guard Authority.isValid(target), Authority.hasPort(target) else {
        throw MessageError(.malformed, "CONNECT wants a host and a port")
      }
      request.head.target = target.text
      request.head.authority = request.head.target
    } else if target[0] == UInt8(ascii: "/") {
      request.head.target = target.text
    } else if target.count == 1, target[0] == UInt8(ascii: "*") {
      form = .asterisk
      guard request.head.method == .options else {
        throw MessageError(.malformed, "the target * is for OPTIONS alone")
      }
      request.head.target = "*"
    } else {
      try setAbsoluteTarget(target)
    }
  }

  private mutating func setAbsoluteTarget(
    _ target: UnsafeRawBufferPointer
  ) throws(MessageError) {
    form = .absolute
    let fault = MessageError(
      .malformed, "the target must be a path, or a URL of http or https with a host")
    guard let colon = target.firstIndex(of: LineBytes.colon) else { throw fault }
    let scheme = target.cut(0, colon)
    let start = colon + 3
    guard LineBytes.equals(scheme, "http") || LineBytes.equals(scheme, "https"),
      target.count > start, target[colon + 1] == UInt8(ascii: "/"),
      target[colon + 2] == UInt8(ascii: "/")
    else { throw fault }
    var end = start
    while end < target.count, target[end] != UInt8(ascii: "/"), target[end] != UInt8(ascii: "?") {
      end += 1
    }
    let authority = target.cut(start, end)
    guard !authority.isEmpty, Authority.isValid(authority) else { throw fault }
    request.head.authority = authority.text
    let path = target.cut(end, target.count).text
    if path.isEmpty {
      request.head.target = request.head.method == .options ? "*" : "/"
    } else {
      request.head.target = path.utf8.first == UInt8(ascii: "?") ? "/" + path : path
    }
  }

  // MARK: - Fields

  private mutating func field(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(MessageError) -> Int? {
    switch try FieldLine.read(bytes, from: start) {
    case .incomplete: return nil
    case .end(let next):
      try settle()
      phase = .complete
      return next
    case .field(let name, let value, let next):
      let name = bytes.cut(name.lowerBound, name.upperBound)
      let value = bytes.cut(value.lowerBound, value.upperBound)
      if name.count == 4, LineBytes.equals(name, "host") {
        try setHost(value)
      } else {
        try fields.note(name: name, value: value, limits: limits)
        request.head.headers.append(name: name, value: value)
      }
      return next
    }
  }

  private mutating func setHost(_ value: UnsafeRawBufferPointer) throws(MessageError) {
    guard !fields.hasHost else {
      throw MessageError(.malformed, "a request must name its host once")
    }
    guard Authority.isValid(value) else {
      throw MessageError(.malformed, "the host is not a name or address with an optional port")
    }
    fields.hasHost = true
    // What stands in the target outranks the field (RFC 9112, 3.2.2).
    if form == .origin || form == .asterisk { request.head.authority = value.text }
  }

  /// Judges the head as a whole.
  private mutating func settle() throws(MessageError) {
    if request.isVersion11, !fields.hasHost {
      throw MessageError(.malformed, "a request of HTTP/1.1 must name its host")
    }
    if fields.isChunked, !request.isVersion11 {
      throw MessageError(.malformed, "HTTP/1.0 knows no transfer-encoding")
    }
    request.framing = try fields.framing()
    if request.head.method == .connect, request.framing != .none {
      throw MessageError(.malformed, "CONNECT carries no body")
    }
    if fields.saysClose {
      request.keepsAlive = false
    } else if fields.saysKeepAlive {
      request.keepsAlive = true
    }
    request.expectsContinue =
      fields.expectsContinue && request.isVersion11 && request.framing != .none
  }
}
