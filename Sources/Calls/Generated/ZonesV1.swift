// Written by Scripts/generate-protobuf from apus/zones/v1/zones.proto. Do not edit.

/// The package `apus.zones.v1`.
package enum ZonesV1 {
  package struct ZoneMessage: Message {
    package var message: MessageChoice?

    package enum MessageChoice: Equatable, Sendable {
      case mapOffer(ZonesV1.MapOffer)
      case decisions(ZonesV1.Decisions)
      case put(ZonesV1.Put)
      case stored(ZonesV1.Stored)
      case find(ZonesV1.Find)
      case found(ZonesV1.Found)
      case compare(ZonesV1.Comparison)
      case compared(ZonesV1.Comparison)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.ZoneMessage",
      "map_offer 1 decisions 2 put 3 stored 4 find 5 found 6 compare 7 compared 8")

    package func encode(into writer: inout WireWriter) {
      switch message {
      case .mapOffer(let value)?: writer.always(WireMessage<ZonesV1.MapOffer>.self, 10, value)
      case .decisions(let value)?: writer.always(WireMessage<ZonesV1.Decisions>.self, 18, value)
      case .put(let value)?: writer.always(WireMessage<ZonesV1.Put>.self, 26, value)
      case .stored(let value)?: writer.always(WireMessage<ZonesV1.Stored>.self, 34, value)
      case .find(let value)?: writer.always(WireMessage<ZonesV1.Find>.self, 42, value)
      case .found(let value)?: writer.always(WireMessage<ZonesV1.Found>.self, 50, value)
      case .compare(let value)?: writer.always(WireMessage<ZonesV1.Comparison>.self, 58, value)
      case .compared(let value)?: writer.always(WireMessage<ZonesV1.Comparison>.self, 66, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10:
        var held = ZonesV1.MapOffer()
        if case .mapOffer(let value)? = message { held = value }
        try reader.message(&held)
        message = .mapOffer(held)
      case 18:
        var held = ZonesV1.Decisions()
        if case .decisions(let value)? = message { held = value }
        try reader.message(&held)
        message = .decisions(held)
      case 26:
        var held = ZonesV1.Put()
        if case .put(let value)? = message { held = value }
        try reader.message(&held)
        message = .put(held)
      case 34:
        var held = ZonesV1.Stored()
        if case .stored(let value)? = message { held = value }
        try reader.message(&held)
        message = .stored(held)
      case 42:
        var held = ZonesV1.Find()
        if case .find(let value)? = message { held = value }
        try reader.message(&held)
        message = .find(held)
      case 50:
        var held = ZonesV1.Found()
        if case .found(let value)? = message { held = value }
        try reader.message(&held)
        message = .found(held)
      case 58:
        var held = ZonesV1.Comparison()
        if case .compare(let value)? = message { held = value }
        try reader.message(&held)
        message = .compare(held)
      case 66:
        var held = ZonesV1.Comparison()
        if case .compared(let value)? = message { held = value }
        try reader.message(&held)
        message = .compared(held)
      default: return false
      }
      return true
    }
  }

  /// "My map comes to this."
  package struct MapOffer: Message {
    package var fingerprint: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.MapOffer", "fingerprint 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, fingerprint)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&fingerprint, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Decisions: Message {
    package var decisions: [ZonesV1.Decision] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Decisions", "decisions 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<ZonesV1.Decision>.self, 10, decisions)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<ZonesV1.Decision>.self, &decisions)
      default: return false
      }
      return true
    }
  }

  /// Whether the keys that begin with some bits are divided between two zones.
  package struct Decision: Message {
    package var prefix: ZonesV1.Prefix?
    /// The higher one stands; of equal ones the merge.
    package var number: UInt32 = 0
    package var isSplit: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Decision", "prefix 1 number 2 is_split 3")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<ZonesV1.Prefix>.self, 10, prefix)
      writer.plain(WireUInt32.self, 16, number)
      writer.plain(WireBool.self, 24, isSplit)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&prefix)
      case 16: try WireUInt32.read(&number, &reader)
      case 24: try WireBool.read(&isSplit, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Prefix: Message {
    /// From the highest bit on.
    package var bits: UInt64 = 0
    /// At most 32.
    package var length: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Prefix", "bits 1 length 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, bits)
      writer.plain(WireUInt32.self, 16, length)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&bits, &reader)
      case 16: try WireUInt32.read(&length, &reader)
      default: return false
      }
      return true
    }
  }

  /// One line of the index. Its publisher alone can change or remove it.
  package struct Entry: Message {
    /// 32 bytes: 12 of the term, 10 of the subject, the first 10 of the publisher's NodeID.
    package var key: [UInt8] = []
    package var version: UInt64 = 0
    /// Nanoseconds since 1970.
    package var expiresAt: Int64 = 0
    package var isRemoved: Bool = false
    /// At most 1 KiB.
    package var payload: [UInt8] = []
    /// 32 bytes.
    package var publisher: [UInt8] = []
    /// 64 bytes, for the purpose `zone-entry`: of the key without the term, version, expires_at,
    /// is_removed (one byte) and payload.
    package var signature: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Entry",
      "key 1 version 2 expires_at 3 is_removed 4 payload 5 publisher 6 signature 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, key)
      writer.plain(WireUInt64.self, 16, version)
      writer.plain(WireInt64.self, 24, expiresAt)
      writer.plain(WireBool.self, 32, isRemoved)
      writer.plain(WireBytes.self, 42, payload)
      writer.plain(WireBytes.self, 50, publisher)
      writer.plain(WireBytes.self, 58, signature)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&key, &reader)
      case 16: try WireUInt64.read(&version, &reader)
      case 24: try WireInt64.read(&expiresAt, &reader)
      case 32: try WireBool.read(&isRemoved, &reader)
      case 42: try WireBytes.read(&payload, &reader)
      case 50: try WireBytes.read(&publisher, &reader)
      case 58: try WireBytes.read(&signature, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Put: Message {
    package var request: UInt64 = 0
    package var entries: [ZonesV1.Entry] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Put", "request 1 entries 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, request)
      writer.repeated(WireMessage<ZonesV1.Entry>.self, 18, entries)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&request, &reader)
      case 18: try reader.repeated(WireMessage<ZonesV1.Entry>.self, &entries)
      default: return false
      }
      return true
    }
  }

  package struct Stored: Message {
    package var request: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Stored", "request 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, request)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&request, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Find: Message {
    package var request: UInt64 = 0
    /// 32 bytes.
    package var lower: [UInt8] = []
    /// 32 bytes; none is the end of all keys. Not included.
    package var upper: [UInt8] = []
    package var limit: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Find", "request 1 lower 2 upper 3 limit 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, request)
      writer.plain(WireBytes.self, 18, lower)
      writer.plain(WireBytes.self, 26, upper)
      writer.plain(WireUInt32.self, 32, limit)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&request, &reader)
      case 18: try WireBytes.read(&lower, &reader)
      case 26: try WireBytes.read(&upper, &reader)
      case 32: try WireUInt32.read(&limit, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Found: Message {
    package var request: UInt64 = 0
    package var entries: [ZonesV1.Entry] = []
    /// The sender has what its zone has.
    package var isSettled: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Found", "request 1 entries 2 is_settled 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, request)
      writer.repeated(WireMessage<ZonesV1.Entry>.self, 18, entries)
      writer.plain(WireBool.self, 24, isSettled)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&request, &reader)
      case 18: try reader.repeated(WireMessage<ZonesV1.Entry>.self, &entries)
      case 24: try WireBool.read(&isSettled, &reader)
      default: return false
      }
      return true
    }
  }

  /// One turn of making the entries of two nodes equal.
  package struct Comparison: Message {
    package var session: UInt64 = 0
    package var number: UInt32 = 0
    package var prefix: ZonesV1.Prefix?
    package var isHandover: Bool = false
    /// As Mesh/Reconciliation writes it.
    package var message: [UInt8] = []
    package var entries: [ZonesV1.Entry] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.zones.v1.Comparison", "session 1 number 2 prefix 3 is_handover 4 message 5 entries 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, session)
      writer.plain(WireUInt32.self, 16, number)
      writer.optional(WireMessage<ZonesV1.Prefix>.self, 26, prefix)
      writer.plain(WireBool.self, 32, isHandover)
      writer.plain(WireBytes.self, 42, message)
      writer.repeated(WireMessage<ZonesV1.Entry>.self, 50, entries)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&session, &reader)
      case 16: try WireUInt32.read(&number, &reader)
      case 26: try reader.message(&prefix)
      case 32: try WireBool.read(&isHandover, &reader)
      case 42: try WireBytes.read(&message, &reader)
      case 50: try reader.repeated(WireMessage<ZonesV1.Entry>.self, &entries)
      default: return false
      }
      return true
    }
  }
}

extension ZonesV1 {
  package enum ZonesMethods {
    package static let service = "apus.zones.v1.Zones"
    package static let exchange = MethodDescription(
      service, "Exchange", .bidirectional, permission: "zones")
  }

  /// The file index, spread over zones of nodes.
  package protocol ZonesService: Sendable {
    /// What the zone cores of two nodes say to each other, for as long as both like.
    func exchange(
      _ requests: MessageReader<ZonesV1.ZoneMessage>, _ replies: MessageWriter<ZonesV1.ZoneMessage>,
      _ context: CallContext
    ) async throws
  }

  package struct ZonesClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// What the zone cores of two nodes say to each other, for as long as both like.
    package func exchange<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<ZonesV1.ZoneMessage, ZonesV1.ZoneMessage>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(ZonesV1.ZonesMethods.exchange, options, body)
    }
  }
}

extension ZonesV1.ZonesService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .bidirectional(ZonesV1.ZonesMethods.exchange, self.exchange)
    ]
  }
}
