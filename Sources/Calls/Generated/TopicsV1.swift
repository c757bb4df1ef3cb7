// Written by Scripts/generate-protobuf from apus/topics/v1/topics.proto. Do not edit.

/// The package `apus.topics.v1`.
package enum TopicsV1 {
  package struct PublishRequest: Message {
    package var topic: String = ""
    package var payload: [UInt8] = []
    /// For subscriptions with a name too.
    package var isKept: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.PublishRequest", "topic 1 payload 2 is_kept 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, topic)
      writer.plain(WireBytes.self, 18, payload)
      writer.plain(WireBool.self, 24, isKept)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&topic, &reader)
      case 18: try WireBytes.read(&payload, &reader)
      case 24: try WireBool.read(&isKept, &reader)
      default: return false
      }
      return true
    }
  }

  package struct PublishReply: Message {
    package var position: TopicsV1.Position?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.PublishReply", "position 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<TopicsV1.Position>.self, 10, position)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&position)
      default: return false
      }
      return true
    }
  }

  package struct SubscribeRequest: Message {
    package var topic: String = ""
    /// A subscription that outlives this call; empty for one that does not.
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.SubscribeRequest", "topic 1 name 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, topic)
      writer.plain(WireString.self, 18, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&topic, &reader)
      case 18: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  /// One without a position says that the subscription is in place: nothing is missed from then on.
  package struct Delivery: Message {
    package var position: TopicsV1.Position?
    package var isKept: Bool = false
    package var payload: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Delivery", "position 1 is_kept 2 payload 3")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<TopicsV1.Position>.self, 10, position)
      writer.plain(WireBool.self, 16, isKept)
      writer.plain(WireBytes.self, 26, payload)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&position)
      case 16: try WireBool.read(&isKept, &reader)
      case 26: try WireBytes.read(&payload, &reader)
      default: return false
      }
      return true
    }
  }

  package struct AcknowledgeRequest: Message {
    package var topic: String = ""
    package var name: String = ""
    package var position: TopicsV1.Position?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.AcknowledgeRequest", "topic 1 name 2 position 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, topic)
      writer.plain(WireString.self, 18, name)
      writer.optional(WireMessage<TopicsV1.Position>.self, 26, position)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&topic, &reader)
      case 18: try WireString.read(&name, &reader)
      case 26: try reader.message(&position)
      default: return false
      }
      return true
    }
  }

  package struct AcknowledgeReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.AcknowledgeReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct SubscriptionsRequest: Message {
    package var topic: String = ""
    /// Not passed on to the nodes that hold the topic.
    package var hereOnly: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.SubscriptionsRequest", "topic 1 here_only 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, topic)
      writer.plain(WireBool.self, 16, hereOnly)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&topic, &reader)
      case 16: try WireBool.read(&hereOnly, &reader)
      default: return false
      }
      return true
    }
  }

  package struct SubscriptionsReply: Message {
    package var subscriptions: [TopicsV1.SubscriptionState] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.SubscriptionsReply", "subscriptions 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<TopicsV1.SubscriptionState>.self, 10, subscriptions)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<TopicsV1.SubscriptionState>.self, &subscriptions)
      default: return false
      }
      return true
    }
  }

  package struct SubscriptionState: Message {
    package var name: String = ""
    /// Kept messages that it has not acknowledged.
    package var waiting: UInt64 = 0
    /// The node where somebody reads now; empty when nobody does.
    package var readAt: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.SubscriptionState", "name 1 waiting 2 read_at 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireUInt64.self, 16, waiting)
      writer.plain(WireBytes.self, 26, readAt)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 16: try WireUInt64.read(&waiting, &reader)
      case 26: try WireBytes.read(&readAt, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UnsubscribeRequest: Message {
    package var topic: String = ""
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.UnsubscribeRequest", "topic 1 name 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, topic)
      writer.plain(WireString.self, 18, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&topic, &reader)
      case 18: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct UnsubscribeReply: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.UnsubscribeReply", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ListRequest: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.ListRequest", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct ListReply: Message {
    package var topics: [TopicsV1.TopicState] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.ListReply", "topics 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<TopicsV1.TopicState>.self, 10, topics)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<TopicsV1.TopicState>.self, &topics)
      default: return false
      }
      return true
    }
  }

  package struct TopicState: Message {
    package var topic: String = ""
    package var isHeld: Bool = false
    package var messages: UInt64 = 0
    package var bytes: UInt64 = 0
    package var names: [String] = []
    package var subscribers: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.TopicState", "topic 1 is_held 2 messages 3 bytes 4 names 5 subscribers 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, topic)
      writer.plain(WireBool.self, 16, isHeld)
      writer.plain(WireUInt64.self, 24, messages)
      writer.plain(WireUInt64.self, 32, bytes)
      writer.repeated(WireString.self, 42, names)
      writer.plain(WireUInt32.self, 48, subscribers)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&topic, &reader)
      case 16: try WireBool.read(&isHeld, &reader)
      case 24: try WireUInt64.read(&messages, &reader)
      case 32: try WireUInt64.read(&bytes, &reader)
      case 42: try reader.repeated(WireString.self, &names)
      case 48: try WireUInt32.read(&subscribers, &reader)
      default: return false
      }
      return true
    }
  }

  /// A message's place among those of its publisher.
  package struct Position: Message {
    /// 32 bytes: the publisher's NodeID.
    package var publisher: [UInt8] = []
    /// Drawn at each start of the publisher.
    package var boot: UInt64 = 0
    /// From 1, without gaps.
    package var sequence: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Position", "publisher 1 boot 2 sequence 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, publisher)
      writer.plain(WireFixed64.self, 17, boot)
      writer.plain(WireUInt64.self, 24, sequence)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&publisher, &reader)
      case 17: try WireFixed64.read(&boot, &reader)
      case 24: try WireUInt64.read(&sequence, &reader)
      default: return false
      }
      return true
    }
  }

  package struct TopicMessage: Message {
    package var topic: String = ""
    package var message: MessageChoice?

    package enum MessageChoice: Equatable, Sendable {
      case publish(TopicsV1.Publication)
      case accepted(TopicsV1.Position)
      case behind(TopicsV1.Position)
      case attach(TopicsV1.Attachment)
      case detach(TopicsV1.Detachment)
      case deliver(TopicsV1.HeldDelivery)
      case acknowledge(TopicsV1.Acknowledgement)
      case copy(TopicsV1.Copy)
      case copied(TopicsV1.Copied)
      case cutOff(TopicsV1.CutOff)
      case attached(TopicsV1.Attachment)
      case check(TopicsV1.Check)
      case forget(TopicsV1.Forget)
      case forgotten(TopicsV1.Forgotten)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.TopicMessage",
      "topic 1 publish 2 accepted 3 behind 4 attach 5 detach 6 deliver 7 acknowledge 8 copy 9 copied 10 cut_off 11 attached 12 check 13 forget 14 forgotten 15"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, topic)
      switch message {
      case .publish(let value)?: writer.always(WireMessage<TopicsV1.Publication>.self, 18, value)
      case .accepted(let value)?: writer.always(WireMessage<TopicsV1.Position>.self, 26, value)
      case .behind(let value)?: writer.always(WireMessage<TopicsV1.Position>.self, 34, value)
      case .attach(let value)?: writer.always(WireMessage<TopicsV1.Attachment>.self, 42, value)
      case .detach(let value)?: writer.always(WireMessage<TopicsV1.Detachment>.self, 50, value)
      case .deliver(let value)?: writer.always(WireMessage<TopicsV1.HeldDelivery>.self, 58, value)
      case .acknowledge(let value)?:
        writer.always(WireMessage<TopicsV1.Acknowledgement>.self, 66, value)
      case .copy(let value)?: writer.always(WireMessage<TopicsV1.Copy>.self, 74, value)
      case .copied(let value)?: writer.always(WireMessage<TopicsV1.Copied>.self, 82, value)
      case .cutOff(let value)?: writer.always(WireMessage<TopicsV1.CutOff>.self, 90, value)
      case .attached(let value)?: writer.always(WireMessage<TopicsV1.Attachment>.self, 98, value)
      case .check(let value)?: writer.always(WireMessage<TopicsV1.Check>.self, 106, value)
      case .forget(let value)?: writer.always(WireMessage<TopicsV1.Forget>.self, 114, value)
      case .forgotten(let value)?: writer.always(WireMessage<TopicsV1.Forgotten>.self, 122, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&topic, &reader)
      case 18:
        var held = TopicsV1.Publication()
        if case .publish(let value)? = message { held = value }
        try reader.message(&held)
        message = .publish(held)
      case 26:
        var held = TopicsV1.Position()
        if case .accepted(let value)? = message { held = value }
        try reader.message(&held)
        message = .accepted(held)
      case 34:
        var held = TopicsV1.Position()
        if case .behind(let value)? = message { held = value }
        try reader.message(&held)
        message = .behind(held)
      case 42:
        var held = TopicsV1.Attachment()
        if case .attach(let value)? = message { held = value }
        try reader.message(&held)
        message = .attach(held)
      case 50:
        var held = TopicsV1.Detachment()
        if case .detach(let value)? = message { held = value }
        try reader.message(&held)
        message = .detach(held)
      case 58:
        var held = TopicsV1.HeldDelivery()
        if case .deliver(let value)? = message { held = value }
        try reader.message(&held)
        message = .deliver(held)
      case 66:
        var held = TopicsV1.Acknowledgement()
        if case .acknowledge(let value)? = message { held = value }
        try reader.message(&held)
        message = .acknowledge(held)
      case 74:
        var held = TopicsV1.Copy()
        if case .copy(let value)? = message { held = value }
        try reader.message(&held)
        message = .copy(held)
      case 82:
        var held = TopicsV1.Copied()
        if case .copied(let value)? = message { held = value }
        try reader.message(&held)
        message = .copied(held)
      case 90:
        var held = TopicsV1.CutOff()
        if case .cutOff(let value)? = message { held = value }
        try reader.message(&held)
        message = .cutOff(held)
      case 98:
        var held = TopicsV1.Attachment()
        if case .attached(let value)? = message { held = value }
        try reader.message(&held)
        message = .attached(held)
      case 106:
        var held = TopicsV1.Check()
        if case .check(let value)? = message { held = value }
        try reader.message(&held)
        message = .check(held)
      case 114:
        var held = TopicsV1.Forget()
        if case .forget(let value)? = message { held = value }
        try reader.message(&held)
        message = .forget(held)
      case 122:
        var held = TopicsV1.Forgotten()
        if case .forgotten(let value)? = message { held = value }
        try reader.message(&held)
        message = .forgotten(held)
      default: return false
      }
      return true
    }
  }

  package struct Publication: Message {
    package var position: TopicsV1.Position?
    package var isKept: Bool = false
    package var payload: [UInt8] = []
    /// Up to here both holders have had everything: it cannot be sent again.
    package var floor: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Publication", "position 1 is_kept 2 payload 3 floor 4")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<TopicsV1.Position>.self, 10, position)
      writer.plain(WireBool.self, 16, isKept)
      writer.plain(WireBytes.self, 26, payload)
      writer.plain(WireUInt64.self, 32, floor)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&position)
      case 16: try WireBool.read(&isKept, &reader)
      case 26: try WireBytes.read(&payload, &reader)
      case 32: try WireUInt64.read(&floor, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Attachment: Message {
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Attachment", "name 1")

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

  package struct Detachment: Message {
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Detachment", "name 1")

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

  package struct HeldDelivery: Message {
    package var name: String = ""
    package var position: TopicsV1.Position?
    package var isKept: Bool = false
    package var payload: [UInt8] = []
    /// The one before it that this subscription was sent or has acknowledged.
    package var after: UInt64 = 0
    package var acknowledged: UInt64 = 0
    /// Of the subscription: counts how often its name was taken up and deleted.
    package var era: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.HeldDelivery",
      "name 1 position 2 is_kept 3 payload 4 after 5 acknowledged 6 era 7")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.optional(WireMessage<TopicsV1.Position>.self, 18, position)
      writer.plain(WireBool.self, 24, isKept)
      writer.plain(WireBytes.self, 34, payload)
      writer.plain(WireUInt64.self, 40, after)
      writer.plain(WireUInt64.self, 48, acknowledged)
      writer.plain(WireUInt64.self, 56, era)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try reader.message(&position)
      case 24: try WireBool.read(&isKept, &reader)
      case 34: try WireBytes.read(&payload, &reader)
      case 40: try WireUInt64.read(&after, &reader)
      case 48: try WireUInt64.read(&acknowledged, &reader)
      case 56: try WireUInt64.read(&era, &reader)
      default: return false
      }
      return true
    }
  }

  /// To a holder: this name is deleted; repeated until it has answered.
  package struct Forget: Message {
    package var request: UInt64 = 0
    package var name: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Forget", "request 1 name 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, request)
      writer.plain(WireString.self, 18, name)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&request, &reader)
      case 18: try WireString.read(&name, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Forgotten: Message {
    package var request: UInt64 = 0
    package var wasThere: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Forgotten", "request 1 was_there 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, request)
      writer.plain(WireBool.self, 16, wasThere)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&request, &reader)
      case 16: try WireBool.read(&wasThere, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Acknowledgement: Message {
    package var name: String = ""
    package var position: TopicsV1.Position?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Acknowledgement", "name 1 position 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.optional(WireMessage<TopicsV1.Position>.self, 18, position)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try reader.message(&position)
      default: return false
      }
      return true
    }
  }

  /// A part of what a holder has, for another.
  package struct Copy: Message {
    package var request: UInt64 = 0
    package var messages: [TopicsV1.Publication] = []
    /// The last message of each publisher; those up to the first copied one are gone.
    package var streams: [TopicsV1.Position] = []
    package var subscriptions: [TopicsV1.Acknowledgement] = []
    /// Names that have acknowledged nothing yet are among these, and deleted ones.
    package var names: [TopicsV1.Naming] = []
    package var isLast: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Copy", "request 1 messages 2 streams 3 subscriptions 4 names 7 is_last 6")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireFixed64.self, 9, request)
      writer.repeated(WireMessage<TopicsV1.Publication>.self, 18, messages)
      writer.repeated(WireMessage<TopicsV1.Position>.self, 26, streams)
      writer.repeated(WireMessage<TopicsV1.Acknowledgement>.self, 34, subscriptions)
      writer.plain(WireBool.self, 48, isLast)
      writer.repeated(WireMessage<TopicsV1.Naming>.self, 58, names)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireFixed64.read(&request, &reader)
      case 18: try reader.repeated(WireMessage<TopicsV1.Publication>.self, &messages)
      case 26: try reader.repeated(WireMessage<TopicsV1.Position>.self, &streams)
      case 34: try reader.repeated(WireMessage<TopicsV1.Acknowledgement>.self, &subscriptions)
      case 58: try reader.repeated(WireMessage<TopicsV1.Naming>.self, &names)
      case 48: try WireBool.read(&isLast, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Naming: Message {
    package var name: String = ""
    /// Odd: there is such a subscription. Even: there was. The higher one holds.
    package var era: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Naming", "name 1 era 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireUInt64.self, 16, era)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 16: try WireUInt64.read(&era, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Copied: Message {
    package var request: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Copied", "request 1")

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

  /// Between holders: "this topic is held".
  package struct Check: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.Check", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct CutOff: Message {
    package var name: String = ""
    package var reason: String = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.topics.v1.CutOff", "name 1 reason 2")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireString.self, 10, name)
      writer.plain(WireString.self, 18, reason)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireString.read(&name, &reader)
      case 18: try WireString.read(&reason, &reader)
      default: return false
      }
      return true
    }
  }
}

