// Written by Scripts/generate-protobuf from apus/node/v1/node.proto. Do not edit.

/// The package `apus.node.v1`.
package enum NodeV1 {
  package struct StatusRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.StatusRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct StatusReply: Message {
    /// The node's key as 52 characters of base32.
    package var id: String = ""
    package var name: String = ""
    package var version: String = ""
    /// Empty while the node belongs to none.
    package var network: String = ""
    package var roles: [String] = []
    /// host:port, one for each socket.
    package var listen: [String] = []
    /// Where a browser goes.
    package var web: String = ""
    package var pid: UInt32 = 0
    package var uptimeMilliseconds: UInt64 = 0
    package var residentBytes: UInt64 = 0
    package var openConnections: UInt64 = 0
    package var callsServed: UInt64 = 0
    package var zone: String = ""
    package var isAdmin: Bool = false
    /// Live members other than this node.
    package var peers: UInt32 = 0
    /// How long this node is a member; not set while that is unknown.
    package var membership: NodeV1.Validity?
    /// Set while the node waits to be let into another network.
    package var joining: NodeV1.Joining?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.StatusReply",
      "id 1 name 2 version 3 network 4 roles 5 listen 6 web 7 pid 8 uptime_milliseconds 9 resident_bytes 10 open_connections 11 calls_served 12 zone 13 is_admin 14 peers 15 membership 16 joining 17"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireString.self, 26, version)
      writer.plain(WireString.self, 34, network)
      writer.repeated(WireString.self, 42, roles)
      writer.repeated(WireString.self, 50, listen)
      writer.plain(WireString.self, 58, web)
      writer.plain(WireUInt32.self, 64, pid)
      writer.plain(WireUInt64.self, 72, uptimeMilliseconds)
      writer.plain(WireUInt64.self, 80, residentBytes)
      writer.plain(WireUInt64.self, 88, openConnections)
      writer.plain(WireUInt64.self, 96, callsServed)
      writer.plain(WireString.self, 106, zone)
      writer.plain(WireBool.self, 112, isAdmin)
      writer.plain(WireUInt32.self, 120, peers)
      writer.optional(WireMessage<NodeV1.Validity>.self, 130, membership)
      writer.optional(WireMessage<NodeV1.Joining>.self, 138, joining)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try WireString.read(&version, &reader)
      case 34: try WireString.read(&network, &reader)
      case 42: try reader.repeated(WireString.self, &roles)
      case 50: try reader.repeated(WireString.self, &listen)
      case 58: try WireString.read(&web, &reader)
      case 64: try WireUInt32.read(&pid, &reader)
      case 72: try WireUInt64.read(&uptimeMilliseconds, &reader)
      case 80: try WireUInt64.read(&residentBytes, &reader)
      case 88: try WireUInt64.read(&openConnections, &reader)
      case 96: try WireUInt64.read(&callsServed, &reader)
      case 106: try WireString.read(&zone, &reader)
      case 112: try WireBool.read(&isAdmin, &reader)
      case 120: try WireUInt32.read(&peers, &reader)
      case 130: try reader.message(&membership)
      case 138: try reader.message(&joining)
      default: return false
      }
      return true
    }
  }

  package struct Joining: Message {
    package var network: String = ""
    package var name: String = ""
    package var sinceNanoseconds: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.Joining", "network 1 name 2 since_nanoseconds 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, network)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireInt64.self, 24, sinceNanoseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&network, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireInt64.read(&sinceNanoseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Validity: Message {
    package var expiresNanoseconds: Int64 = 0
    /// ok, renew, warn, expired or revoked.
    package var health: String = ""
    /// What to do; empty when that is nothing.
    package var remedy: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.Validity", "expires_nanoseconds 1 health 2 remedy 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, expiresNanoseconds)
      writer.plain(WireString.self, 18, health)
      writer.plain(WireString.self, 26, remedy)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&expiresNanoseconds, &reader)
      case 18: try WireString.read(&health, &reader)
      case 26: try WireString.read(&remedy, &reader)
      default: return false
      }
      return true
    }
  }

  package struct StopRequest: Message {
    /// How long open calls may go on; without it what the settings say.
    package var graceMilliseconds: UInt32?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.StopRequest", "grace_milliseconds 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireUInt32.self, 8, graceMilliseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: graceMilliseconds = try WireUInt32.read(&reader)
      default: return false
      }
      return true
    }
  }

  package struct StopReply: Message {
    package var pid: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.StopReply", "pid 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt32.self, 8, pid)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt32.read(&pid, &reader)
      default: return false
      }
      return true
    }
  }

  package struct DoctorRequest: Message {
    /// Names of checks; none asks for all.
    package var checks: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.DoctorRequest", "checks 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireString.self, 10, checks)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireString.self, &checks)
      default: return false
      }
      return true
    }
  }

  package struct DoctorReply: Message {
    package var findings: [NodeV1.Finding] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.DoctorReply", "findings 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<NodeV1.Finding>.self, 10, findings)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<NodeV1.Finding>.self, &findings)
      default: return false
      }
      return true
    }
  }

  package struct Finding: Message {
    package var check: String = ""
    package var level: NodeV1.Finding.Level = NodeV1.Finding.Level(rawValue: 0)
    package var summary: String = ""
    /// What to do; empty when all is fine.
    package var remedy: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.Finding", "check 1 level 2 summary 3 remedy 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, check)
      writer.plain(WireEnum<NodeV1.Finding.Level>.self, 16, level)
      writer.plain(WireString.self, 26, summary)
      writer.plain(WireString.self, 34, remedy)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&check, &reader)
      case 16: try WireEnum<NodeV1.Finding.Level>.read(&level, &reader)
      case 26: try WireString.read(&summary, &reader)
      case 34: try WireString.read(&remedy, &reader)
      default: return false
      }
      return true
    }

    package struct Level: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      package static var fine: Self { Self(rawValue: 1) }
      package static var warning: Self { Self(rawValue: 2) }
      package static var broken: Self { Self(rawValue: 3) }

      package static let schema = MessageSchema(
        "apus.node.v1.Finding.Level",
        "LEVEL_UNSPECIFIED 0 LEVEL_FINE 1 LEVEL_WARNING 2 LEVEL_BROKEN 3")
    }
  }

  package struct SettingsRequest: Message {
    /// Only settings whose key begins so; empty for all.
    package var prefix: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.SettingsRequest", "prefix 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, prefix)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&prefix, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SettingsReply: Message {
    package var settings: [NodeV1.Setting] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.SettingsReply", "settings 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<NodeV1.Setting>.self, 10, settings)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<NodeV1.Setting>.self, &settings)
      default: return false
      }
      return true
    }
  }

  package struct Setting: Message {
    package var key: String = ""
    /// As TOML would write it; secrets are never among them.
    package var value: String = ""
    package var origin: NodeV1.Setting.Origin = NodeV1.Setting.Origin(rawValue: 0)
    /// The file and line, the variable or the flag.
    package var place: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.Setting", "key 1 value 2 origin 3 place 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, key)
      writer.plain(WireString.self, 18, value)
      writer.plain(WireEnum<NodeV1.Setting.Origin>.self, 24, origin)
      writer.plain(WireString.self, 34, place)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&key, &reader)
      case 18: try WireString.read(&value, &reader)
      case 24: try WireEnum<NodeV1.Setting.Origin>.read(&origin, &reader)
      case 34: try WireString.read(&place, &reader)
      default: return false
      }
      return true
    }

    package struct Origin: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      package static var builtIn: Self { Self(rawValue: 1) }
      package static var file: Self { Self(rawValue: 2) }
      package static var environment: Self { Self(rawValue: 3) }
      package static var flag: Self { Self(rawValue: 4) }

      package static let schema = MessageSchema(
        "apus.node.v1.Setting.Origin",
        "ORIGIN_UNSPECIFIED 0 ORIGIN_BUILT_IN 1 ORIGIN_FILE 2 ORIGIN_ENVIRONMENT 3 ORIGIN_FLAG 4")
    }
  }

  package struct LogsRequest: Message {
    /// Goes on with new records until the caller ends it.
    package var follow: Bool = false
    /// So many of the latest records first; without it all that are kept.
    package var tail: UInt32?
    package var minimumLevel: NodeV1.LogLevel = NodeV1.LogLevel(rawValue: 0)
    /// Only this module's records; empty for all.
    package var module: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.LogsRequest", "follow 1 tail 2 minimum_level 3 module 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBool.self, 8, follow)
      writer.optional(WireUInt32.self, 16, tail)
      writer.plain(WireEnum<NodeV1.LogLevel>.self, 24, minimumLevel)
      writer.plain(WireString.self, 34, module)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireBool.read(&follow, &reader)
      case 16: tail = try WireUInt32.read(&reader)
      case 24: try WireEnum<NodeV1.LogLevel>.read(&minimumLevel, &reader)
      case 34: try WireString.read(&module, &reader)
      default: return false
      }
      return true
    }
  }

  package struct LogRecord: Message {
    /// Nanoseconds since 1970 UTC.
    package var timeNanoseconds: Int64 = 0
    package var level: NodeV1.LogLevel = NodeV1.LogLevel(rawValue: 0)
    package var module: String = ""
    package var message: String = ""
    package var fields: [String: String] = [:]
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.node.v1.LogRecord", "time_nanoseconds 1 level 2 module 3 message 4 fields 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, timeNanoseconds)
      writer.plain(WireEnum<NodeV1.LogLevel>.self, 16, level)
      writer.plain(WireString.self, 26, module)
      writer.plain(WireString.self, 34, message)
      writer.map(WireString.self, WireString.self, 42, fields)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&timeNanoseconds, &reader)
      case 16: try WireEnum<NodeV1.LogLevel>.read(&level, &reader)
      case 26: try WireString.read(&module, &reader)
      case 34: try WireString.read(&message, &reader)
      case 42: try reader.map(WireString.self, WireString.self, &fields)
      default: return false
      }
      return true
    }
  }

  package struct LogLevel: OpenEnum {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static var unspecified: Self { Self(rawValue: 0) }
    package static var trace: Self { Self(rawValue: 1) }
    package static var debug: Self { Self(rawValue: 2) }
    package static var info: Self { Self(rawValue: 3) }
    package static var notice: Self { Self(rawValue: 4) }
    package static var warning: Self { Self(rawValue: 5) }
    package static var error: Self { Self(rawValue: 6) }

    package static let schema = MessageSchema(
      "apus.node.v1.LogLevel",
      "LOG_LEVEL_UNSPECIFIED 0 LOG_LEVEL_TRACE 1 LOG_LEVEL_DEBUG 2 LOG_LEVEL_INFO 3 LOG_LEVEL_NOTICE 4 LOG_LEVEL_WARNING 5 LOG_LEVEL_ERROR 6"
    )
  }
}

