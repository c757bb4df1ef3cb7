// Written by Scripts/generate-protobuf from apus/boxes/v1/sharing.proto. Do not edit.

extension BoxesV1 {
  package struct SharingRules: Message {
    /// Of all attempts together; not set is all there is.
    package var cores: UInt32?
    package var memoryBytes: Int64?
    package var diskBytes: Int64?
    package var gpus: UInt32?
    /// Not set is whatever the settings allow.
    package var runtimes: BoxesV1.SharingWords?
    /// Not set is everybody.
    package var creators: BoxesV1.SharingWords?
    /// Those whose attempts may be given the network.
    package var network: [String] = []
    /// As in `mon-fri 22:00-06:00; sat,sun`; empty is always.
    package var hours: String = ""
    /// Only after nobody has used the machine for so long.
    package var idleNanoseconds: Int64?
    package var mainsOnly: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.SharingRules",
      "cores 1 memory_bytes 2 disk_bytes 3 gpus 4 runtimes 5 creators 6 network 7 hours 8 idle_nanoseconds 9 mains_only 10"
    )

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireUInt32.self, 8, cores)
      writer.optional(WireInt64.self, 16, memoryBytes)
      writer.optional(WireInt64.self, 24, diskBytes)
      writer.optional(WireUInt32.self, 32, gpus)
      writer.optional(WireMessage<BoxesV1.SharingWords>.self, 42, runtimes)
      writer.optional(WireMessage<BoxesV1.SharingWords>.self, 50, creators)
      writer.repeated(WireString.self, 58, network)
      writer.plain(WireString.self, 66, hours)
      writer.optional(WireInt64.self, 72, idleNanoseconds)
      writer.plain(WireBool.self, 80, mainsOnly)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: cores = try WireUInt32.read(&reader)
      case 16: memoryBytes = try WireInt64.read(&reader)
      case 24: diskBytes = try WireInt64.read(&reader)
      case 32: gpus = try WireUInt32.read(&reader)
      case 42: try reader.message(&runtimes)
      case 50: try reader.message(&creators)
      case 58: try reader.repeated(WireString.self, &network)
      case 66: try WireString.read(&hours, &reader)
      case 72: idleNanoseconds = try WireInt64.read(&reader)
      case 80: try WireBool.read(&mainsOnly, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SharingWords: Message {
    package var words: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.SharingWords", "words 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireString.self, 10, words)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireString.self, &words)
      default: return false
      }
      return true
    }
  }

  package struct SharingPause: Message {
    package var sinceNanoseconds: Int64 = 0
    /// Not set is until it is resumed.
    package var untilNanoseconds: Int64?
    /// What runs comes to its end.
    package var letsFinish: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.SharingPause", "since_nanoseconds 1 until_nanoseconds 2 lets_finish 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, sinceNanoseconds)
      writer.optional(WireInt64.self, 16, untilNanoseconds)
      writer.plain(WireBool.self, 24, letsFinish)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&sinceNanoseconds, &reader)
      case 16: untilNanoseconds = try WireInt64.read(&reader)
      case 24: try WireBool.read(&letsFinish, &reader)
      default: return false
      }
      return true
    }
  }

  /// What a node keeps.
  package struct SharingDecision: Message {
    package var rules: BoxesV1.SharingRules?
    package var pause: BoxesV1.SharingPause?
    /// Rises with every change.
    package var revision: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.SharingDecision", "rules 1 pause 2 revision 3")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<BoxesV1.SharingRules>.self, 10, rules)
      writer.optional(WireMessage<BoxesV1.SharingPause>.self, 18, pause)
      writer.plain(WireUInt64.self, 24, revision)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&rules)
      case 18: try reader.message(&pause)
      case 24: try WireUInt64.read(&revision, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShowSharingRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.ShowSharingRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct SetSharingRequest: Message {
    package var rules: BoxesV1.SharingRules?
    /// Of the decision that this one replaces: another is refused.
    package var revision: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.SetSharingRequest", "rules 1 revision 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<BoxesV1.SharingRules>.self, 10, rules)
      writer.plain(WireUInt64.self, 16, revision)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&rules)
      case 16: try WireUInt64.read(&revision, &reader)
      default: return false
      }
      return true
    }
  }

  package struct PauseSharingRequest: Message {
    package var untilNanoseconds: Int64?
    package var letsFinish: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.PauseSharingRequest", "until_nanoseconds 1 lets_finish 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireInt64.self, 8, untilNanoseconds)
      writer.plain(WireBool.self, 16, letsFinish)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: untilNanoseconds = try WireInt64.read(&reader)
      case 16: try WireBool.read(&letsFinish, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ResumeSharingRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.ResumeSharingRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct SharingReport: Message {
    package var decision: BoxesV1.SharingDecision?
    /// Why nobody else may begin an attempt now; empty when they may.
    package var obstacle: String = ""
    /// Until when at least; not set where nobody knows.
    package var untilNanoseconds: Int64?
    /// For others, now.
    package var attempts: UInt32 = 0
    package var memoryBytes: Int64 = 0
    package var diskBytes: Int64 = 0
    /// Since anybody used the machine, and whether it has mains power; not set where it is not told.
    package var idleNanoseconds: Int64?
    package var hasMains: Bool?
    /// Attempts that the request ended.
    package var ended: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.boxes.v1.SharingReport",
      "decision 1 obstacle 2 until_nanoseconds 3 attempts 4 memory_bytes 5 disk_bytes 6 idle_nanoseconds 7 has_mains 8 ended 9"
    )

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<BoxesV1.SharingDecision>.self, 10, decision)
      writer.plain(WireString.self, 18, obstacle)
      writer.optional(WireInt64.self, 24, untilNanoseconds)
      writer.plain(WireUInt32.self, 32, attempts)
      writer.plain(WireInt64.self, 40, memoryBytes)
      writer.plain(WireInt64.self, 48, diskBytes)
      writer.optional(WireInt64.self, 56, idleNanoseconds)
      writer.optional(WireBool.self, 64, hasMains)
      writer.plain(WireUInt32.self, 72, ended)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&decision)
      case 18: try WireString.read(&obstacle, &reader)
      case 24: untilNanoseconds = try WireInt64.read(&reader)
      case 32: try WireUInt32.read(&attempts, &reader)
      case 40: try WireInt64.read(&memoryBytes, &reader)
      case 48: try WireInt64.read(&diskBytes, &reader)
      case 56: idleNanoseconds = try WireInt64.read(&reader)
      case 64: hasMains = try WireBool.read(&reader)
      case 72: try WireUInt32.read(&ended, &reader)
      default: return false
      }
      return true
    }
  }
}

