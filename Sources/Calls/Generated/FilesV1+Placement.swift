// Written by Scripts/generate-protobuf from apus/files/v1/placement.proto. Do not edit.

extension FilesV1 {
  package struct PlacementMessage: Message {
    package var message: MessageChoice?

    package enum MessageChoice: Equatable, Sendable {
      case keep(FilesV1.Keep)
      case tell(FilesV1.Copies)
      case told(FilesV1.Copies)
      case release(FilesV1.Release)
      case askPromise(FilesV1.ShareName)
      case promise(FilesV1.Promise)
    }

    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.PlacementMessage", "keep 1 tell 2 told 3 release 4 ask_promise 5 promise 6")

    package func encode(into writer: inout WireWriter) {
      switch message {
      case .keep(let value)?: writer.always(WireMessage<FilesV1.Keep>.self, 10, value)
      case .tell(let value)?: writer.always(WireMessage<FilesV1.Copies>.self, 18, value)
      case .told(let value)?: writer.always(WireMessage<FilesV1.Copies>.self, 26, value)
      case .release(let value)?: writer.always(WireMessage<FilesV1.Release>.self, 34, value)
      case .askPromise(let value)?: writer.always(WireMessage<FilesV1.ShareName>.self, 42, value)
      case .promise(let value)?: writer.always(WireMessage<FilesV1.Promise>.self, 50, value)
      case nil: break
      }
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10:
        var held = FilesV1.Keep()
        if case .keep(let value)? = message { held = value }
        try reader.message(&held)
        message = .keep(held)
      case 18:
        var held = FilesV1.Copies()
        if case .tell(let value)? = message { held = value }
        try reader.message(&held)
        message = .tell(held)
      case 26:
        var held = FilesV1.Copies()
        if case .told(let value)? = message { held = value }
        try reader.message(&held)
        message = .told(held)
      case 34:
        var held = FilesV1.Release()
        if case .release(let value)? = message { held = value }
        try reader.message(&held)
        message = .release(held)
      case 42:
        var held = FilesV1.ShareName()
        if case .askPromise(let value)? = message { held = value }
        try reader.message(&held)
        message = .askPromise(held)
      case 50:
        var held = FilesV1.Promise()
        if case .promise(let value)? = message { held = value }
        try reader.message(&held)
        message = .promise(held)
      default: return false
      }
      return true
    }
  }

  /// "Have a copy of this; these have one." Answered by `told`, and once more when it is whole.
  package struct Keep: Message {
    package var share: FilesV1.SignedShare?
    /// NodeIDs.
    package var holders: [[UInt8]] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Keep", "share 1 holders 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.SignedShare>.self, 10, share)
      writer.repeated(WireBytes.self, 18, holders)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&share)
      case 18: try reader.repeated(WireBytes.self, &holders)
      default: return false
      }
      return true
    }
  }

  /// What the sender has of shares. `tell` is answered by `told` with what the other has.
  package struct Copies: Message {
    package var copies: [FilesV1.Copy] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Copies", "copies 1")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<FilesV1.Copy>.self, 10, copies)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<FilesV1.Copy>.self, &copies)
      default: return false
      }
      return true
    }
  }

  package struct Copy: Message {
    package var name: FilesV1.ShareName?
    package var state: FilesV1.CopyState = FilesV1.CopyState(rawValue: 0)
    /// NodeIDs of others that have one, as far as the sender knows.
    package var holders: [[UInt8]] = []
    /// When its lines of the index expire, in seconds since 1970.
    package var listedUntil: Int64 = 0
    /// A newer version than the one that was asked about.
    package var newer: FilesV1.SignedShare?
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Copy", "name 1 state 2 holders 3 listed_until 4 newer 5")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.ShareName>.self, 10, name)
      writer.plain(WireEnum<FilesV1.CopyState>.self, 16, state)
      writer.repeated(WireBytes.self, 26, holders)
      writer.plain(WireInt64.self, 32, listedUntil)
      writer.optional(WireMessage<FilesV1.SignedShare>.self, 42, newer)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&name)
      case 16: try WireEnum<FilesV1.CopyState>.read(&state, &reader)
      case 26: try reader.repeated(WireBytes.self, &holders)
      case 32: try WireInt64.read(&listedUntil, &reader)
      case 42: try reader.message(&newer)
      default: return false
      }
      return true
    }
  }

  /// "You may let go of it, once those have promised to keep theirs for a while."
  package struct Release: Message {
    package var name: FilesV1.ShareName?
    /// NodeIDs.
    package var holders: [[UInt8]] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Release", "name 1 holders 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.ShareName>.self, 10, name)
      writer.repeated(WireBytes.self, 18, holders)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&name)
      case 18: try reader.repeated(WireBytes.self, &holders)
      default: return false
      }
      return true
    }
  }

  package struct Promise: Message {
    package var name: FilesV1.ShareName?
    /// For a minute from now; without it the sender has no copy, or is letting go itself.
    package var isGiven: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Promise", "name 1 is_given 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<FilesV1.ShareName>.self, 10, name)
      writer.plain(WireBool.self, 16, isGiven)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&name)
      case 16: try WireBool.read(&isGiven, &reader)
      default: return false
      }
      return true
    }
  }

  package struct ShareName: Message {
    /// NodeID.
    package var owner: [UInt8] = []
    /// 16 bytes.
    package var id: [UInt8] = []
    package var version: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.ShareName", "owner 1 id 2 version 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, owner)
      writer.plain(WireBytes.self, 18, id)
      writer.plain(WireUInt64.self, 24, version)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&owner, &reader)
      case 18: try WireBytes.read(&id, &reader)
      case 24: try WireUInt64.read(&version, &reader)
      default: return false
      }
      return true
    }
  }

  package struct CopyState: OpenEnum {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static var lacking: Self { Self(rawValue: 0) }
    package static var whole: Self { Self(rawValue: 1) }
    package static var fetching: Self { Self(rawValue: 2) }
    /// There is no room for it.
    package static var full: Self { Self(rawValue: 3) }
    /// Too much is being fetched; later.
    package static var busy: Self { Self(rawValue: 4) }

    package static let schema = MessageSchema(
      "apus.files.v1.CopyState",
      "COPY_STATE_LACKING 0 COPY_STATE_WHOLE 1 COPY_STATE_FETCHING 2 COPY_STATE_FULL 3 COPY_STATE_BUSY 4"
    )
  }
}

extension FilesV1 {
  package enum PlacementMethods {
    package static let service = "apus.files.v1.Placement"
    package static let exchange = MethodDescription(
      service, "Exchange", .bidirectional, permission: "placement")
  }

  /// Who keeps copies of what.
  package protocol PlacementService: Sendable {
    /// What the placement cores of two nodes say to each other, for as long as both like.
    func exchange(
      _ requests: MessageReader<FilesV1.PlacementMessage>,
      _ replies: MessageWriter<FilesV1.PlacementMessage>, _ context: CallContext
    ) async throws
  }

  package struct PlacementClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// What the placement cores of two nodes say to each other, for as long as both like.
    package func exchange<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<FilesV1.PlacementMessage, FilesV1.PlacementMessage>) async throws ->
        Answer
    ) async throws -> Answer {
      try await caller.bidirectional(FilesV1.PlacementMethods.exchange, options, body)
    }
  }
}

extension FilesV1.PlacementService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .bidirectional(FilesV1.PlacementMethods.exchange, self.exchange)
    ]
  }
}