extension NodeV1 {
  package enum NodeMethods {
    package static let service = "apus.node.v1.Node"
    package static let status = MethodDescription(
      service, "Status", .unary, permission: "status")
    package static let stop = MethodDescription(
      service, "Stop", .unary, permission: "administer")
    package static let doctor = MethodDescription(
      service, "Doctor", .unary, permission: "administer")
    package static let settings = MethodDescription(
      service, "Settings", .unary, permission: "administer")
    package static let logs = MethodDescription(
      service, "Logs", .serverStream, permission: "administer")
  }

  /// One node as its owner and its command line see it.
  package protocol NodeService: Sendable {
    func status(
      _ request: NodeV1.StatusRequest, _ context: CallContext
    ) async throws -> NodeV1.StatusReply
    /// Asks the node to finish what is open and to end.
    func stop(
      _ request: NodeV1.StopRequest, _ context: CallContext
    ) async throws -> NodeV1.StopReply
    /// Looks for what is wrong and says how to mend it.
    func doctor(
      _ request: NodeV1.DoctorRequest, _ context: CallContext
    ) async throws -> NodeV1.DoctorReply
    /// Every setting with its value and where that came from.
    func settings(
      _ request: NodeV1.SettingsRequest, _ context: CallContext
    ) async throws -> NodeV1.SettingsReply
    func logs(
      _ request: NodeV1.LogsRequest, _ replies: MessageWriter<NodeV1.LogRecord>,
      _ context: CallContext
    ) async throws
  }

