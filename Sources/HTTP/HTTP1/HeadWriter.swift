/// Puts heads into bytes.
enum HeadWriter {
  /// How the body that follows is announced.
  enum Length: Sendable, Equatable {
    /// Neither header: no body, or one that ends with the connection.
    case none
    case exactly(Int)
    case chunked
  }

  /// What the connection says about itself, beside what the handler says.
  enum Persistence: Sendable {
    /// The default of the version; nothing is written.
    case implied
    case close
    case keepAlive
    case upgrade
  }

  /// False, and nothing written, when a header holds a control byte: an answer must not be
  /// split by what a handler passes through.
  static func write(
    _ head: ResponseHead, length: Length, persistence: Persistence, date: [UInt8],
    to out: inout [UInt8]
  ) -> Bool {
    guard (100...999).contains(head.status.number) else { return false }
    let begin = out.count
    if out.isEmpty { out.reserveCapacity(160 + head.headers.byteCount + head.headers.count * 4) }
    append("HTTP/1.1 ", to: &out)
    append(head.status.number, to: &out)
    out.append(LineBytes.space)
    out.append(contentsOf: head.status.reason.utf8)
    append("\r\n", to: &out)
    let named = write(head.headers, keepsUpgrade: persistence == .upgrade, to: &out)
    guard let named else {
      out.removeSubrange(begin...)
      return false
    }
    if !named.contains(.date) { out.append(contentsOf: date) }
    write(length, to: &out)
    switch persistence {
    case .implied: break
    case .close: append("connection: close\r\n", to: &out)
    case .keepAlive: append("connection: keep-alive\r\n", to: &out)
    case .upgrade: append("connection: upgrade\r\n", to: &out)
    }
    append("\r\n", to: &out)
    return true
  }

  /// The same for a request. False when the method, the target, the host or a header is invalid.
  static func write(_ head: RequestHead, length: Length, to out: inout [UInt8]) -> Bool {
    guard Headers.isToken(head.method.name.utf8), !head.target.isEmpty,
      head.target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      head.authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return false }
    let begin = out.count
    out.append(contentsOf: head.method.name.utf8)
    out.append(LineBytes.space)
    out.append(contentsOf: head.target.utf8)
    append(" HTTP/1.1\r\nhost: ", to: &out)
    out.append(contentsOf: head.authority.utf8)
    append("\r\n", to: &out)
    let wantsUpgrade = head.headers.contains("upgrade")
    guard write(head.headers, keepsUpgrade: wantsUpgrade, to: &out) != nil else {
      out.removeSubrange(begin...)
      return false
    }
    write(length, to: &out)
    if wantsUpgrade { append("connection: upgrade\r\n", to: &out) }
    append("\r\n", to: &out)
    return true
  }

  /// Trailers and the empty line behind them. False as above.
  static func write(trailers: Headers, to out: inout [UInt8]) -> Bool {
    guard write(trailers, keepsUpgrade: false, to: &out) != nil else { return false }
    append("\r\n", to: &out)
    return true
  }

  /// The line before a chunk's bytes.
  static func writeChunkSize(_ size: Int, to out: inout [UInt8]) {
    var shift = (Int.bitWidth - size.leadingZeroBitCount + 3) / 4 * 4 - 4
    while shift >= 0 {
      let digit = UInt8(size >> shift & 15)
      out.append(digit < 10 ? digit + UInt8(ascii: "0") : digit + UInt8(ascii: "a") - 10)
      shift -= 4
    }
    append("\r\n", to: &out)
  }

  static func append(_ text: StaticString, to out: inout [UInt8]) {
    out.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  // MARK: - Parts

  private struct Named: OptionSet {
    let rawValue: Int
    static let date = Named(rawValue: 1)
  }

  private static func write(_ length: Length, to out: inout [UInt8]) {
    switch length {
    case .none: break
    case .exactly(let count):
      append("content-length: ", to: &out)
      append(count, to: &out)
      append("\r\n", to: &out)
    case .chunked: append("transfer-encoding: chunked\r\n", to: &out)
    }
  }

  /// All fields but those the connection decides about. Nil when one is invalid.
  private static func write(
    _ headers: Headers, keepsUpgrade: Bool, to out: inout [UInt8]
  ) -> Named? {
    headers.withBytes { bytes, _, spans in
      let bytes = UnsafeRawBufferPointer(start: bytes, count: headers.byteCount)
      guard LineBytes.endOfValue(bytes, from: 0) == bytes.count else { return nil }
      var named: Named = []
      for index in headers.indices {
        let (start, middle, end) = spans(index)
        let name = bytes.cut(start, middle)
        if isOurs(name, keepsUpgrade: keepsUpgrade) { continue }
        if name.count == 4, LineBytes.equals(name, "date") { named.insert(.date) }
        out.append(contentsOf: name)
        append(": ", to: &out)
        out.append(contentsOf: bytes.cut(middle, end))
        append("\r\n", to: &out)
      }
      return named
    }
  }

  /// Fields of the connection and of the framing: the handler's are dropped.
  private static func isOurs(_ name: UnsafeRawBufferPointer, keepsUpgrade: Bool) -> Bool {
    switch name.count {
    case 7: !keepsUpgrade && LineBytes.equals(name, "upgrade")
    case 10: LineBytes.equals(name, "connection") || LineBytes.equals(name, "keep-alive")
    case 14: LineBytes.equals(name, "content-length")
    case 17: LineBytes.equals(name, "transfer-encoding")
    default: false
    }
  }

  private static func append(_ number: Int, to out: inout [UInt8]) {
    var digits: (UInt64, Int) = (0, 0)
    var rest = number
    if rest >= 100_000_000 {
      out.append(contentsOf: String(number).utf8)
      return
    }
    repeat {
      digits.0 = digits.0 << 8 | UInt64(rest % 10) + 0x30
      digits.1 += 1
      rest /= 10
    } while rest > 0
    for _ in 0..<digits.1 {
      out.append(UInt8(truncatingIfNeeded: digits.0))
      digits.0 >>= 8
    }
  }
}
