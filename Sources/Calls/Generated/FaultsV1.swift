// Written by Scripts/generate-protobuf from apus/faults/v1/faults.proto. Do not edit.

/// The package `apus.faults.v1`.
package enum FaultsV1 {
  package struct ApplyRequest: Message {
    /// As in a file of a fault plan.
    package var plan: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.ApplyRequest", "plan 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, plan)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&plan, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ApplyReply: Message {
    package var plan: FaultsV1.Plan?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.ApplyReply", "plan 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FaultsV1.Plan>.self, 10, plan)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&plan)
      default: return false
      }
      return true
    }
  }

  package struct ShowRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.ShowRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ShowReply: Message {
    /// The setting faults.enabled.
    package var enabled: Bool = false
    /// Absent while nothing is in force.
    package var plan: FaultsV1.Plan?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.ShowReply", "enabled 1 plan 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBool.self, 8, enabled)
      writer.optional(WireMessage<FaultsV1.Plan>.self, 18, plan)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireBool.read(&enabled, &reader)
      case 18: try reader.message(&plan)
      default: return false
      }
      return true
    }
  }

  package struct ClearRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.ClearRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ClearReply: Message {
    package var wasInForce: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.ClearReply", "was_in_force 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBool.self, 8, wasInForce)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireBool.read(&wasInForce, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Plan: Message {
    /// The bits of the seed, which a file writes with a sign.
    package var seed: Int64 = 0
    package var appliedNanoseconds: Int64 = 0
    package var ageMilliseconds: UInt64 = 0
    package var faults: [FaultsV1.Fault] = []
    /// What an owner may not expect of this plan here.
    package var notes: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.Plan", "seed 1 applied_nanoseconds 2 age_milliseconds 3 faults 4 notes 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt64.self, 8, seed)
      writer.plain(WireInt64.self, 16, appliedNanoseconds)
      writer.plain(WireUInt64.self, 24, ageMilliseconds)
      writer.repeated(WireMessage<FaultsV1.Fault>.self, 34, faults)
      writer.repeated(WireString.self, 42, notes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt64.read(&seed, &reader)
      case 16: try WireInt64.read(&appliedNanoseconds, &reader)
      case 24: try WireUInt64.read(&ageMilliseconds, &reader)
      case 34: try reader.repeated(WireMessage<FaultsV1.Fault>.self, &faults)
      case 42: try reader.repeated(WireString.self, &notes)
      default: return false
      }
      return true
    }
  }

  package struct Fault: Message {
    package var effect: String = ""
    /// Whom or what it concerns, in words.
    package var scope: String = ""
    /// Since the plan was applied.
    package var afterMilliseconds: UInt64 = 0
    /// Absent: for ever.
    package var lastsMilliseconds: UInt64?
    /// Of the operations that fit, 0 to 1.
    package var share: Double = 0
    /// At most so often; absent is any number.
    package var times: UInt64?
    /// How often it has struck by now.
    package var struck: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.faults.v1.Fault",
      "effect 1 scope 2 after_milliseconds 3 lasts_milliseconds 4 share 5 times 6 struck 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, effect)
      writer.plain(WireString.self, 18, scope)
      writer.plain(WireUInt64.self, 24, afterMilliseconds)
      writer.optional(WireUInt64.self, 32, lastsMilliseconds)
      writer.plain(WireDouble.self, 41, share)
      writer.optional(WireUInt64.self, 48, times)
      writer.plain(WireUInt64.self, 56, struck)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&effect, &reader)
      case 18: try WireString.read(&scope, &reader)
      case 24: try WireUInt64.read(&afterMilliseconds, &reader)
      case 32: lastsMilliseconds = try WireUInt64.read(&reader)
      case 41: try WireDouble.read(&share, &reader)
      case 48: times = try WireUInt64.read(&reader)
      case 56: try WireUInt64.read(&struck, &reader)
      default: return false
      }
      return true
    }
  }
}

extension FaultsV1 {
  package enum FaultsMethods {
    package static let service = "apus.faults.v1.Faults"
    package static let apply = MethodDescription(
      service, "Apply", .unary)
    package static let show = MethodDescription(
      service, "Show", .unary)
    package static let clear = MethodDescription(
      service, "Clear", .unary)
  }

  /// What the owner lets go wrong on purpose, to see how the node bears it. The methods name no
  /// permission: they are the local owner's alone.
  package protocol FaultsService: Sendable {
    /// Puts a plan in force in place of the last one; its time begins.
    func apply(
      _ request: FaultsV1.ApplyRequest, _ context: CallContext
    ) async throws -> FaultsV1.ApplyReply
    func show(
      _ request: FaultsV1.ShowRequest, _ context: CallContext
    ) async throws -> FaultsV1.ShowReply
    /// Ends all faults; what waits because of them goes on.
    func clear(
      _ request: FaultsV1.ClearRequest, _ context: CallContext
    ) async throws -> FaultsV1.ClearReply
  }

  package struct FaultsClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Puts a plan in force in place of the last one; its time begins.
    package func apply(
      _ request: FaultsV1.ApplyRequest, options: CallOptions = CallOptions()
    ) async throws -> FaultsV1.ApplyReply {
      try await caller.unary(FaultsV1.FaultsMethods.apply, request, options)
    }

    package func show(
      _ request: FaultsV1.ShowRequest, options: CallOptions = CallOptions()
    ) async throws -> FaultsV1.ShowReply {
      try await caller.unary(FaultsV1.FaultsMethods.show, request, options)
    }

    /// Ends all faults; what waits because of them goes on.
    package func clear(
      _ request: FaultsV1.ClearRequest, options: CallOptions = CallOptions()
    ) async throws -> FaultsV1.ClearReply {
      try await caller.unary(FaultsV1.FaultsMethods.clear, request, options)
    }
  }
}

extension FaultsV1.FaultsService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(FaultsV1.FaultsMethods.apply, self.apply),
      .unary(FaultsV1.FaultsMethods.show, self.show),
      .unary(FaultsV1.FaultsMethods.clear, self.clear),
    ]
  }
}
