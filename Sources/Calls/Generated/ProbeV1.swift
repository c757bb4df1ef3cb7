// Written by Scripts/generate-protobuf from apus/probe/v1/probe.proto. Do not edit.

/// The package `apus.probe.v1`.
package enum ProbeV1 {
  package struct EchoRequest: Message {
    package var payload: [UInt8] = []
    package var labels: [String: String] = [:]
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.EchoRequest", "payload 1 labels 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, payload)
      writer.map(WireString.self, WireString.self, 18, labels)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&payload, &reader)
      case 18: try reader.map(WireString.self, WireString.self, &labels)
      default: return false
      }
      return true
    }
  }

  package struct DelayRequest: Message {
    package var payload: [UInt8] = []
    /// At most a minute.
    package var milliseconds: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.DelayRequest", "payload 1 milliseconds 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, payload)
      writer.plain(WireUInt32.self, 16, milliseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&payload, &reader)
      case 16: try WireUInt32.read(&milliseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct EchoReply: Message {
    package var payload: [UInt8] = []
    package var labels: [String: String] = [:]
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.EchoReply", "payload 1 labels 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, payload)
      writer.map(WireString.self, WireString.self, 18, labels)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&payload, &reader)
      case 18: try reader.map(WireString.self, WireString.self, &labels)
      default: return false
      }
      return true
    }
  }

  package struct SinkRequest: Message {
    package var payload: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.SinkRequest", "payload 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, payload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&payload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SinkReply: Message {
    package var messages: UInt64 = 0
    package var bytes: UInt64 = 0
    /// Of all payloads, one after another.
    package var sha256: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.SinkReply", "messages 1 bytes 2 sha256 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, messages)
      writer.plain(WireUInt64.self, 16, bytes)
      writer.plain(WireBytes.self, 26, sha256)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&messages, &reader)
      case 16: try WireUInt64.read(&bytes, &reader)
      case 26: try WireBytes.read(&sha256, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SourceRequest: Message {
    package var messages: UInt64 = 0
    /// Of each payload.
    package var bytes: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.SourceRequest", "messages 1 bytes 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, messages)
      writer.plain(WireUInt32.self, 16, bytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&messages, &reader)
      case 16: try WireUInt32.read(&bytes, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SourceReply: Message {
    /// From 0.
    package var number: UInt64 = 0
    package var payload: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.SourceReply", "number 1 payload 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, number)
      writer.plain(WireBytes.self, 18, payload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&number, &reader)
      case 18: try WireBytes.read(&payload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct MirrorRequest: Message {
    package var number: UInt64 = 0
    package var payload: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.MirrorRequest", "number 1 payload 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, number)
      writer.plain(WireBytes.self, 18, payload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&number, &reader)
      case 18: try WireBytes.read(&payload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct MirrorReply: Message {
    package var number: UInt64 = 0
    package var payload: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.MirrorReply", "number 1 payload 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, number)
      writer.plain(WireBytes.self, 18, payload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&number, &reader)
      case 18: try WireBytes.read(&payload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ExchangeRequest: Message {
    /// In the first request; the requests' bytes are drawn from it, the replies' from its complement.
    package var seed: UInt64 = 0
    /// In the first request: a reply comes so often, with so many bytes.
    package var intervalMilliseconds: UInt32 = 0
    package var bytes: UInt32 = 0
    /// How many were sent before.
    package var offset: UInt64 = 0
    package var payload: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.ExchangeRequest", "seed 1 interval_milliseconds 2 bytes 3 offset 4 payload 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, seed)
      writer.plain(WireUInt32.self, 16, intervalMilliseconds)
      writer.plain(WireUInt32.self, 24, bytes)
      writer.plain(WireUInt64.self, 32, offset)
      writer.plain(WireBytes.self, 42, payload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&seed, &reader)
      case 16: try WireUInt32.read(&intervalMilliseconds, &reader)
      case 24: try WireUInt32.read(&bytes, &reader)
      case 32: try WireUInt64.read(&offset, &reader)
      case 42: try WireBytes.read(&payload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ExchangeReply: Message {
    package var offset: UInt64 = 0
    package var payload: [UInt8] = []
    /// Of the requests, from the first on.
    package var checkedBytes: UInt64 = 0
    package var wrongBytes: UInt64 = 0
    /// The longest time without a request since the reply before; it may go on.
    package var stallNanoseconds: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.probe.v1.ExchangeReply",
      "offset 1 payload 2 checked_bytes 3 wrong_bytes 4 stall_nanoseconds 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, offset)
      writer.plain(WireBytes.self, 18, payload)
      writer.plain(WireUInt64.self, 24, checkedBytes)
      writer.plain(WireUInt64.self, 32, wrongBytes)
      writer.plain(WireUInt64.self, 40, stallNanoseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&offset, &reader)
      case 18: try WireBytes.read(&payload, &reader)
      case 24: try WireUInt64.read(&checkedBytes, &reader)
      case 32: try WireUInt64.read(&wrongBytes, &reader)
      case 40: try WireUInt64.read(&stallNanoseconds, &reader)
      default: return false
      }
      return true
    }
  }
}

extension ProbeV1 {
  package enum ProbeMethods {
    package static let service = "apus.probe.v1.Probe"
    package static let echo = MethodDescription(
      service, "Echo", .unary, permission: "probe")
    package static let delay = MethodDescription(
      service, "Delay", .unary, permission: "probe")
    package static let sink = MethodDescription(
      service, "Sink", .clientStream, permission: "probe")
    package static let source = MethodDescription(
      service, "Source", .serverStream, permission: "probe")
    package static let mirror = MethodDescription(
      service, "Mirror", .bidirectional, permission: "probe")
    package static let exchange = MethodDescription(
      service, "Exchange", .bidirectional, permission: "probe")
  }

  /// Calls of every kind with predictable answers: for tests, benchmarks and `apus doctor`.
  package protocol ProbeService: Sendable {
    /// Gives back what came.
    func echo(
      _ request: ProbeV1.EchoRequest, _ context: CallContext
    ) throws -> ProbeV1.EchoReply
    /// Gives back what came, after the delay that was asked for.
    func delay(
      _ request: ProbeV1.DelayRequest, _ context: CallContext
    ) async throws -> ProbeV1.EchoReply
    /// Counts and hashes what comes.
    func sink(
      _ requests: MessageReader<ProbeV1.SinkRequest>, _ context: CallContext
    ) async throws -> ProbeV1.SinkReply
    /// Sends as many messages of as many bytes as asked.
    func source(
      _ request: ProbeV1.SourceRequest, _ replies: MessageWriter<ProbeV1.SourceReply>,
      _ context: CallContext
    ) async throws
    /// Answers every message with itself.
    func mirror(
      _ requests: MessageReader<ProbeV1.MirrorRequest>,
      _ replies: MessageWriter<ProbeV1.MirrorReply>, _ context: CallContext
    ) async throws
    /// Both sides send bytes drawn from a seed, a piece at a time, and check each that comes.
    func exchange(
      _ requests: MessageReader<ProbeV1.ExchangeRequest>,
      _ replies: MessageWriter<ProbeV1.ExchangeReply>, _ context: CallContext
    ) async throws
  }

  package struct ProbeClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Gives back what came.
    package func echo(
      _ request: ProbeV1.EchoRequest, options: CallOptions = CallOptions()
    ) async throws -> ProbeV1.EchoReply {
      try await caller.unary(ProbeV1.ProbeMethods.echo, request, options)
    }

    /// Gives back what came, after the delay that was asked for.
    package func delay(
      _ request: ProbeV1.DelayRequest, options: CallOptions = CallOptions()
    ) async throws -> ProbeV1.EchoReply {
      try await caller.unary(ProbeV1.ProbeMethods.delay, request, options)
    }

    /// Counts and hashes what comes.
    package func sink(
      options: CallOptions = CallOptions(),
      _ requests: (MessageWriter<ProbeV1.SinkRequest>) async throws -> Void
    ) async throws -> ProbeV1.SinkReply {
      try await caller.clientStream(ProbeV1.ProbeMethods.sink, options, requests)
    }

    /// Sends as many messages of as many bytes as asked.
    package func source<Answer: Sendable>(
      _ request: ProbeV1.SourceRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<ProbeV1.SourceReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(ProbeV1.ProbeMethods.source, request, options, replies)
    }

    /// Answers every message with itself.
    package func mirror<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<ProbeV1.MirrorRequest, ProbeV1.MirrorReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(ProbeV1.ProbeMethods.mirror, options, body)
    }

    /// Both sides send bytes drawn from a seed, a piece at a time, and check each that comes.
    package func exchange<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<ProbeV1.ExchangeRequest, ProbeV1.ExchangeReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(ProbeV1.ProbeMethods.exchange, options, body)
    }
  }
}

extension ProbeV1.ProbeService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .immediate(ProbeV1.ProbeMethods.echo, self.echo),
      .unary(ProbeV1.ProbeMethods.delay, self.delay),
      .clientStream(ProbeV1.ProbeMethods.sink, self.sink),
      .serverStream(ProbeV1.ProbeMethods.source, self.source),
      .bidirectional(ProbeV1.ProbeMethods.mirror, self.mirror),
      .bidirectional(ProbeV1.ProbeMethods.exchange, self.exchange),
    ]
  }
}
