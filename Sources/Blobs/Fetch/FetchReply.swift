package import Calls

/// An `AskReply` as a fetch reads it: its bytes stay where they came, and are copied once, to where
/// the chunk is gathered.
package struct FetchReply: Message {
  /// Everything but the bytes.
  package private(set) var others = FilesV1.AskReply()
  package private(set) var bytes: ArraySlice<UInt8> = []

  package static let schema = FilesV1.AskReply.schema

  package init() {}

  package init(_ reply: FilesV1.AskReply) {
    bytes = reply.bytes[...]
    others = reply
    others.bytes = []
  }

  package var unknownFields: UnknownFields {
    get { others.unknownFields }
    set { others.unknownFields = newValue }
  }

  package func encode(into writer: inout WireWriter) {
    var reply = others
    reply.bytes = Array(bytes)
    reply.encode(into: &writer)
  }

  package mutating func decodeField(from reader: inout WireReader) throws(DecodingFailure) -> Bool {
    guard reader.tag == 6 << 3 | 2 else { return try others.decodeField(from: &reader) }
    bytes = try reader.run()
    return true
  }
}
