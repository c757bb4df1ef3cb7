/// A protobuf message. The generator writes conformances; nobody else needs to.
///
/// Absent and default values of proto3 behave as the language guide says: a field without
/// presence is left out when it holds its default, a repeated occurrence of a singular
/// message merges, and fields that this program does not know are kept and sent on.
package protocol Message: Equatable, Sendable {
  static var schema: MessageSchema { get }
  /// Tags and values of fields this program does not know, in order of arrival.
  var unknownFields: UnknownFields { get set }
  init()
  /// Appends the fields, the unknown ones last.
  func encode(into writer: inout WireWriter)
  /// Reads the value behind `reader.tag`; false when the tag is not one of this message's.
  mutating func decodeField(from reader: inout WireReader) throws(DecodingFailure) -> Bool
}

package struct UnknownFields: Equatable, Sendable {
  package var bytes: [UInt8] = []
  package init() {}
}

extension Message {
  /// `EchoReply { $0.payload = payload }`
  package init<Failure: Error>(_ fill: (inout Self) throws(Failure) -> Void) throws(Failure) {
    self.init()
    try fill(&self)
  }

  package init(
    decoding bytes: [UInt8], from start: Int = 0,
    limits: WireReader.Limits = WireReader.Limits()
  ) throws(DecodingFailure) {
    self.init()
    do {
      var reader = try WireReader(bytes, from: start, limits: limits)
      try decode(from: &reader)
    } catch {
      throw error.within(Self.schema, field: 0)
    }
  }

  package func encoded() -> [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.bytes
  }

  /// The count of bytes `encoded()` returns; found by encoding.
  package var encodedSize: Int { encoded().count }

  /// Reads fields up to the end of the reader's current message, merging them in.
  package mutating func decode(from reader: inout WireReader) throws(DecodingFailure) {
    var number: UInt32 = 0
    do {
      while try reader.next() {
        number = reader.number
        if try !decodeField(from: &reader) { try reader.keep(in: &unknownFields) }
        number = 0
      }
    } catch {
      throw error.within(Self.schema, field: number)
    }
  }
}

/// An enum of proto3: open, so a number without a name is a value like any other.
package protocol OpenEnum: Hashable, Sendable, CustomStringConvertible {
  static var schema: MessageSchema { get }
  var rawValue: Int32 { get }
  init(rawValue: Int32)
}

extension OpenEnum {
  package var name: String? { Self.schema.fields.first { $0.number == rawValue }?.name }
  package var description: String { name ?? String(rawValue) }
}

/// A message field of its own kind, directly or through others: held out of line.
package struct Boxed<Value: Equatable & Sendable>: Equatable, Sendable {
  private var storage: [Value] = []

  package init() {}

  package var value: Value? {
    get { storage.first }
    set {
      if let newValue { storage = [newValue] } else { storage = [] }
    }
  }
}
