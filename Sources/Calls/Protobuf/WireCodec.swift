/// How one protobuf type lies on the wire. The types below are names for the generator to
/// write; they are never made.
package protocol WireCodec {
  associatedtype Value: Sendable
  /// 0 varint, 1 eight bytes, 2 length and run, 5 four bytes.
  static var wireType: UInt32 { get }
  static var initial: Value { get }
  static func isDefault(_ value: Value) -> Bool
  /// Assigns, or merges a message.
  static func read(_ value: inout Value, _ reader: inout WireReader) throws(DecodingFailure)
  static func write(_ value: Value, _ writer: inout WireWriter)
}

extension WireCodec {
  package static func read(_ reader: inout WireReader) throws(DecodingFailure) -> Value {
    var value = initial
    try read(&value, &reader)
    return value
  }
}

package enum WireString: WireCodec {
  package static var wireType: UInt32 { 2 }
  package static var initial: String { "" }
  package static func isDefault(_ value: String) -> Bool { value.isEmpty }
  package static func read(
    _ value: inout String, _ reader: inout WireReader
  ) throws(DecodingFailure) { value = try reader.string() }
  package static func write(_ value: String, _ writer: inout WireWriter) { writer.string(value) }
}

package enum WireBytes: WireCodec {
  package static var wireType: UInt32 { 2 }
  package static var initial: [UInt8] { [] }
  package static func isDefault(_ value: [UInt8]) -> Bool { value.isEmpty }
  package static func read(
    _ value: inout [UInt8], _ reader: inout WireReader
  ) throws(DecodingFailure) { value = Array(try reader.run()) }
  package static func write(_ value: [UInt8], _ writer: inout WireWriter) { writer.run(value) }
}

package enum WireMessage<M: Message>: WireCodec {
  package static var wireType: UInt32 { 2 }
  package static var initial: M { M() }
  package static func isDefault(_ value: M) -> Bool { false }
  package static func read(
    _ value: inout M, _ reader: inout WireReader
  ) throws(DecodingFailure) { try reader.message(&value) }
  package static func write(_ value: M, _ writer: inout WireWriter) {
    writer.delimited { value.encode(into: &$0) }
  }
}

/// A number: what a packed run may hold.
package protocol WireNumber: WireCodec where Value: Equatable {
  static func number(_ reader: inout WireReader) throws(DecodingFailure) -> Value
}

extension WireNumber {
  package static func read(
    _ value: inout Value, _ reader: inout WireReader
  ) throws(DecodingFailure) { value = try number(&reader) }
}
