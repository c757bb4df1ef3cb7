/// The head or trailers of the stream whose HEADERS are coming in; one per session, since nothing
/// may come between them (RFC 9113, 4.3).
struct HeadAssembly {
  private(set) var headers = Headers()
  /// Of an answer; 0 in requests.
  private(set) var status = 0
  /// Set when the head broke a limit.
  private(set) var refusal: MessageError?

  private let limits: ServerLimits
  private var method = Method.get
  private var target = ""
  private var authority = ""
  private var bytesLeft: Int
  private var fieldsLeft: Int

  init(limits: ServerLimits) {
    self.limits = limits
    bytesLeft = limits.headBytes
    fieldsLeft = limits.headFields
  }

  /// Makes ready for the next head.
  mutating func begin() {
    headers = Headers()
    headers.reserve(bytes: 160, fields: 8)
    status = 0
    refusal = nil
    method = .get
    target = ""
    authority = ""
    bytesLeft = limits.headBytes
    fieldsLeft = limits.headFields
  }

  /// The head of a request. A client that names no authority may do so by Host.
  mutating func takeRequest() -> RequestHead {
    if authority.isEmpty, let host = headers["host"] { authority = host }
    return RequestHead(
      method: method, target: target, authority: authority, headers: takeHeaders())
  }

  mutating func takeHeaders() -> Headers {
    let taken = headers
    headers = Headers()
    return taken
  }

  /// False when the head is not even worth decoding any more.
  mutating func receive(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    bytesLeft -= name.count + value.count + 32  // RFC 9113, 6.5.2 counts 32 per field.
    fieldsLeft -= 1
    guard bytesLeft >= 0, fieldsLeft >= 0 else {
      refusal = MessageError(
        .tooLarge,
        "the head is larger than \(limits.headBytes) bytes or has more than "
          + "\(limits.headFields) fields", status: .headersTooLarge)
      return bytesLeft > -4 * limits.headBytes
    }
    if name.first == UInt8(ascii: ":") {
      receivePseudoField(name, value)
    } else {
      headers.append(lowerCaseName: name, value: value)
    }
    return true
  }

  /// nghttp2 has checked that each is known, comes once and before the others, and is legal.
  private mutating func receivePseudoField(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
  ) {
    switch (name[1], name.count) {
    case (UInt8(ascii: "m"), _):
      method = Method(value)
    case (UInt8(ascii: "p"), 5):
      guard value.count <= limits.targetBytes else {
        refusal = MessageError(
          .tooLarge, "the request target is longer than \(limits.targetBytes) bytes",
          status: .uriTooLong)
        return
      }
      target = String(decoding: value, as: UTF8.self)
    case (UInt8(ascii: "a"), _):
      authority = String(decoding: value, as: UTF8.self)
    case (UInt8(ascii: "s"), 7) where value.count == 3 && name[2] == UInt8(ascii: "t"):
      status = value.reduce(0) { $0 * 10 + Int($1 & 15) }
    default: break
    }
  }
}
