import Glibc

/// The head or trailers of the stream whose HEADERS are coming in; one per session, since nothing
/// may come between them (RFC 9113, 4.3).
struct HeadAssembly {
  /// Made with the first head and kept: most heads fit.
  private var buffer: HeadBuffer?
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
    if buffer == nil { buffer = HeadBuffer() }
    buffer?.clear()
    status = 0
    if refusal != nil { refusal = nil }
    method = .get
    target = ""
    authority = ""
    bytesLeft = limits.headBytes
    fieldsLeft = limits.headFields
  }

  /// The head of a request. A client that names no authority may do so by Host.
  mutating func takeRequest() -> RequestHead {
    let headers = takeHeaders()
    if authority.isEmpty, let host = headers["host"] { authority = host }
    return RequestHead(method: method, target: target, authority: authority, headers: headers)
  }

  func takeHeaders() -> Headers { buffer?.headers ?? Headers() }

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
      buffer?.append(name: name, value: value)
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

/// Collects the fields of a head.
/// Guard: confinement to the session's loop.
private final class HeadBuffer {
  private var bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 480)
  private var byteCount = 0
  private var fields = UnsafeMutableBufferPointer<Headers.Field>.allocate(capacity: 20)
  private var count = 0

  deinit {
    bytes.deallocate()
    fields.deallocate()
  }

  var headers: Headers {
    Headers(
      bytes: UnsafeBufferPointer(rebasing: bytes[..<byteCount]),
      fields: UnsafeBufferPointer(rebasing: fields[..<count]))
  }

  func clear() {
    byteCount = 0
    count = 0
  }

  func append(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
    let middle = byteCount + name.count
    let end = middle + value.count
    if end > bytes.count { bytes = Self.grown(bytes, byteCount, toHold: end) }
    if count == fields.count { fields = Self.grown(fields, count, toHold: count + 1) }
    if let source = name.baseAddress {
      memcpy(bytes.baseAddress.unsafelyUnwrapped + byteCount, source, name.count)
    }
    if let source = value.baseAddress {
      memcpy(bytes.baseAddress.unsafelyUnwrapped + middle, source, value.count)
    }
    fields.baseAddress.unsafelyUnwrapped[count] = Headers.Field(
      name: Int32(byteCount), value: Int32(middle), end: Int32(end))
    byteCount = end
    count += 1
  }

  private static func grown<Element>(
    _ old: UnsafeMutableBufferPointer<Element>, _ count: Int, toHold needed: Int
  ) -> UnsafeMutableBufferPointer<Element> {
    let new = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(needed, 2 * old.count))
    _ = new.moveInitialize(fromContentsOf: old[..<count])
    old.deallocate()
    return new
  }
}
