import Glibc

/// The head or trailers of the stream whose HEADERS are coming in; one per session, since nothing
/// may come between them (RFC 9113, 4.3).
struct HeadAssembly {
  private var buffer = HeadBuffer()
  /// A client's heads tend to be alike, which is what header compression rests on: the last one is
  /// kept, where it is small, and serves again when the next is the same to the byte.
  private var last: (buffer: HeadBuffer, request: RequestHead)?
  /// Set when the head broke a limit.
  private(set) var refusal: MessageError?

  private let limits: ServerLimits
  private var bytesLeft: Int
  private var fieldsLeft: Int

  init(limits: ServerLimits) {
    self.limits = limits
    bytesLeft = limits.headBytes
    fieldsLeft = limits.headFields
  }

  /// Makes ready for the next head.
  mutating func begin() {
    buffer.clear()
    if refusal != nil { refusal = nil }
    bytesLeft = limits.headBytes
    fieldsLeft = limits.headFields
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
    buffer.append(name: name, value: value)
    return true
  }

  // MARK: - What came

  /// The head of a request.
  mutating func takeRequest() -> RequestHead {
    if let last, last.buffer.isSame(as: buffer) { return last.request }
    let request = makeRequest()
    if refusal == nil, buffer.isSmall {
      let spare = last?.buffer ?? HeadBuffer()
      last = (buffer, request)
      buffer = spare
    }
    return request
  }

  /// Of an answer; 0 in requests.
  var status: Int {
    buffer.pseudoField("s", count: 7)?.reduce(0) { $0 * 10 + Int($1 & 15) } ?? 0
  }

  func takeHeaders() -> Headers { buffer.headers }

  /// A client that names no authority may do so by Host. nghttp2 has checked that each field that
  /// begins with a colon is known, comes once and before the others, and is legal.
  private mutating func makeRequest() -> RequestHead {
    let headers = buffer.headers
    let target = buffer.pseudoField("p", count: 5)
    if let target, target.count > limits.targetBytes {
      refusal = MessageError(
        .tooLarge, "the request target is longer than \(limits.targetBytes) bytes",
        status: .uriTooLong)
    }
    let authority = buffer.pseudoField("a", count: 10).map { String(decoding: $0, as: UTF8.self) }
    return RequestHead(
      method: buffer.pseudoField("m", count: 7).map { Method($0) } ?? .get,
      target: refusal == nil ? target.map { String(decoding: $0, as: UTF8.self) } ?? "" : "",
      authority: authority ?? headers["host"] ?? "", headers: headers)
  }
}

/// Collects the fields of a head.
/// Guard: confinement to the session's loop.
private final class HeadBuffer {
  /// Most heads fit.
  private static let usualBytes = 480
  private static let usualFields = 20
  private var bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: usualBytes)
  private var byteCount = 0
  private var fields = UnsafeMutableBufferPointer<Headers.Field>.allocate(capacity: usualFields)
  private var count = 0

  deinit {
    bytes.deallocate()
    fields.deallocate()
  }

  /// Took no more room than it had from the start.
  var isSmall: Bool { bytes.count == Self.usualBytes && fields.count == Self.usualFields }

  func isSame(as other: HeadBuffer) -> Bool {
    count == other.count && byteCount == other.byteCount
      && Self.areSame(bytes, other.bytes, byteCount) && Self.areSame(fields, other.fields, count)
  }

  private static func areSame<Element>(
    _ left: UnsafeMutableBufferPointer<Element>, _ right: UnsafeMutableBufferPointer<Element>,
    _ count: Int
  ) -> Bool {
    memcmp(
      left.baseAddress.unsafelyUnwrapped, right.baseAddress.unsafelyUnwrapped,
      count * MemoryLayout<Element>.stride) == 0
  }

  /// Without those that begin with a colon, which come first.
  var headers: Headers {
    let first = fields[..<count].firstIndex { !isPseudo($0) } ?? count
    let start = first == 0 ? 0 : fields[first - 1].end
    return Headers(
      bytes: UnsafeBufferPointer(rebasing: bytes[Int(start)..<byteCount]),
      fields: fields[first..<count].map {
        Headers.Field(name: $0.name - start, value: $0.value - start, end: $0.end - start)
      })
  }

  /// The value behind a colon, that letter and as many more as make up the name.
  func pseudoField(_ letter: Unicode.Scalar, count nameCount: Int) -> Slice? {
    for field in fields[..<count] {
      guard isPseudo(field) else { return nil }
      if Int(field.value - field.name) == nameCount,
        bytes[Int(field.name) + 1] == UInt8(ascii: letter)
      {
        return UnsafeBufferPointer(rebasing: bytes[Int(field.value)..<Int(field.end)])
      }
    }
    return nil
  }

  typealias Slice = UnsafeBufferPointer<UInt8>

  private func isPseudo(_ field: Headers.Field) -> Bool {
    field.value > field.name && bytes[Int(field.name)] == UInt8(ascii: ":")
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
