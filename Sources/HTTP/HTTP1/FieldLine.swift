/// The bounds of one head, whoever sent it.
struct HeadLimits: Sendable {
  var bytes: Int
  var fields: Int
  var targetBytes: Int

  init(bytes: Int, fields: Int, targetBytes: Int) {
    self.bytes = bytes
    self.fields = fields
    self.targetBytes = targetBytes
  }

  init(_ limits: ServerLimits) {
    self.init(
      bytes: limits.headBytes, fields: limits.headFields, targetBytes: limits.targetBytes)
  }
}

/// One line of a head or of trailers (RFC 9112, 5), strictly: no folding, no blank before the
/// colon, CR LF at the end and no other control byte.
enum FieldLine {
  /// More bytes are needed; nothing was used.
  case incomplete
  /// The empty line behind the last field.
  case end(next: Int)
  case field(name: Range<Int>, value: Range<Int>, next: Int)

  /// Reads the line that begins at `start`.
  @inline(__always)
  static func read(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(MessageError) -> FieldLine {
    var index = start
    while index < bytes.count, LineBytes.isToken(bytes[index]) { index += 1 }
    guard index < bytes.count else { return .incomplete }
    let name = start..<index
    guard bytes[index] == LineBytes.colon, !name.isEmpty else {
      return try endOrFault(bytes, name: name)
    }
    index += 1
    while index < bytes.count, LineBytes.isBlank(bytes[index]) { index += 1 }
    let value = index
    index = LineBytes.endOfValue(bytes, from: value)
    guard index < bytes.count else { return .incomplete }
    guard bytes[index] == LineBytes.cr else {
      throw MessageError(.malformed, "a header value holds a control byte or a bare line feed")
    }
    guard index + 1 < bytes.count else { return .incomplete }
    guard bytes[index + 1] == LineBytes.lf else { throw bareReturn }
    var end = index
    while end > value, LineBytes.isBlank(bytes[end - 1]) { end -= 1 }
    return .field(name: name, value: value..<end, next: index + 2)
  }

  static var bareReturn: MessageError {
    MessageError(.malformed, "a carriage return must be followed by a line feed")
  }

  /// The byte behind `name` is not a colon: the end of the fields, or a fault to name.
  private static func endOrFault(
    _ bytes: UnsafeRawBufferPointer, name: Range<Int>
  ) throws(MessageError) -> FieldLine {
    let byte = bytes[name.upperBound]
    guard name.isEmpty else {
      throw MessageError(
        .malformed,
        LineBytes.isBlank(byte)
          ? "no blank may stand between a header's name and its colon"
          : "a header's name holds a byte that is not allowed")
    }
    if LineBytes.isBlank(byte) {
      throw MessageError(.malformed, "headers folded over several lines are not accepted")
    }
    guard byte == LineBytes.cr else {
      throw MessageError(.malformed, "a header line must begin with its name")
    }
    guard name.lowerBound + 1 < bytes.count else { return .incomplete }
    guard bytes[name.lowerBound + 1] == LineBytes.lf else { throw bareReturn }
    return .end(next: name.lowerBound + 2)
  }
}
