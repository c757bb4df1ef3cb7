// Written by Scripts/generate-protobuf from apus/relay/v1/relay.proto. Do not edit.

/// The package `apus.relay.v1`.
package enum RelayV1 {
  package struct ReserveRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.ReserveRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct RenewRequest: Message {
    package var reservation: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.RenewRequest", "reservation 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, reservation)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&reservation, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ReserveReply: Message {
    package var reservation: UInt64 = 0
    /// From now; renew at half of it.
    package var lifetimeSeconds: UInt32 = 0
    /// Where the relay sees the caller; empty when it cannot say.
    package var observed: String = ""
    package var load: RelayV1.Load?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.ReserveReply", "reservation 1 lifetime_seconds 2 observed 3 load 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, reservation)
      writer.plain(WireUInt32.self, 16, lifetimeSeconds)
      writer.plain(WireString.self, 26, observed)
      writer.optional(WireMessage<RelayV1.Load>.self, 34, load)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&reservation, &reader)
      case 16: try WireUInt32.read(&lifetimeSeconds, &reader)
      case 26: try WireString.read(&observed, &reader)
      case 34: try reader.message(&load)
      default: return false
      }
      return true
    }
  }

  package struct ReleaseRequest: Message {
    package var reservation: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.ReleaseRequest", "reservation 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt64.self, 8, reservation)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt64.read(&reservation, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ReleaseReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.ReleaseReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  /// How busy a relay is: for choosing among several.
  package struct Load: Message {
    package var circuits: UInt32 = 0
    package var circuitLimit: UInt32 = 0
    package var reservations: UInt32 = 0
    package var reservationLimit: UInt32 = 0
    /// Spliced, over the last seconds.
    package var bytesPerSecond: UInt64 = 0
    package var bytesPerSecondLimit: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.Load",
      "circuits 1 circuit_limit 2 reservations 3 reservation_limit 4 bytes_per_second 5 bytes_per_second_limit 6"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt32.self, 8, circuits)
      writer.plain(WireUInt32.self, 16, circuitLimit)
      writer.plain(WireUInt32.self, 24, reservations)
      writer.plain(WireUInt32.self, 32, reservationLimit)
      writer.plain(WireUInt64.self, 40, bytesPerSecond)
      writer.plain(WireUInt64.self, 48, bytesPerSecondLimit)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt32.read(&circuits, &reader)
      case 16: try WireUInt32.read(&circuitLimit, &reader)
      case 24: try WireUInt32.read(&reservations, &reader)
      case 32: try WireUInt32.read(&reservationLimit, &reader)
      case 40: try WireUInt64.read(&bytesPerSecond, &reader)
      case 48: try WireUInt64.read(&bytesPerSecondLimit, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ListenRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.ListenRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct Notice: Message {
    package var kind: KindChoice?

    package enum KindChoice: Equatable, Sendable {
      /// First of all: from now on nothing is missed.
      case listening(RelayV1.Listening)
      case incoming(RelayV1.Incoming)
      case signalled(RelayV1.Signalled)
      case restarting(RelayV1.Restarting)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.Notice", "listening 1 incoming 2 signalled 3 restarting 4")

    package func encode(into writer: inout WireWriter) {
      switch kind {
      case .listening(let value)?: writer.always(WireMessage<RelayV1.Listening>.self, 10, value)
      case .incoming(let value)?: writer.always(WireMessage<RelayV1.Incoming>.self, 18, value)
      case .signalled(let value)?: writer.always(WireMessage<RelayV1.Signalled>.self, 26, value)
      case .restarting(let value)?: writer.always(WireMessage<RelayV1.Restarting>.self, 34, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10:
        var held = RelayV1.Listening()
        if case .listening(let value)? = kind { held = value }
        try reader.message(&held)
        kind = .listening(held)
      case 18:
        var held = RelayV1.Incoming()
        if case .incoming(let value)? = kind { held = value }
        try reader.message(&held)
        kind = .incoming(held)
      case 26:
        var held = RelayV1.Signalled()
        if case .signalled(let value)? = kind { held = value }
        try reader.message(&held)
        kind = .signalled(held)
      case 34:
        var held = RelayV1.Restarting()
        if case .restarting(let value)? = kind { held = value }
        try reader.message(&held)
        kind = .restarting(held)
      default: return false
      }
      return true
    }
  }

  package struct Listening: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.Listening", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  /// Somebody wants to speak: connect to the relay's port and show this ticket.
  package struct Incoming: Message {
    /// 32 bytes, once, within ten seconds.
    package var ticket: [UInt8] = []
    /// The node that opened it; TLS proves it.
    package var caller: [UInt8] = []
    /// Where the relay sees it; empty when it cannot say.
    package var observed: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.Incoming", "ticket 1 caller 2 observed 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, ticket)
      writer.plain(WireBytes.self, 18, caller)
      writer.plain(WireString.self, 26, observed)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&ticket, &reader)
      case 18: try WireBytes.read(&caller, &reader)
      case 26: try WireString.read(&observed, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Signalled: Message {
    /// 32 bytes.
    package var sender: [UInt8] = []
    package var sealed: [UInt8] = []
    package var observed: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.Signalled", "sender 1 sealed 2 observed 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, sender)
      writer.plain(WireBytes.self, 18, sealed)
      writer.plain(WireString.self, 26, observed)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&sender, &reader)
      case 18: try WireBytes.read(&sealed, &reader)
      case 26: try WireString.read(&observed, &reader)
      default: return false
      }
      return true
    }
  }

  /// The relay goes away: reserve elsewhere, and come back no sooner than this.
  package struct Restarting: Message {
    package var afterMilliseconds: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.Restarting", "after_milliseconds 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt32.self, 8, afterMilliseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt32.read(&afterMilliseconds, &reader)
      default: return false
      }
      return true
    }
  }

  package struct OpenRequest: Message {
    /// 32 bytes.
    package var target: [UInt8] = []
    /// 32 random bytes for each side's connection, chosen by the caller.
    package var callerTicket: [UInt8] = []
    package var targetTicket: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.OpenRequest", "target 1 caller_ticket 2 target_ticket 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, target)
      writer.plain(WireBytes.self, 18, callerTicket)
      writer.plain(WireBytes.self, 26, targetTicket)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&target, &reader)
      case 18: try WireBytes.read(&callerTicket, &reader)
      case 26: try WireBytes.read(&targetTicket, &reader)
      default: return false
      }
      return true
    }
  }

  package struct OpenReply: Message {
    /// Where the relay sees the target; empty when it cannot say.
    package var observed: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.OpenReply", "observed 1")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, observed)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&observed, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SignalRequest: Message {
    /// 32 bytes.
    package var target: [UInt8] = []
    /// For the target alone; the relay cannot read it.
    package var sealed: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.SignalRequest", "target 1 sealed 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, target)
      writer.plain(WireBytes.self, 18, sealed)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&target, &reader)
      case 18: try WireBytes.read(&sealed, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SignalReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.relay.v1.SignalReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }
}

