/// The numbers of protobuf on the wire, one after another as the language guide lists them.

package enum WireDouble: WireNumber {
  package static var wireType: UInt32 { 1 }
  package static var initial: Double { 0 }
  package static func isDefault(_ value: Double) -> Bool { value.bitPattern == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Double {
    Double(bitPattern: try reader.fixed64())
  }
  package static func write(_ value: Double, _ writer: inout WireWriter) {
    writer.fixed64(value.bitPattern)
  }
}

package enum WireFloat: WireNumber {
  package static var wireType: UInt32 { 5 }
  package static var initial: Float { 0 }
  package static func isDefault(_ value: Float) -> Bool { value.bitPattern == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Float {
    Float(bitPattern: try reader.fixed32())
  }
  package static func write(_ value: Float, _ writer: inout WireWriter) {
    writer.fixed32(value.bitPattern)
  }
}

package enum WireInt32: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: Int32 { 0 }
  package static func isDefault(_ value: Int32) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Int32 {
    Int32(truncatingIfNeeded: try reader.varint())
  }
  package static func write(_ value: Int32, _ writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: Int64(value)))
  }
}

package enum WireInt64: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: Int64 { 0 }
  package static func isDefault(_ value: Int64) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Int64 {
    Int64(bitPattern: try reader.varint())
  }
  package static func write(_ value: Int64, _ writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: value))
  }
}

package enum WireUInt32: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: UInt32 { 0 }
  package static func isDefault(_ value: UInt32) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> UInt32 {
    UInt32(truncatingIfNeeded: try reader.varint())
  }
  package static func write(_ value: UInt32, _ writer: inout WireWriter) {
    writer.varint(UInt64(value))
  }
}

package enum WireUInt64: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: UInt64 { 0 }
  package static func isDefault(_ value: UInt64) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> UInt64 {
    try reader.varint()
  }
  package static func write(_ value: UInt64, _ writer: inout WireWriter) {
    writer.varint(value)
  }
}

package enum WireSInt32: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: Int32 { 0 }
  package static func isDefault(_ value: Int32) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Int32 {
    zag32(UInt32(truncatingIfNeeded: try reader.varint()))
  }
  package static func write(_ value: Int32, _ writer: inout WireWriter) {
    writer.varint(UInt64(UInt32(bitPattern: value << 1 ^ value >> 31)))
  }
}

package enum WireSInt64: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: Int64 { 0 }
  package static func isDefault(_ value: Int64) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Int64 {
    zag64(try reader.varint())
  }
  package static func write(_ value: Int64, _ writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }
}

package enum WireFixed32: WireNumber {
  package static var wireType: UInt32 { 5 }
  package static var initial: UInt32 { 0 }
  package static func isDefault(_ value: UInt32) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> UInt32 {
    try reader.fixed32()
  }
  package static func write(_ value: UInt32, _ writer: inout WireWriter) {
    writer.fixed32(value)
  }
}

package enum WireFixed64: WireNumber {
  package static var wireType: UInt32 { 1 }
  package static var initial: UInt64 { 0 }
  package static func isDefault(_ value: UInt64) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> UInt64 {
    try reader.fixed64()
  }
  package static func write(_ value: UInt64, _ writer: inout WireWriter) {
    writer.fixed64(value)
  }
}

package enum WireSFixed32: WireNumber {
  package static var wireType: UInt32 { 5 }
  package static var initial: Int32 { 0 }
  package static func isDefault(_ value: Int32) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Int32 {
    Int32(bitPattern: try reader.fixed32())
  }
  package static func write(_ value: Int32, _ writer: inout WireWriter) {
    writer.fixed32(UInt32(bitPattern: value))
  }
}

package enum WireSFixed64: WireNumber {
  package static var wireType: UInt32 { 1 }
  package static var initial: Int64 { 0 }
  package static func isDefault(_ value: Int64) -> Bool { value == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Int64 {
    Int64(bitPattern: try reader.fixed64())
  }
  package static func write(_ value: Int64, _ writer: inout WireWriter) {
    writer.fixed64(UInt64(bitPattern: value))
  }
}

package enum WireBool: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: Bool { false }
  package static func isDefault(_ value: Bool) -> Bool { !value }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Bool {
    try reader.varint() != 0
  }
  package static func write(_ value: Bool, _ writer: inout WireWriter) {
    writer.varint(value ? 1 : 0)
  }
}

package enum WireEnum<E: OpenEnum>: WireNumber {
  package static var wireType: UInt32 { 0 }
  package static var initial: E { E(rawValue: 0) }
  package static func isDefault(_ value: E) -> Bool { value.rawValue == 0 }
  package static func number(_ reader: inout WireReader) throws(DecodingFailure) -> E {
    E(rawValue: Int32(truncatingIfNeeded: try reader.varint()))
  }
  package static func write(_ value: E, _ writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: Int64(value.rawValue)))
  }
}

private func zag32(_ value: UInt32) -> Int32 {
  Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
}

private func zag64(_ value: UInt64) -> Int64 {
  Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}