  package struct NodeClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func status(
      _ request: NodeV1.StatusRequest, options: CallOptions = CallOptions()
    ) async throws -> NodeV1.StatusReply {
      try await caller.unary(NodeV1.NodeMethods.status, request, options)
    }

    /// Asks the node to finish what is open and to end.
    package func stop(
      _ request: NodeV1.StopRequest, options: CallOptions = CallOptions()
    ) async throws -> NodeV1.StopReply {
      try await caller.unary(NodeV1.NodeMethods.stop, request, options)
    }

    /// Looks for what is wrong and says how to mend it.
    package func doctor(
      _ request: NodeV1.DoctorRequest, options: CallOptions = CallOptions()
    ) async throws -> NodeV1.DoctorReply {
      try await caller.unary(NodeV1.NodeMethods.doctor, request, options)
    }

    /// Every setting with its value and where that came from.
    package func settings(
      _ request: NodeV1.SettingsRequest, options: CallOptions = CallOptions()
    ) async throws -> NodeV1.SettingsReply {
      try await caller.unary(NodeV1.NodeMethods.settings, request, options)
    }

    package func logs<Answer: Sendable>(
      _ request: NodeV1.LogsRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<NodeV1.LogRecord>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(NodeV1.NodeMethods.logs, request, options, replies)
    }
  }
}

extension NodeV1.NodeService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(NodeV1.NodeMethods.status, self.status),
      .unary(NodeV1.NodeMethods.stop, self.stop),
      .unary(NodeV1.NodeMethods.doctor, self.doctor),
      .unary(NodeV1.NodeMethods.settings, self.settings),
      .serverStream(NodeV1.NodeMethods.logs, self.logs),
    ]
  }
}
