/// The fields that steer the connection, gathered while a head is read.
struct HeadFields: Sendable {
  var hasHost = false
  private(set) var count = 0
  private(set) var length: Int?
  private(set) var isChunked = false
  private(set) var saysClose = false
  private(set) var saysKeepAlive = false
  private(set) var saysUpgrade = false
  private(set) var expectsContinue = false

  static func tooLarge(_ limits: HeadLimits) -> MessageError {
    MessageError(
      .tooLarge,
      "the head is larger than \(limits.bytes) bytes or \(limits.fields) fields",
      status: .headersTooLarge)
  }

  /// Looks at one field; the length of its name tells most apart.
  @inline(__always)
  mutating func note(
    name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, limits: HeadLimits
  ) throws(MessageError) {
    count += 1
    guard count <= limits.fields else { throw Self.tooLarge(limits) }
    switch name.count {
    case 6 where LineBytes.equals(name, "expect"): try noteExpectation(value)
    case 10 where LineBytes.equals(name, "connection"): noteConnection(value)
    case 14 where LineBytes.equals(name, "content-length"): try noteLength(value)
    case 17 where LineBytes.equals(name, "transfer-encoding"): try noteCoding(value)
    default: break
    }
  }

  /// How the body of a request is delimited (RFC 9112, 6.3).
  func framing() throws(MessageError) -> BodyFraming {
    if isChunked {
      guard length == nil else {
        throw MessageError(
          .malformed, "content-length and transfer-encoding may not stand together")
      }
      return .chunked
    }
    guard let length, length > 0 else { return .none }
    return .length(length)
  }

  private mutating func noteLength(_ value: UnsafeRawBufferPointer) throws(MessageError) {
    guard length == nil else {
      throw MessageError(.malformed, "content-length may be given only once")
    }
    length = try LineBytes.length(value)
  }

  private mutating func noteCoding(_ value: UnsafeRawBufferPointer) throws(MessageError) {
    guard !isChunked else {
      throw MessageError(.malformed, "transfer-encoding may be given only once")
    }
    guard LineBytes.equals(value, "chunked") else {
      throw MessageError(
        .malformed, "the only transfer-encoding known here is chunked", status: .notImplemented)
    }
    isChunked = true
  }

  private mutating func noteExpectation(_ value: UnsafeRawBufferPointer) throws(MessageError) {
    guard LineBytes.equals(value, "100-continue") else {
      throw MessageError(
        .malformed, "the only expectation known here is 100-continue",
        status: .expectationFailed)
    }
    expectsContinue = true
  }

  private mutating func noteConnection(_ value: UnsafeRawBufferPointer) {
    var (close, keepAlive, upgrade) = (saysClose, saysKeepAlive, saysUpgrade)
    LineBytes.forEachElement(value) { token in
      switch token.count {
      case 5 where LineBytes.equals(token, "close"): close = true
      case 7 where LineBytes.equals(token, "upgrade"): upgrade = true
      case 10 where LineBytes.equals(token, "keep-alive"): keepAlive = true
      default: break
      }
    }
    (saysClose, saysKeepAlive, saysUpgrade) = (close, keepAlive, upgrade)
  }
}