extension TopicsV1 {
  package enum TopicsMethods {
    package static let service = "apus.topics.v1.Topics"
    package static let publish = MethodDescription(
      service, "Publish", .unary, permission: "topics.publish")
    package static let subscribe = MethodDescription(
      service, "Subscribe", .serverStream, permission: "topics.subscribe")
    package static let acknowledge = MethodDescription(
      service, "Acknowledge", .unary, permission: "topics.subscribe")
    package static let subscriptions = MethodDescription(
      service, "Subscriptions", .unary, permission: "topics.subscribe")
    package static let unsubscribe = MethodDescription(
      service, "Unsubscribe", .unary, permission: "topics.subscribe")
    package static let list = MethodDescription(
      service, "List", .unary, permission: "topics.subscribe")
  }

  /// Publish and subscribe.
  package protocol TopicsService: Sendable {
    /// Returns when a kept message is on disk at both holders, else when it is on its way.
    func publish(
      _ request: TopicsV1.PublishRequest, _ context: CallContext
    ) async throws -> TopicsV1.PublishReply
    /// Messages as they come. With a name: from where that subscription stopped, each until it is
    /// acknowledged.
    func subscribe(
      _ request: TopicsV1.SubscribeRequest, _ replies: MessageWriter<TopicsV1.Delivery>,
      _ context: CallContext
    ) async throws
    /// Up to and including this message of its publisher.
    func acknowledge(
      _ request: TopicsV1.AcknowledgeRequest, _ context: CallContext
    ) async throws -> TopicsV1.AcknowledgeReply
    /// The named subscriptions of a topic, wherever it is held.
    func subscriptions(
      _ request: TopicsV1.SubscriptionsRequest, _ context: CallContext
    ) async throws -> TopicsV1.SubscriptionsReply
    /// Deletes a named subscription for good: returns when no holder knows it any more. Whoever reads
    /// under the name is cut off; the next one starts with all that is still kept.
    func unsubscribe(
      _ request: TopicsV1.UnsubscribeRequest, _ context: CallContext
    ) async throws -> TopicsV1.UnsubscribeReply
    /// What this node holds and subscribes to.
    func list(
      _ request: TopicsV1.ListRequest, _ context: CallContext
    ) async throws -> TopicsV1.ListReply
  }

