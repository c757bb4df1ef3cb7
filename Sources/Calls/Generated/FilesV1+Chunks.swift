// Written by Scripts/generate-protobuf from apus/files/v1/chunks.proto. Do not edit.

/// The package `apus.files.v1`.
package enum FilesV1 {
  package struct AskRequest: Message {
    /// Each is answered by a holding, in order. Before the chunks of a blob are asked for.
    package var openings: [FilesV1.Opening] = []
    /// Numbers of chunks, given after all that were asked for before.
    package var asks: [UInt32] = []
    /// Numbers of chunks that need not be given any more. One that is on its way breaks off.
    package var withdrawals: [UInt32] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.AskRequest", "openings 1 asks 2 withdrawals 3")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<FilesV1.Opening>.self, 10, openings)
      writer.packed(WireUInt32.self, 18, asks)
      writer.packed(WireUInt32.self, 26, withdrawals)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<FilesV1.Opening>.self, &openings)
      case 16, 18: try reader.packed(WireUInt32.self, &asks)
      case 24, 26: try reader.packed(WireUInt32.self, &withdrawals)
      default: return false
      }
      return true
    }
  }

  /// A blob whose chunks are asked for on this call.
  package struct Opening: Message {
    /// 32 bytes: its name.
    package var blob: [UInt8] = []
    /// The number of its first chunk on this call; the others follow. No two blobs overlap, and each
    /// begins behind the one before.
    package var first: UInt32 = 0
    package var wantsManifest: Bool = false
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Opening", "blob 1 first 2 wants_manifest 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireBytes.self, 10, blob)
      writer.plain(WireUInt32.self, 16, first)
      writer.plain(WireBool.self, 24, wantsManifest)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try WireBytes.read(&blob, &reader)
      case 16: try WireUInt32.read(&first, &reader)
      case 24: try WireBool.read(&wantsManifest, &reader)
      default: return false
      }
      return true
    }
  }

  /// What the giver has of a blob. It has the same answer for one that is not there and one that the
  /// asker may not read.
  package struct Holding: Message {
    /// Of its first chunk.
    package var first: UInt32 = 0
    package var state: FilesV1.Holding.State = FilesV1.Holding.State(rawValue: 0)
    /// Bytes in the blob.
    package var size: UInt64 = 0
    /// Where some chunks are missing: a bit each, the lowest first.
    package var map: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.Holding", "first 1 state 2 size 3 map 4")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireUInt32.self, 8, first)
      writer.plain(WireEnum<FilesV1.Holding.State>.self, 16, state)
      writer.plain(WireUInt64.self, 24, size)
      writer.plain(WireBytes.self, 34, map)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireUInt32.read(&first, &reader)
      case 16: try WireEnum<FilesV1.Holding.State>.read(&state, &reader)
      case 24: try WireUInt64.read(&size, &reader)
      case 34: try WireBytes.read(&map, &reader)
      default: return false
      }
      return true
    }

    package struct State: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      package static var none: Self { Self(rawValue: 1) }
      package static var some: Self { Self(rawValue: 2) }
      package static var whole: Self { Self(rawValue: 3) }

      package static let schema = MessageSchema(
        "apus.files.v1.Holding.State", "STATE_UNSPECIFIED 0 STATE_NONE 1 STATE_SOME 2 STATE_WHOLE 3"
      )
    }
  }

  package struct AskReply: Message {
    package var holdings: [FilesV1.Holding] = []
    /// Chunks that were asked for and are not there, or could not be read.
    package var gone: [UInt32] = []
    /// What `bytes` are a piece of, and where in it they begin.
    package var content: FilesV1.AskReply.Content = FilesV1.AskReply.Content(rawValue: 0)
    /// The number of the chunk, or of the first chunk of the blob whose manifest it is.
    package var number: UInt32 = 0
    package var offset: UInt32 = 0
    /// At most 256 KiB.
    package var bytes: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.files.v1.AskReply", "holdings 1 gone 2 content 3 number 4 offset 5 bytes 6")

    package func encode(into writer: inout WireWriter) {
      writer.repeated(WireMessage<FilesV1.Holding>.self, 10, holdings)
      writer.packed(WireUInt32.self, 18, gone)
      writer.plain(WireEnum<FilesV1.AskReply.Content>.self, 24, content)
      writer.plain(WireUInt32.self, 32, number)
      writer.plain(WireUInt32.self, 40, offset)
      writer.plain(WireBytes.self, 50, bytes)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.repeated(WireMessage<FilesV1.Holding>.self, &holdings)
      case 16, 18: try reader.packed(WireUInt32.self, &gone)
      case 24: try WireEnum<FilesV1.AskReply.Content>.read(&content, &reader)
      case 32: try WireUInt32.read(&number, &reader)
      case 40: try WireUInt32.read(&offset, &reader)
      case 50: try WireBytes.read(&bytes, &reader)
      default: return false
      }
      return true
    }

    package struct Content: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var unspecified: Self { Self(rawValue: 0) }
      package static var chunk: Self { Self(rawValue: 1) }
      package static var manifest: Self { Self(rawValue: 2) }

      package static let schema = MessageSchema(
        "apus.files.v1.AskReply.Content", "CONTENT_UNSPECIFIED 0 CONTENT_CHUNK 1 CONTENT_MANIFEST 2"
      )
    }
  }
}

extension FilesV1 {
  package enum ChunksMethods {
    package static let service = "apus.files.v1.Chunks"
    package static let ask = MethodDescription(
      service, "Ask", .bidirectional, permission: "chunks")
  }

  /// How nodes give each other the chunks of blobs: one call a source, for as long as a fetch lasts.
  package protocol ChunksService: Sendable {
    /// Asks and withdrawals in, pieces out. Chunks come whole, one after another, in the order in
    /// which they were asked for. What comes is not hashed by who gives it.
    func ask(
      _ requests: MessageReader<FilesV1.AskRequest>, _ replies: MessageWriter<FilesV1.AskReply>,
      _ context: CallContext
    ) async throws
  }

  package struct ChunksClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    /// Asks and withdrawals in, pieces out. Chunks come whole, one after another, in the order in
    /// which they were asked for. What comes is not hashed by who gives it.
    package func ask<Answer: Sendable>(
      options: CallOptions = CallOptions(),
      _ body: (Conversation<FilesV1.AskRequest, FilesV1.AskReply>) async throws -> Answer
    ) async throws -> Answer {
      try await caller.bidirectional(FilesV1.ChunksMethods.ask, options, body)
    }
  }
}

extension FilesV1.ChunksService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .bidirectional(FilesV1.ChunksMethods.ask, self.ask)
    ]
  }
}
