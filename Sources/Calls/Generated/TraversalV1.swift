// Written by Scripts/generate-protobuf from apus/traversal/v1/traversal.proto. Do not edit.

/// The package `apus.traversal.v1`.
package enum TraversalV1 {
  package struct PunchReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.traversal.v1.PunchReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ObserveRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.traversal.v1.ObserveRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ObserveReply: Message {
    /// host:port, as the answering node sees the caller; empty when it sees a relay only.
    package var address: String = ""
    /// The port of the datagram echo of the answering node; 0 when it has none.
    package var echoPort: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.traversal.v1.ObserveReply", "address 1 echo_port 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, address)
      writer.plain(WireUInt32.self, 16, echoPort)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&address, &reader)
      case 16: try WireUInt32.read(&echoPort, &reader)
      default: return false
      }
      return true
    }
  }

  /// What the two sides of a punch tell each other over whatever connects them already, mostly a
  /// relay. The side with the smaller NodeID leads: it offers and gives the sign.
  package struct PunchMessage: Message {
    package var kind: TraversalV1.PunchMessage.Kind = TraversalV1.PunchMessage.Kind(rawValue: 0)
    /// From 1; a later round has other ports.
    package var round: UInt32 = 0
    /// host:port each.
    package var addresses: [String] = []
    /// Why, for people; with KIND_STOP.
    package var reason: String = ""
    /// Between the offer's coming and the answer's leaving; with KIND_ANSWER.
    package var heldMicroseconds: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.traversal.v1.PunchMessage", "kind 1 round 2 addresses 3 reason 4 held_microseconds 5")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireEnum<TraversalV1.PunchMessage.Kind>.self, 8, kind)
      writer.plain(WireUInt32.self, 16, round)
      writer.repeated(WireString.self, 26, addresses)
      writer.plain(WireString.self, 34, reason)
      writer.plain(WireUInt64.self, 40, heldMicroseconds)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireEnum<TraversalV1.PunchMessage.Kind>.read(&kind, &reader)
      case 16: try WireUInt32.read(&round, &reader)
      case 26: try reader.repeated(WireString.self, &addresses)
      case 34: try WireString.read(&reason, &reader)
      case 40: try WireUInt64.read(&heldMicroseconds, &reader)
      default: return false
      }
      return true
    }

    package struct Kind: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      /// From the side that follows: please begin.
      package static var wish: Self { Self(rawValue: 1) }
      /// From the leader: where it will come from.
      package static var offer: Self { Self(rawValue: 2) }
      /// From the follower: where it will come from. The time between offer and answer, less what
      /// the follower held it, is the measured round trip.
      package static var answer: Self { Self(rawValue: 3) }
      /// From the leader, who connects half a round trip later: connect now.
      package static var go: Self { Self(rawValue: 4) }
      /// This round or the whole attempt is over on this side.
      package static var stop: Self { Self(rawValue: 5) }

      package static let schema = MessageSchema(
        "apus.traversal.v1.PunchMessage.Kind",
        "KIND_UNSPECIFIED 0 KIND_WISH 1 KIND_OFFER 2 KIND_ANSWER 3 KIND_GO 4 KIND_STOP 5")
    }
  }
}

extension TraversalV1 {
  package enum TraversalMethods {
    package static let service = "apus.traversal.v1.Traversal"
    package static let observe = MethodDescription(
      service, "Observe", .unary, permission: "traverse")
    package static let punch = MethodDescription(
      service, "Punch", .unary, permission: "traverse")
  }

  /// How nodes help each other to see what stands between them.
  package protocol TraversalService: Sendable {
    /// Says from where the caller's connection seems to come.
    func observe(
      _ request: TraversalV1.ObserveRequest, _ context: CallContext
    ) async throws -> TraversalV1.ObserveReply
    /// Passes on one message of a punch between the two nodes.
    func punch(
      _ request: TraversalV1.PunchMessage, _ context: CallContext
    ) async throws -> TraversalV1.PunchReply
  }

  package struct TraversalClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Says from where the caller's connection seems to come.
    package func observe(
      _ request: TraversalV1.ObserveRequest, options: CallOptions = CallOptions()
    ) async throws -> TraversalV1.ObserveReply {
      try await caller.unary(TraversalV1.TraversalMethods.observe, request, options)
    }

    /// Passes on one message of a punch between the two nodes.
    package func punch(
      _ request: TraversalV1.PunchMessage, options: CallOptions = CallOptions()
    ) async throws -> TraversalV1.PunchReply {
      try await caller.unary(TraversalV1.TraversalMethods.punch, request, options)
    }
  }
}

extension TraversalV1.TraversalService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(TraversalV1.TraversalMethods.observe, self.observe),
      .unary(TraversalV1.TraversalMethods.punch, self.punch),
    ]
  }
}
