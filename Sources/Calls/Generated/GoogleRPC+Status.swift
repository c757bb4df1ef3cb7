// Written by Scripts/generate-protobuf from google/rpc/status.proto. Do not edit.

/// The package `google.rpc`.
package enum GoogleRPC {
  /// The content of the trailer `grpc-status-details-bin`.
  package struct Status: Message {
    /// A code of gRPC.
    package var code: Int32 = 0
    package var message: String = ""
    package var details: [GoogleProtobuf.AnyMessage] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "google.rpc.Status", "code 1 message 2 details 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt32.self, 8, code)
      writer.plain(WireString.self, 18, message)
      writer.repeated(WireMessage<GoogleProtobuf.AnyMessage>.self, 26, details)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt32.read(&code, &reader)
      case 18: try WireString.read(&message, &reader)
      case 26: try reader.repeated(WireMessage<GoogleProtobuf.AnyMessage>.self, &details)
      default: return false
      }
      return true
    }
  }
}
