// Written by Scripts/generate-protobuf from apus/files/v1/zonefiles.proto. Do not edit.

extension FilesV1 {
  package struct ZoneReply: Message {
    package var status: FilesV1.ZoneStatus = FilesV1.ZoneStatus(rawValue: 0)
    /// For people.
    package var message: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ZoneReply", "status 1 message 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireEnum<FilesV1.ZoneStatus>.self, 8, status)
      writer.plain(WireString.self, 18, message)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireEnum<FilesV1.ZoneStatus>.read(&status, &reader)
      case 18: try WireString.read(&message, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RegisterRequest: Message {
    package var host: String = ""
    package var port: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.RegisterRequest", "host 1 port 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, host)
      writer.plain(WireUInt32.self, 16, port)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&host, &reader)
      case 16: try WireUInt32.read(&port, &reader)
      default: return false
      }
      return true
    }
  }

  package struct RegisterReply: Message {
    package var status: FilesV1.ZoneStatus = FilesV1.ZoneStatus(rawValue: 0)
    package var message: String = ""
    /// From 1; free ones are given anew, the lowest first.
    package var id: UInt32 = 0
    /// Its first bits; `-` for everything.
    package var zone: String = ""
    package var zones: UInt32 = 0
    /// Nodes of the zone.
    package var zoneSize: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.RegisterReply", "status 1 message 2 id 3 zone 4 zones 5 zone_size 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireEnum<FilesV1.ZoneStatus>.self, 8, status)
      writer.plain(WireString.self, 18, message)
      writer.plain(WireUInt32.self, 24, id)
      writer.plain(WireString.self, 34, zone)
      writer.plain(WireUInt32.self, 40, zones)
      writer.plain(WireUInt32.self, 48, zoneSize)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireEnum<FilesV1.ZoneStatus>.read(&status, &reader)
      case 18: try WireString.read(&message, &reader)
      case 24: try WireUInt32.read(&id, &reader)
      case 34: try WireString.read(&zone, &reader)
      case 40: try WireUInt32.read(&zones, &reader)
      case 48: try WireUInt32.read(&zoneSize, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UnregisterRequest: Message {
    package var id: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.UnregisterRequest", "id 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt32.self, 8, id)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt32.read(&id, &reader)
      default: return false
      }
      return true
    }
  }

  package struct PeersByZoneRequest: Message {
    package var zone: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.PeersByZoneRequest", "zone 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, zone)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&zone, &reader)
      default: return false
      }
      return true
    }
  }

  package struct PeersByZoneReply: Message {
    package var status: FilesV1.ZoneStatus = FilesV1.ZoneStatus(rawValue: 0)
    package var message: String = ""
    package var peers: [FilesV1.ZonePeer] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.PeersByZoneReply", "status 1 message 2 peers 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireEnum<FilesV1.ZoneStatus>.self, 8, status)
      writer.plain(WireString.self, 18, message)
      writer.repeated(WireMessage<FilesV1.ZonePeer>.self, 26, peers)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireEnum<FilesV1.ZoneStatus>.read(&status, &reader)
      case 18: try WireString.read(&message, &reader)
      case 26: try reader.repeated(WireMessage<FilesV1.ZonePeer>.self, &peers)
      default: return false
      }
      return true
    }
  }

  package struct ZonePeer: Message {
    /// A NodeID, or the number that `Register` gave.
    package var id: String = ""
    /// host:port; empty where it is not known.
    package var address: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ZonePeer", "id 1 address 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, address)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&address, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SendRequest: Message {
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.SendRequest", "name 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SendReply: Message {
    package var status: FilesV1.ZoneStatus = FilesV1.ZoneStatus(rawValue: 0)
    package var message: String = ""
    package var content: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.SendReply", "status 1 message 2 content 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireEnum<FilesV1.ZoneStatus>.self, 8, status)
      writer.plain(WireString.self, 18, message)
      writer.plain(WireBytes.self, 26, content)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireEnum<FilesV1.ZoneStatus>.read(&status, &reader)
      case 18: try WireString.read(&message, &reader)
      case 26: try WireBytes.read(&content, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ReceiveRequest: Message {
    package var name: String = ""
    /// At most 4 MiB; larger files go by the upload call of `Files`.
    package var content: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ReceiveRequest", "name 1 content 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireBytes.self, 18, content)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try WireBytes.read(&content, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ZoneStatus: OpenEnum {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static var success: Self { Self(rawValue: 0) }
    package static var failed: Self { Self(rawValue: 1) }

    package static let schema = MessageSchema(
      "apus.files.v1.ZoneStatus", "ZONE_STATUS_SUCCESS 0 ZONE_STATUS_FAILED 1")
  }
}

extension FilesV1 {
  package enum ZoneFilesMethods {
    package static let service = "apus.files.v1.ZoneFiles"
    package static let register = MethodDescription(
      service, "Register", .unary, permission: "files.read")
    package static let unregister = MethodDescription(
      service, "Unregister", .unary, permission: "files.read")
    package static let peersByZone = MethodDescription(
      service, "PeersByZone", .unary, permission: "files.read")
    package static let send = MethodDescription(
      service, "Send", .unary, permission: "files.read")
    package static let receive = MethodDescription(
      service, "Receive", .unary, permission: "files.write")
  }

  /// Files in the manner of small networks with a register of zones: for programs written for such.
  /// Each answer says how it went in `status` and, in words, in `message`.
  package protocol ZoneFilesService: Sendable {
    /// Enters a program's address and says in which zone it is.
    func register(
      _ request: FilesV1.RegisterRequest, _ context: CallContext
    ) async throws -> FilesV1.RegisterReply
    func unregister(
      _ request: FilesV1.UnregisterRequest, _ context: CallContext
    ) async throws -> FilesV1.ZoneReply
    /// Who is in a zone.
    func peersByZone(
      _ request: FilesV1.PeersByZoneRequest, _ context: CallContext
    ) async throws -> FilesV1.PeersByZoneReply
    /// Gives a file by its name.
    func send(
      _ request: FilesV1.SendRequest, _ context: CallContext
    ) async throws -> FilesV1.SendReply
    /// Takes a file.
    func receive(
      _ request: FilesV1.ReceiveRequest, _ context: CallContext
    ) async throws -> FilesV1.ZoneReply
  }

  package struct ZoneFilesClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Enters a program's address and says in which zone it is.
    package func register(
      _ request: FilesV1.RegisterRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.RegisterReply {
      try await caller.unary(FilesV1.ZoneFilesMethods.register, request, options)
    }

    package func unregister(
      _ request: FilesV1.UnregisterRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.ZoneReply {
      try await caller.unary(FilesV1.ZoneFilesMethods.unregister, request, options)
    }

    /// Who is in a zone.
    package func peersByZone(
      _ request: FilesV1.PeersByZoneRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.PeersByZoneReply {
      try await caller.unary(FilesV1.ZoneFilesMethods.peersByZone, request, options)
    }

    /// Gives a file by its name.
    package func send(
      _ request: FilesV1.SendRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.SendReply {
      try await caller.unary(FilesV1.ZoneFilesMethods.send, request, options)
    }

    /// Takes a file.
    package func receive(
      _ request: FilesV1.ReceiveRequest, options: CallOptions = CallOptions()
    ) async throws -> FilesV1.ZoneReply {
      try await caller.unary(FilesV1.ZoneFilesMethods.receive, request, options)
    }
  }
}

extension FilesV1.ZoneFilesService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(FilesV1.ZoneFilesMethods.register, self.register),
      .unary(FilesV1.ZoneFilesMethods.unregister, self.unregister),
      .unary(FilesV1.ZoneFilesMethods.peersByZone, self.peersByZone),
      .unary(FilesV1.ZoneFilesMethods.send, self.send),
      .unary(FilesV1.ZoneFilesMethods.receive, self.receive),
    ]
  }
}
