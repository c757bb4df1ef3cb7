// Written by Scripts/generate-protobuf from apus/link/v1/link.proto. Do not edit.

/// The package `apus.link.v1`.
package enum LinkV1 {
  /// The first record on a carrier, both ways, behind its length in four bytes. What follows it is
  /// handled only once it is accepted.
  package struct Hello: Message {
    /// The membership certificate that names this node; empty for one that asks to join.
    package var certificate: [UInt8] = []
    /// Of the program.
    package var version: String = ""
    /// Drawn at the start of the node: another one says that its old streams are gone.
    package var boot: UInt64 = 0
    package var purpose: LinkV1.Hello.Purpose = LinkV1.Hello.Purpose(rawValue: 0)
    /// The link this node still holds with the other one; 0 for none. A hint, as are the next two:
    /// what holds is said when the carrier is attached.
    package var link: UInt64 = 0
    /// The highest epoch it knows of.
    package var epoch: UInt64 = 0
    /// What it has received on lane 0 and on lane 1.
    package var received: [UInt64] = []
    /// How far ahead of its readers the other node may send on a lane.
    package var laneBytes: UInt32 = 0
    /// The address at which this node sees the other one.
    package var observedAddress: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.link.v1.Hello",
      "certificate 1 version 2 boot 3 purpose 4 link 5 epoch 6 received 7 lane_bytes 8 observed_address 9"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, certificate)
      writer.plain(WireString.self, 18, version)
      writer.plain(WireFixed64.self, 25, boot)
      writer.plain(WireEnum<LinkV1.Hello.Purpose>.self, 32, purpose)
      writer.plain(WireUInt64.self, 40, link)
      writer.plain(WireUInt64.self, 48, epoch)
      writer.packed(WireUInt64.self, 58, received)
      writer.plain(WireUInt32.self, 64, laneBytes)
      writer.plain(WireString.self, 74, observedAddress)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&certificate, &reader)
      case 18: try WireString.read(&version, &reader)
      case 25: try WireFixed64.read(&boot, &reader)
      case 32: try WireEnum<LinkV1.Hello.Purpose>.read(&purpose, &reader)
      case 40: try WireUInt64.read(&link, &reader)
      case 48: try WireUInt64.read(&epoch, &reader)
      case 56, 58: try reader.packed(WireUInt64.self, &received)
      case 64: try WireUInt32.read(&laneBytes, &reader)
      case 74: try WireString.read(&observedAddress, &reader)
      default: return false
      }
      return true
    }

    package struct Purpose: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      /// Both lanes of a link.
      package static var main: Self { Self(rawValue: 1) }
      /// One HTTP/2 session, its client the dialler.
      package static var bulk: Self { Self(rawValue: 2) }

      package static let schema = MessageSchema(
        "apus.link.v1.Hello.Purpose", "PURPOSE_UNSPECIFIED 0 PURPOSE_MAIN 1 PURPOSE_BULK 2")
    }
  }
}
