/// An answer's head with what the connection has to know beside it.
struct LineResponse: Sendable, Equatable {
  var head: ResponseHead
  /// As the fields say it; what the request was can overrule it (`framing(answering:)`).
  var declared: BodyFraming?
  var keepsAlive = true
  var isUpgrade = false

  /// How the body is delimited (RFC 9112, 6.3).
  func framing(answering method: Method) -> BodyFraming {
    if method == .head || head.status.forbidsBody { return .none }
    if method == .connect, (200..<300).contains(head.status.number) { return .none }
    return declared ?? .untilClose
  }
}

/// Reads the head of an answer as strictly as that of a request.
struct LineResponseParser: Sendable {
  /// Start-line -> fields -> complete -> start-line (`take`).
  private enum Phase { case startLine, fields, complete }

  private let limits: HeadLimits
  private var phase = Phase.startLine
  private var used = 0
  private var response = LineResponse(head: ResponseHead())
  private var fields = HeadFields()

  init(limits: HeadLimits) { self.limits = limits }

  var isComplete: Bool { phase == .complete }
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
  mutating func take() -> LineResponse {
    precondition(phase == .complete, "an answer was taken before it was complete")
    let taken = response
    self = LineResponseParser(limits: limits)
    return taken
  }

  /// `HTTP/1.1 200 OK`; the reason may be empty, and its blank may be missing.
  private mutating func startLine(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(MessageError) -> Int? {
    let end = LineBytes.endOfValue(bytes, from: start)
    let line = bytes.cut(start, end)
    try checkPrefix(line)
    guard end < bytes.count else { return nil }
    guard bytes[end] == LineBytes.cr else { throw Self.fault }
    guard end + 1 < bytes.count else { return nil }
    guard bytes[end + 1] == LineBytes.lf else { throw FieldLine.bareReturn }
    guard line.count >= 12, line.count == 12 || line[12] == LineBytes.space,
      line.cut(9, 12).allSatisfy(LineBytes.isDigit), line[9] != UInt8(ascii: "0")
    else { throw Self.fault }
    let status = line.cut(9, 12).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    response.head.status = StatusCode(status)
    response.keepsAlive = line[7] == UInt8(ascii: "1")
    phase = .fields
    return end + 2
  }

  private func checkPrefix(_ line: UnsafeRawBufferPointer) throws(MessageError) {
    let expected: StaticString = "HTTP/1.1 "
    for index in 0..<min(line.count, expected.utf8CodeUnitCount)
    where line[index] != expected.utf8Start[index] {
      guard index == 7, line[index] == UInt8(ascii: "0") else { throw Self.fault }
    }
  }

  private static var fault: MessageError {
    MessageError(.malformed, "the server's answer is not HTTP/1.1")
  }

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
      // An expectation is a request's; here it is a field like any other.
      if !LineBytes.equals(name, "expect") {
        try fields.note(name: name, value: value, limits: limits)
      }
      response.head.headers.append(name: name, value: value)
      return next
    }
  }

  private mutating func settle() throws(MessageError) {
    _ = try fields.framing()
    if fields.isChunked {
      response.declared = .chunked
    } else if let length = fields.length {
      response.declared = length == 0 ? BodyFraming.none : .length(length)
    }
    if fields.saysClose {
      response.keepsAlive = false
    } else if fields.saysKeepAlive {
      response.keepsAlive = true
    }
    response.isUpgrade = fields.saysUpgrade
  }
}