extension BoxesV1 {
  package enum SharingMethods {
    package static let service = "apus.boxes.v1.Sharing"
    package static let show = MethodDescription(
      service, "Show", .unary)
    package static let set = MethodDescription(
      service, "Set", .unary)
    package static let pause = MethodDescription(
      service, "Pause", .unary)
    package static let resume = MethodDescription(
      service, "Resume", .unary)
  }

  /// What of this machine others may use, and when: its owner's decision. The methods name no
  /// permission: they are the local owner's alone.
  package protocol SharingService: Sendable {
    func show(
      _ request: BoxesV1.ShowSharingRequest, _ context: CallContext
    ) async throws -> BoxesV1.SharingReport
    /// Holds from now on, also for what runs.
    func set(
      _ request: BoxesV1.SetSharingRequest, _ context: CallContext
    ) async throws -> BoxesV1.SharingReport
    func pause(
      _ request: BoxesV1.PauseSharingRequest, _ context: CallContext
    ) async throws -> BoxesV1.SharingReport
    func resume(
      _ request: BoxesV1.ResumeSharingRequest, _ context: CallContext
    ) async throws -> BoxesV1.SharingReport
  }

  package struct SharingClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func show(
      _ request: BoxesV1.ShowSharingRequest, options: CallOptions = CallOptions()
    ) async throws -> BoxesV1.SharingReport {
      try await caller.unary(BoxesV1.SharingMethods.show, request, options)
    }

    /// Holds from now on, also for what runs.
    package func set(
      _ request: BoxesV1.SetSharingRequest, options: CallOptions = CallOptions()
    ) async throws -> BoxesV1.SharingReport {
      try await caller.unary(BoxesV1.SharingMethods.set, request, options)
    }

    package func pause(
      _ request: BoxesV1.PauseSharingRequest, options: CallOptions = CallOptions()
    ) async throws -> BoxesV1.SharingReport {
      try await caller.unary(BoxesV1.SharingMethods.pause, request, options)
    }

    package func resume(
      _ request: BoxesV1.ResumeSharingRequest, options: CallOptions = CallOptions()
    ) async throws -> BoxesV1.SharingReport {
      try await caller.unary(BoxesV1.SharingMethods.resume, request, options)
    }
  }
}

extension BoxesV1.SharingService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(BoxesV1.SharingMethods.show, self.show),
      .unary(BoxesV1.SharingMethods.set, self.set),
      .unary(BoxesV1.SharingMethods.pause, self.pause),
      .unary(BoxesV1.SharingMethods.resume, self.resume),
    ]
  }
}