  package struct TopicsClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Returns when a kept message is on disk at both holders, else when it is on its way.
    package func publish(
      _ request: TopicsV1.PublishRequest, options: CallOptions = CallOptions()
    ) async throws -> TopicsV1.PublishReply {
      try await caller.unary(TopicsV1.TopicsMethods.publish, request, options)
    }

    /// Messages as they come. With a name: from where that subscription stopped, each until it is
    /// acknowledged.
    package func subscribe<Answer: Sendable>(
      _ request: TopicsV1.SubscribeRequest, options: CallOptions = CallOptions(),
      _ replies: (MessageReader<TopicsV1.Delivery>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.serverStream(TopicsV1.TopicsMethods.subscribe, request, options, replies)
    }

    /// Up to and including this message of its publisher.
    package func acknowledge(
      _ request: TopicsV1.AcknowledgeRequest, options: CallOptions = CallOptions()
    ) async throws -> TopicsV1.AcknowledgeReply {
      try await caller.unary(TopicsV1.TopicsMethods.acknowledge, request, options)
    }

    /// The named subscriptions of a topic, wherever it is held.
    package func subscriptions(
      _ request: TopicsV1.SubscriptionsRequest, options: CallOptions = CallOptions()
    ) async throws -> TopicsV1.SubscriptionsReply {
      try await caller.unary(TopicsV1.TopicsMethods.subscriptions, request, options)
    }

    /// Deletes a named subscription for good: returns when no holder knows it any more. Whoever reads
    /// under the name is cut off; the next one starts with all that is still kept.
    package func unsubscribe(
      _ request: TopicsV1.UnsubscribeRequest, options: CallOptions = CallOptions()
    ) async throws -> TopicsV1.UnsubscribeReply {
      try await caller.unary(TopicsV1.TopicsMethods.unsubscribe, request, options)
    }

    /// What this node holds and subscribes to.
    package func list(
      _ request: TopicsV1.ListRequest, options: CallOptions = CallOptions()
    ) async throws -> TopicsV1.ListReply {
      try await caller.unary(TopicsV1.TopicsMethods.list, request, options)
    }
  }
}