extension RelayV1 {
  package enum RelayMethods {
    package static let service = "apus.relay.v1.Relay"
    package static let reserve = MethodDescription(
      service, "Reserve", .unary, permission: "relay")
    package static let renew = MethodDescription(
      service, "Renew", .unary, permission: "relay")
    package static let release = MethodDescription(
      service, "Release", .unary, permission: "relay")
    package static let listen = MethodDescription(
      service, "Listen", .serverStream, permission: "relay")
    package static let open = MethodDescription(
      service, "Open", .unary, permission: "relay")
    package static let signal = MethodDescription(
      service, "Signal", .unary, permission: "relay")
  }

  /// What nodes ask of a node that relays: control only. The relayed bytes come on connections of
  /// their own, which begin with a ticket.
  package protocol RelayService: Sendable {
    /// Keeps a place for the caller, whom nobody can dial. Asked again, it replaces the old one.
    func reserve(
      _ request: RelayV1.ReserveRequest, _ context: CallContext
    ) async throws -> RelayV1.ReserveReply
    /// Keeps the place for longer.
    func renew(
      _ request: RelayV1.RenewRequest, _ context: CallContext
    ) async throws -> RelayV1.ReserveReply
    /// Gives the place back.
    func release(
      _ request: RelayV1.ReleaseRequest, _ context: CallContext
    ) async throws -> RelayV1.ReleaseReply
    /// What is waiting for the caller, for as long as it listens. One listener a node.
    func listen(
      _ request: RelayV1.ListenRequest, _ replies: MessageWriter<RelayV1.Notice>,
      _ context: CallContext
    ) async throws
    /// Announces a circuit to a node that holds a place here. Both sides' connections are known by
    /// their tickets and may arrive before this.
    func open(
      _ request: RelayV1.OpenRequest, _ context: CallContext
    ) async throws -> RelayV1.OpenReply
    /// Passes a small sealed message on, so that two nodes can agree on when to punch.
    func signal(
      _ request: RelayV1.SignalRequest, _ context: CallContext
    ) async throws -> RelayV1.SignalReply
  }

  package struct RelayClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Keeps a place for the caller, whom nobody can dial. Asked again, it replaces the old one.
    package func reserve(
      _ request: RelayV1.ReserveRequest, options: CallOptions = CallOptions()
    ) async throws -> RelayV1.ReserveReply {
      try await caller.unary(RelayV1.RelayMethods.reserve, request, options)
    }

    /// Keeps the place for longer.
    package func renew(
      _ request: RelayV1.RenewRequest, options: CallOptions = CallOptions()
    ) async throws -> RelayV1.ReserveReply {
      try await caller.unary(RelayV1.RelayMethods.renew, request, options)
    }

    /// Gives the place back.
    package func release(
      _ request: RelayV1.ReleaseRequest, options: CallOptions = CallOptions()
    ) async throws -> RelayV1.ReleaseReply {
      try await caller.unary(RelayV1.RelayMethods.release, request, options)
    }

    /// What is waiting for the caller, for as long as it listens. One listener a node.
    package func listen<Answer: Sendable>(
      _ request: RelayV1.ListenRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<RelayV1.Notice>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(RelayV1.RelayMethods.listen, request, options, replies)
    }

    /// Announces a circuit to a node that holds a place here. Both sides' connections are known by
    /// their tickets and may arrive before this.
    package func open(
      _ request: RelayV1.OpenRequest, options: CallOptions = CallOptions()
    ) async throws -> RelayV1.OpenReply {
      try await caller.unary(RelayV1.RelayMethods.open, request, options)
    }

    /// Passes a small sealed message on, so that two nodes can agree on when to punch.
    package func signal(
      _ request: RelayV1.SignalRequest, options: CallOptions = CallOptions()
    ) async throws -> RelayV1.SignalReply {
      try await caller.unary(RelayV1.RelayMethods.signal, request, options)
    }
  }
}

extension RelayV1.RelayService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(RelayV1.RelayMethods.reserve, self.reserve),
      .unary(RelayV1.RelayMethods.renew, self.renew),
      .unary(RelayV1.RelayMethods.release, self.release),
      .serverStream(RelayV1.RelayMethods.listen, self.listen),
      .unary(RelayV1.RelayMethods.open, self.open),
      .unary(RelayV1.RelayMethods.signal, self.signal),
    ]
  }
}
