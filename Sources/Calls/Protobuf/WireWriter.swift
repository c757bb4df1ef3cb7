/// Appends protobuf's wire format to one array.
///
/// A length is written after its content: one byte is set aside and the content moved when
/// it turns out longer than 127 bytes. That costs a `memmove` per long sub-message and saves
/// the pass over all fields that adds up sizes first.
package struct WireWriter {
  package var bytes: [UInt8]

  package init(reserving capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  package mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  package mutating func fixed32(_ value: UInt32) {
    for shift: UInt32 in [0, 8, 16, 24] {
      bytes.append(UInt8(truncatingIfNeeded: value &>> shift))
    }
  }

  package mutating func fixed64(_ value: UInt64) {
    fixed32(UInt32(truncatingIfNeeded: value))
    fixed32(UInt32(truncatingIfNeeded: value >> 32))
  }

  package mutating func run(_ value: [UInt8]) {
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func string(_ value: String) {
    let text = value.utf8
    varint(UInt64(text.count))
    bytes.append(contentsOf: text)
  }

  package mutating func unknown(_ fields: UnknownFields) {
    if !fields.bytes.isEmpty { bytes.append(contentsOf: fields.bytes) }
  }

  /// Writes what `content` appends, with its length in front.
  package mutating func delimited(_ content: (inout WireWriter) -> Void) {
    let start = bytes.count
    bytes.append(0)
    content(&self)
    let length = bytes.count - start - 1
    if length < 0x80 {
      bytes[start] = UInt8(truncatingIfNeeded: length)
    } else {
      insertLength(length, at: start)
    }
  }

  private mutating func insertLength(_ length: Int, at start: Int) {
    var prefix = WireWriter(reserving: 10)
    prefix.varint(UInt64(length))
    bytes.replaceSubrange(start...start, with: prefix.bytes)
  }
}