extension TopicsV1.TopicsService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(TopicsV1.TopicsMethods.publish, self.publish),
      .serverStream(TopicsV1.TopicsMethods.subscribe, self.subscribe),
      .unary(TopicsV1.TopicsMethods.acknowledge, self.acknowledge),
      .unary(TopicsV1.TopicsMethods.subscriptions, self.subscriptions),
      .unary(TopicsV1.TopicsMethods.unsubscribe, self.unsubscribe),
      .unary(TopicsV1.TopicsMethods.list, self.list),
    ]
  }
}

extension TopicsV1 {
  package enum TopicExchangeMethods {
    package static let service = "apus.topics.v1.TopicExchange"
    package static let exchange = MethodDescription(
      service, "Exchange", .bidirectional, permission: "topics.exchange")
  }

  /// Between nodes.
  package protocol TopicExchangeService: Sendable {
    func exchange(
      _ requests: MessageReader<TopicsV1.TopicMessage>,
      _ replies: MessageWriter<TopicsV1.TopicMessage>, _ context: CallContext
    ) async throws
  }

  package struct TopicExchangeClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func exchange<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<TopicsV1.TopicMessage, TopicsV1.TopicMessage>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(TopicsV1.TopicExchangeMethods.exchange, options, body)
    }
  }
}

extension TopicsV1.TopicExchangeService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .bidirectional(TopicsV1.TopicExchangeMethods.exchange, self.exchange)
    ]
  }
}
