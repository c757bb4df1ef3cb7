// Written by Scripts/generate-protobuf from apus/files/v1/share.proto. Do not edit.

extension FilesV1 {
  /// A catalogue entry as it travels: the very bytes that its owner signed, and the tags, which are
  /// signed by their hash and may be left out.
  package struct SignedShare: Message {
    /// A ShareBody.
    package var body: [UInt8] = []
    /// 64 bytes of Ed25519.
    package var signature: [UInt8] = []
    /// At most 32, in order.
    package var tags: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.SignedShare", "body 1 signature 2 tags 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, body)
      writer.plain(WireBytes.self, 18, signature)
      writer.repeated(WireString.self, 26, tags)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&body, &reader)
      case 18: try WireBytes.read(&signature, &reader)
      case 26: try reader.repeated(WireString.self, &tags)
      default: return false
      }
      return true
    }
  }

  /// What people call a file.
  package struct ShareBody: Message {
    /// 16 random bytes.
    package var id: [UInt8] = []
    /// From 1; the higher one stands.
    package var version: UInt64 = 0
    /// 1 to 255 bytes without control characters and slashes.
    package var name: String = ""
    package var isFolder: Bool = false
    /// At most 127 bytes; empty when nobody knows.
    package var mediaType: String = ""
    package var size: Int64 = 0
    /// 32 bytes.
    package var blob: [UInt8] = []
    /// SHA-256 of the tags, each with its length before it; empty when there are none.
    package var tagsDigest: [UInt8] = []
    /// The NodeID of the node that signed this.
    package var owner: [UInt8] = []
    /// 1 to 16.
    package var replicas: UInt32 = 0
    /// Nanoseconds since 1970.
    package var created: Int64 = 0
    package var changed: Int64 = 0
    /// The last version: copies are let go.
    package var isWithdrawn: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ShareBody",
      "id 1 version 2 name 3 is_folder 4 media_type 5 size 6 blob 7 tags_digest 8 owner 9 replicas 10 created 11 changed 12 is_withdrawn 13"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, id)
      writer.plain(WireUInt64.self, 16, version)
      writer.plain(WireString.self, 26, name)
      writer.plain(WireBool.self, 32, isFolder)
      writer.plain(WireString.self, 42, mediaType)
      writer.plain(WireInt64.self, 48, size)
      writer.plain(WireBytes.self, 58, blob)
      writer.plain(WireBytes.self, 66, tagsDigest)
      writer.plain(WireBytes.self, 74, owner)
      writer.plain(WireUInt32.self, 80, replicas)
      writer.plain(WireInt64.self, 88, created)
      writer.plain(WireInt64.self, 96, changed)
      writer.plain(WireBool.self, 104, isWithdrawn)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&id, &reader)
      case 16: try WireUInt64.read(&version, &reader)
      case 26: try WireString.read(&name, &reader)
      case 32: try WireBool.read(&isFolder, &reader)
      case 42: try WireString.read(&mediaType, &reader)
      case 48: try WireInt64.read(&size, &reader)
      case 58: try WireBytes.read(&blob, &reader)
      case 66: try WireBytes.read(&tagsDigest, &reader)
      case 74: try WireBytes.read(&owner, &reader)
      case 80: try WireUInt32.read(&replicas, &reader)
      case 88: try WireInt64.read(&created, &reader)
      case 96: try WireInt64.read(&changed, &reader)
      case 104: try WireBool.read(&isWithdrawn, &reader)
      default: return false
      }
      return true
    }
  }

  /// A node's word that it has a blob whole.
  package struct SignedHold: Message {
    /// 32 bytes.
    package var blob: [UInt8] = []
    /// The NodeID of the node that signed this.
    package var holder: [UInt8] = []
    /// Nanoseconds since 1970.
    package var madeAt: Int64 = 0
    /// 64 bytes of Ed25519 over the three above.
    package var signature: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.SignedHold", "blob 1 holder 2 made_at 3 signature 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, blob)
      writer.plain(WireBytes.self, 18, holder)
      writer.plain(WireInt64.self, 24, madeAt)
      writer.plain(WireBytes.self, 34, signature)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&blob, &reader)
      case 18: try WireBytes.read(&holder, &reader)
      case 24: try WireInt64.read(&madeAt, &reader)
      case 34: try WireBytes.read(&signature, &reader)
      default: return false
      }
      return true
    }
  }
}
