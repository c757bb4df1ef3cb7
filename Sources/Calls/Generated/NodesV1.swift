// Written by Scripts/generate-protobuf from apus/nodes/v1/nodes.proto. Do not edit.

/// The package `apus.nodes.v1`.
package enum NodesV1 {
  package struct ListRequest: Message {
    /// name, nearest, fastest, least-loaded, cores, memory, zone or state; empty for name.
    package var sort: String = ""
    /// role=worker,latency<50,label.gpu=yes; empty for all.
    package var `where`: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ListRequest", "sort 1 where 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, sort)
      writer.plain(WireString.self, 18, `where`)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&sort, &reader)
      case 18: try WireString.read(&`where`, &reader)
      default: return false
      }
      return true
    }
  }

  package struct WatchRequest: Message {
    package var sort: String = ""
    package var `where`: String = ""
    /// At least so long between two lists; not below 500.
    package var intervalMilliseconds: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.WatchRequest", "sort 1 where 2 interval_milliseconds 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, sort)
      writer.plain(WireString.self, 18, `where`)
      writer.plain(WireUInt32.self, 24, intervalMilliseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&sort, &reader)
      case 18: try WireString.read(&`where`, &reader)
      case 24: try WireUInt32.read(&intervalMilliseconds, &reader)
      default: return false
      }
      return true
    }
  }

  /// A part of a list.
  package struct Rows: Message {
    package var rows: [NodesV1.Row] = []
    /// The list is complete with these.
    package var isLast: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.Rows", "rows 1 is_last 2")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<NodesV1.Row>.self, 10, rows)
      writer.plain(WireBool.self, 16, isLast)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<NodesV1.Row>.self, &rows)
      case 16: try WireBool.read(&isLast, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Row: Message {
    /// The node's key as 52 characters of base32.
    package var id: String = ""
    package var name: String = ""
    /// alive, suspect, unreachable, dead, left or unknown.
    package var state: String = ""
    package var zone: String = ""
    package var roles: [String] = []
    /// direct, punched or relayed; empty without a connection.
    package var path: String = ""
    package var latencyMilliseconds: Double?
    /// Else estimated from coordinates.
    package var latencyIsMeasured: Bool = false
    /// Towards the node, and from it.
    package var uploadMbps: Double?
    package var downloadMbps: Double?
    /// Share of the processors in use, as last told.
    package var load: Double?
    package var addresses: [String] = []
    package var isSelf: Bool = false
    /// All of it, as `apus nodes --json` prints it.
    package var json: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.Row",
      "id 1 name 2 state 3 zone 4 roles 5 path 6 latency_milliseconds 7 latency_is_measured 8 upload_mbps 9 download_mbps 10 load 11 addresses 12 is_self 13 json 14"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireString.self, 26, state)
      writer.plain(WireString.self, 34, zone)
      writer.repeated(WireString.self, 42, roles)
      writer.plain(WireString.self, 50, path)
      writer.optional(WireDouble.self, 57, latencyMilliseconds)
      writer.plain(WireBool.self, 64, latencyIsMeasured)
      writer.optional(WireDouble.self, 73, uploadMbps)
      writer.optional(WireDouble.self, 81, downloadMbps)
      writer.optional(WireDouble.self, 89, load)
      writer.repeated(WireString.self, 98, addresses)
      writer.plain(WireBool.self, 104, isSelf)
      writer.plain(WireString.self, 114, json)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try WireString.read(&state, &reader)
      case 34: try WireString.read(&zone, &reader)
      case 42: try reader.repeated(WireString.self, &roles)
      case 50: try WireString.read(&path, &reader)
      case 57: latencyMilliseconds = try WireDouble.read(&reader)
      case 64: try WireBool.read(&latencyIsMeasured, &reader)
      case 73: uploadMbps = try WireDouble.read(&reader)
      case 81: downloadMbps = try WireDouble.read(&reader)
      case 89: load = try WireDouble.read(&reader)
      case 98: try reader.repeated(WireString.self, &addresses)
      case 104: try WireBool.read(&isSelf, &reader)
      case 114: try WireString.read(&json, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShowRequest: Message {
    package var node: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ShowRequest", "node 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShowReply: Message {
    package var row: NodesV1.Row?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ShowReply", "row 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<NodesV1.Row>.self, 10, row)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&row)
      default: return false
      }
      return true
    }
  }

  package struct PingRequest: Message {
    package var node: String = ""
    /// 0 goes on until the caller ends it.
    package var count: UInt32 = 0
    /// From one probe to the next; 0 for a second.
    package var intervalMilliseconds: UInt32 = 0
    /// How long to wait for each answer; 0 for 5 seconds.
    package var timeoutMilliseconds: UInt32 = 0
    /// Of each probe; not above 64 KiB.
    package var bytes: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.PingRequest",
      "node 1 count 2 interval_milliseconds 3 timeout_milliseconds 4 bytes 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireUInt32.self, 16, count)
      writer.plain(WireUInt32.self, 24, intervalMilliseconds)
      writer.plain(WireUInt32.self, 32, timeoutMilliseconds)
      writer.plain(WireUInt32.self, 40, bytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 16: try WireUInt32.read(&count, &reader)
      case 24: try WireUInt32.read(&intervalMilliseconds, &reader)
      case 32: try WireUInt32.read(&timeoutMilliseconds, &reader)
      case 40: try WireUInt32.read(&bytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct PingReply: Message {
    package var id: String = ""
    package var name: String = ""
    /// From 1. 0 for what made the connection, which counts as no measurement.
    package var number: UInt32 = 0
    /// Not set where no answer came.
    package var nanoseconds: UInt64?
    package var path: String = ""
    /// Why there was no answer.
    package var failure: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.PingReply", "id 1 name 2 number 3 nanoseconds 4 path 5 failure 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireUInt32.self, 24, number)
      writer.optional(WireUInt64.self, 32, nanoseconds)
      writer.plain(WireString.self, 42, path)
      writer.plain(WireString.self, 50, failure)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 24: try WireUInt32.read(&number, &reader)
      case 32: nanoseconds = try WireUInt64.read(&reader)
      case 42: try WireString.read(&path, &reader)
      case 50: try WireString.read(&failure, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SpeedRequest: Message {
    package var node: String = ""
    /// Each way, whichever ends first; 0 for 5 seconds and 256 MiB. Not above 60 seconds and 16 GiB.
    package var milliseconds: UInt32 = 0
    package var bytes: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.SpeedRequest", "node 1 milliseconds 2 bytes 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireUInt32.self, 16, milliseconds)
      writer.plain(WireUInt64.self, 24, bytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 16: try WireUInt32.read(&milliseconds, &reader)
      case 24: try WireUInt64.read(&bytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SpeedReply: Message {
    package var id: String = ""
    package var name: String = ""
    package var path: String = ""
    /// How far the direction that is measured now has come.
    package var direction: NodesV1.SpeedReply.Direction = NodesV1.SpeedReply.Direction(rawValue: 0)
    package var bytes: UInt64 = 0
    package var nanoseconds: UInt64 = 0
    /// In the last reply.
    package var result: NodesV1.SpeedResult?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.SpeedReply", "id 1 name 2 path 3 direction 4 bytes 5 nanoseconds 6 result 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireString.self, 26, path)
      writer.plain(WireEnum<NodesV1.SpeedReply.Direction>.self, 32, direction)
      writer.plain(WireUInt64.self, 40, bytes)
      writer.plain(WireUInt64.self, 48, nanoseconds)
      writer.optional(WireMessage<NodesV1.SpeedResult>.self, 58, result)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try WireString.read(&path, &reader)
      case 32: try WireEnum<NodesV1.SpeedReply.Direction>.read(&direction, &reader)
      case 40: try WireUInt64.read(&bytes, &reader)
      case 48: try WireUInt64.read(&nanoseconds, &reader)
      case 58: try reader.message(&result)
      default: return false
      }
      return true
    }

    package struct Direction: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      /// Towards the node.
      package static var upload: Self { Self(rawValue: 1) }
      /// From it.
      package static var download: Self { Self(rawValue: 2) }

      package static let schema = MessageSchema(
        "apus.nodes.v1.SpeedReply.Direction",
        "DIRECTION_UNSPECIFIED 0 DIRECTION_UPLOAD 1 DIRECTION_DOWNLOAD 2")
    }
  }

  package struct SpeedResult: Message {
    package var uploadMbps: Double = 0
    package var downloadMbps: Double = 0
    package var uploadedBytes: UInt64 = 0
    package var downloadedBytes: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.SpeedResult",
      "upload_mbps 1 download_mbps 2 uploaded_bytes 3 downloaded_bytes 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireDouble.self, 9, uploadMbps)
      writer.plain(WireDouble.self, 17, downloadMbps)
      writer.plain(WireUInt64.self, 24, uploadedBytes)
      writer.plain(WireUInt64.self, 32, downloadedBytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireDouble.read(&uploadMbps, &reader)
      case 17: try WireDouble.read(&downloadMbps, &reader)
      case 24: try WireUInt64.read(&uploadedBytes, &reader)
      case 32: try WireUInt64.read(&downloadedBytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct StreamRequest: Message {
    package var node: String = ""
    /// 0 goes on until the caller ends it.
    package var milliseconds: UInt32 = 0
    /// From one piece to the next, each way; 0 for 10.
    package var intervalMilliseconds: UInt32 = 0
    /// Of each piece; 0 for 4 KiB. Not above 64 KiB.
    package var bytes: UInt32 = 0
    /// What the bytes are drawn from.
    package var seed: UInt64 = 0
    /// From one reply to the next; 0 for a second. Not below 10.
    package var reportMilliseconds: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.StreamRequest",
      "node 1 milliseconds 2 interval_milliseconds 3 bytes 4 seed 5 report_milliseconds 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireUInt32.self, 16, milliseconds)
      writer.plain(WireUInt32.self, 24, intervalMilliseconds)
      writer.plain(WireUInt32.self, 32, bytes)
      writer.plain(WireUInt64.self, 40, seed)
      writer.plain(WireUInt32.self, 48, reportMilliseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 16: try WireUInt32.read(&milliseconds, &reader)
      case 24: try WireUInt32.read(&intervalMilliseconds, &reader)
      case 32: try WireUInt32.read(&bytes, &reader)
      case 40: try WireUInt64.read(&seed, &reader)
      case 48: try WireUInt32.read(&reportMilliseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct StreamReply: Message {
    package var id: String = ""
    package var name: String = ""
    package var path: String = ""
    package var nanoseconds: UInt64 = 0
    /// To the node, and from it.
    package var upload: NodesV1.StreamReply.Direction?
    package var download: NodesV1.StreamReply.Direction?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.StreamReply", "id 1 name 2 path 3 nanoseconds 4 upload 5 download 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireString.self, 26, path)
      writer.plain(WireUInt64.self, 32, nanoseconds)
      writer.optional(WireMessage<NodesV1.StreamReply.Direction>.self, 42, upload)
      writer.optional(WireMessage<NodesV1.StreamReply.Direction>.self, 50, download)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try WireString.read(&path, &reader)
      case 32: try WireUInt64.read(&nanoseconds, &reader)
      case 42: try reader.message(&upload)
      case 50: try reader.message(&download)
      default: return false
      }
      return true
    }

    /// One direction, as its receiver sees it.
    package struct Direction: Message {
      /// From the beginning.
      package var checkedBytes: UInt64 = 0
      package var wrongBytes: UInt64 = 0
      /// The longest time without a byte, since the reply before; it may go on.
      package var stallNanoseconds: UInt64 = 0
      package var unknownFields = UnknownFields()

      package init() {}

      package static let schema = MessageSchema(
        "apus.nodes.v1.StreamReply.Direction", "checked_bytes 1 wrong_bytes 2 stall_nanoseconds 3")

      package func encode(into writer: inout WireWriter) {
        writer.plain(WireUInt64.self, 8, checkedBytes)
        writer.plain(WireUInt64.self, 16, wrongBytes)
        writer.plain(WireUInt64.self, 24, stallNanoseconds)
        writer.unknown(unknownFields)
      }

      package mutating func decodeField(
        from reader: inout WireReader
      ) throws(DecodingFailure) -> Bool {
        switch reader.tag {
        case 8: try WireUInt64.read(&checkedBytes, &reader)
        case 16: try WireUInt64.read(&wrongBytes, &reader)
        case 24: try WireUInt64.read(&stallNanoseconds, &reader)
        default: return false
        }
        return true
      }
    }
  }

  package struct ExplainRequest: Message {
    package var node: String = ""
    /// For all ways together; 0 for 30 seconds.
    package var timeoutMilliseconds: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ExplainRequest", "node 1 timeout_milliseconds 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, node)
      writer.plain(WireUInt32.self, 16, timeoutMilliseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&node, &reader)
      case 16: try WireUInt32.read(&timeoutMilliseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ExplainReply: Message {
    package var id: String = ""
    package var name: String = ""
    /// What connects the nodes now; empty when nothing does.
    package var path: String = ""
    /// In the order in which they were to be tried.
    package var ways: [NodesV1.Way] = []
    /// The best way that worked; empty when none did.
    package var best: String = ""
    package var nanoseconds: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ExplainReply", "id 1 name 2 path 3 ways 4 best 5 nanoseconds 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, id)
      writer.plain(WireString.self, 18, name)
      writer.plain(WireString.self, 26, path)
      writer.repeated(WireMessage<NodesV1.Way>.self, 34, ways)
      writer.plain(WireString.self, 42, best)
      writer.plain(WireUInt64.self, 48, nanoseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&id, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try WireString.read(&path, &reader)
      case 34: try reader.repeated(WireMessage<NodesV1.Way>.self, &ways)
      case 42: try WireString.read(&best, &reader)
      case 48: try WireUInt64.read(&nanoseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Way: Message {
    /// LAN 192.0.2.7:4747, hole punching, relay abcd...
    package var way: String = ""
    /// direct, punched or relayed.
    package var path: String = ""
    package var connected: Bool = false
    /// Since the search began; not set when its turn never came.
    package var startedNanoseconds: UInt64?
    package var nanoseconds: UInt64 = 0
    /// Why it did not work: a word for programs, and a sentence.
    package var reason: String = ""
    package var explanation: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.Way",
      "way 1 path 2 connected 3 started_nanoseconds 4 nanoseconds 5 reason 6 explanation 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, way)
      writer.plain(WireString.self, 18, path)
      writer.plain(WireBool.self, 24, connected)
      writer.optional(WireUInt64.self, 32, startedNanoseconds)
      writer.plain(WireUInt64.self, 40, nanoseconds)
      writer.plain(WireString.self, 50, reason)
      writer.plain(WireString.self, 58, explanation)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&way, &reader)
      case 18: try WireString.read(&path, &reader)
      case 24: try WireBool.read(&connected, &reader)
      case 32: startedNanoseconds = try WireUInt64.read(&reader)
      case 40: try WireUInt64.read(&nanoseconds, &reader)
      case 50: try WireString.read(&reason, &reader)
      case 58: try WireString.read(&explanation, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ExportTableRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ExportTableRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ExportTableReply: Message {
    package var json: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ExportTableReply", "json 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, json)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&json, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ImportTableRequest: Message {
    package var json: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ImportTableRequest", "json 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, json)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&json, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ImportTableReply: Message {
    package var entries: [NodesV1.ImportedEntry] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ImportTableReply", "entries 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<NodesV1.ImportedEntry>.self, 10, entries)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<NodesV1.ImportedEntry>.self, &entries)
      default: return false
      }
      return true
    }
  }

  package struct ImportedEntry: Message {
    package var name: String = ""
    /// host:port.
    package var addresses: [String] = []
    /// A node of this network that has one of the addresses already.
    package var knownAs: String = ""
    /// The node tries to find one of its own network there.
    package var isTried: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.nodes.v1.ImportedEntry", "name 1 addresses 2 known_as 3 is_tried 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.repeated(WireString.self, 18, addresses)
      writer.plain(WireString.self, 26, knownAs)
      writer.plain(WireBool.self, 32, isTried)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try reader.repeated(WireString.self, &addresses)
      case 26: try WireString.read(&knownAs, &reader)
      case 32: try WireBool.read(&isTried, &reader)
      default: return false
      }
      return true
    }
  }
}

extension NodesV1 {
  package enum NodesMethods {
    package static let service = "apus.nodes.v1.Nodes"
    package static let list = MethodDescription(
      service, "List", .serverStream, permission: "nodes")
    package static let watch = MethodDescription(
      service, "Watch", .serverStream, permission: "nodes")
    package static let show = MethodDescription(
      service, "Show", .unary, permission: "nodes")
    package static let ping = MethodDescription(
      service, "Ping", .serverStream, permission: "measure")
    package static let speed = MethodDescription(
      service, "Speed", .serverStream, permission: "measure")
    package static let stream = MethodDescription(
      service, "Stream", .serverStream, permission: "measure")
    package static let explain = MethodDescription(
      service, "Explain", .unary, permission: "measure")
    package static let exportTable = MethodDescription(
      service, "ExportTable", .unary, permission: "nodes")
    package static let importTable = MethodDescription(
      service, "ImportTable", .unary, permission: "administer")
  }

  /// Everybody in the network as this node sees them, and what it measures of them. A node is named
  /// by its name, its id, or enough of the id's beginning.
  package protocol NodesService: Sendable {
    func list(
      _ request: NodesV1.ListRequest, _ replies: MessageWriter<NodesV1.Rows>, _ context: CallContext
    ) async throws
    /// The list now and after every change, until the caller ends it.
    func watch(
      _ request: NodesV1.WatchRequest, _ replies: MessageWriter<NodesV1.Rows>,
      _ context: CallContext
    ) async throws
    func show(
      _ request: NodesV1.ShowRequest, _ context: CallContext
    ) async throws -> NodesV1.ShowReply
    /// One reply for each probe, answered or not. The node table learns of them.
    func ping(
      _ request: NodesV1.PingRequest, _ replies: MessageWriter<NodesV1.PingReply>,
      _ context: CallContext
    ) async throws
    /// Sends and fetches for a while; the last reply has the result, which the node table keeps.
    func speed(
      _ request: NodesV1.SpeedRequest, _ replies: MessageWriter<NodesV1.SpeedReply>,
      _ context: CallContext
    ) async throws
    /// Keeps bytes flowing both ways in one stream, checks each of them, and tells of stalls. What
    /// breaks the stream ends the call.
    func stream(
      _ request: NodesV1.StreamRequest, _ replies: MessageWriter<NodesV1.StreamReply>,
      _ context: CallContext
    ) async throws
    /// Tries every way to a node anew and says how each went.
    func explain(
      _ request: NodesV1.ExplainRequest, _ context: CallContext
    ) async throws -> NodesV1.ExplainReply
    /// The node table in the shape of P2PRC's ip_table.json.
    func exportTable(
      _ request: NodesV1.ExportTableRequest, _ context: CallContext
    ) async throws -> NodesV1.ExportTableReply
    /// Reads such a table: addresses to try, never members.
    func importTable(
      _ request: NodesV1.ImportTableRequest, _ context: CallContext
    ) async throws -> NodesV1.ImportTableReply
  }

  package struct NodesClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func list<Answer: Sendable>(
      _ request: NodesV1.ListRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<NodesV1.Rows>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(NodesV1.NodesMethods.list, request, options, replies)
    }

    /// The list now and after every change, until the caller ends it.
    package func watch<Answer: Sendable>(
      _ request: NodesV1.WatchRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<NodesV1.Rows>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(NodesV1.NodesMethods.watch, request, options, replies)
    }

    package func show(
      _ request: NodesV1.ShowRequest, options: CallOptions = CallOptions()
    ) async throws -> NodesV1.ShowReply {
      try await caller.unary(NodesV1.NodesMethods.show, request, options)
    }

    /// One reply for each probe, answered or not. The node table learns of them.
    package func ping<Answer: Sendable>(
      _ request: NodesV1.PingRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<NodesV1.PingReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(NodesV1.NodesMethods.ping, request, options, replies)
    }

    /// Sends and fetches for a while; the last reply has the result, which the node table keeps.
    package func speed<Answer: Sendable>(
      _ request: NodesV1.SpeedRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<NodesV1.SpeedReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(NodesV1.NodesMethods.speed, request, options, replies)
    }

    /// Keeps bytes flowing both ways in one stream, checks each of them, and tells of stalls. What
    /// breaks the stream ends the call.
    package func stream<Answer: Sendable>(
      _ request: NodesV1.StreamRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<NodesV1.StreamReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(NodesV1.NodesMethods.stream, request, options, replies)
    }

    /// Tries every way to a node anew and says how each went.
    package func explain(
      _ request: NodesV1.ExplainRequest, options: CallOptions = CallOptions()
    ) async throws -> NodesV1.ExplainReply {
      try await caller.unary(NodesV1.NodesMethods.explain, request, options)
    }

    /// The node table in the shape of P2PRC's ip_table.json.
    package func exportTable(
      _ request: NodesV1.ExportTableRequest, options: CallOptions = CallOptions()
    ) async throws -> NodesV1.ExportTableReply {
      try await caller.unary(NodesV1.NodesMethods.exportTable, request, options)
    }

    /// Reads such a table: addresses to try, never members.
    package func importTable(
      _ request: NodesV1.ImportTableRequest, options: CallOptions = CallOptions()
    ) async throws -> NodesV1.ImportTableReply {
      try await caller.unary(NodesV1.NodesMethods.importTable, request, options)
    }
  }
}

extension NodesV1.NodesService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .serverStream(NodesV1.NodesMethods.list, self.list),
      .serverStream(NodesV1.NodesMethods.watch, self.watch),
      .unary(NodesV1.NodesMethods.show, self.show),
      .serverStream(NodesV1.NodesMethods.ping, self.ping),
      .serverStream(NodesV1.NodesMethods.speed, self.speed),
      .serverStream(NodesV1.NodesMethods.stream, self.stream),
      .unary(NodesV1.NodesMethods.explain, self.explain),
      .unary(NodesV1.NodesMethods.exportTable, self.exportTable),
      .unary(NodesV1.NodesMethods.importTable, self.importTable),
    ]
  }
}
