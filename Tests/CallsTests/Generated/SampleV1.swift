// Written by Scripts/generate-protobuf from sample.proto. Do not edit.

package import Calls

/// The package `apus.sample.v1`.
package enum SampleV1 {
  /// Every kind of field.
  package struct Everything: Message {
    package var double: Double = 0
    package var float: Float = 0
    package var int32: Int32 = 0
    package var int64: Int64 = 0
    package var uint32: UInt32 = 0
    package var uint64: UInt64 = 0
    package var sint32: Int32 = 0
    package var sint64: Int64 = 0
    package var fixed32: UInt32 = 0
    package var fixed64: UInt64 = 0
    package var sfixed32: Int32 = 0
    package var sfixed64: Int64 = 0
    package var bool: Bool = false
    package var string: String = ""
    package var bytes: [UInt8] = []
    package var colour: SampleV1.Colour = SampleV1.Colour(rawValue: 0)
    package var leaf: SampleV1.Leaf?
    package var optionalNumber: Int32?
    package var optionalText: String?
    package var optionalBytes: [UInt8]?
    package var optionalColour: SampleV1.Colour?
    package var optionalLeaf: SampleV1.Leaf?
    package var optionalDouble: Double?
    package var doubles: [Double] = []
    package var floats: [Float] = []
    package var sint64s: [Int64] = []
    package var fixed32s: [UInt32] = []
    package var bools: [Bool] = []
    package var colours: [SampleV1.Colour] = []
    package var strings: [String] = []
    package var manyBytes: [[UInt8]] = []
    package var leaves: [SampleV1.Leaf] = []
    package var unpacked: [Int32] = []
    package var texts: [String: String] = [:]
    package var leavesByNumber: [Int32: SampleV1.Leaf] = [:]
    package var coloursByTruth: [Bool: SampleV1.Colour] = [:]
    package var bytesByNumber: [Int64: [UInt8]] = [:]
    package var choice: ChoiceChoice?

    package indirect enum ChoiceChoice: Equatable, Sendable {
      case choiceText(String)
      case choiceLeaf(SampleV1.Leaf)
      case choiceEverything(SampleV1.Everything)
      case choiceColour(SampleV1.Colour)
      case choiceNumber(Int32)
    }

    package var child: SampleV1.Everything? {
      get { _child.value }
      set { _child.value = newValue }
    }
    private var _child = Boxed<SampleV1.Everything>()
    package var children: [SampleV1.Everything] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.sample.v1.Everything",
      "double 1 float 2 int32 3 int64 4 uint32 5 uint64 6 sint32 7 sint64 8 fixed32 9 fixed64 10 sfixed32 11 sfixed64 12 bool 13 string 14 bytes 15 colour 16 leaf 17 optional_number 20 optional_text 21 optional_bytes 22 optional_colour 23 optional_leaf 24 optional_double 25 doubles 30 floats 31 sint64s 32 fixed32s 33 bools 34 colours 35 strings 36 many_bytes 37 leaves 38 unpacked 39 texts 50 leaves_by_number 51 colours_by_truth 52 bytes_by_number 53 choice_text 60 choice_leaf 61 choice_everything 62 choice_colour 63 choice_number 64 child 70 children 71"
    )

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireDouble.self, 9, double)
      writer.plain(WireFloat.self, 21, float)
      writer.plain(WireInt32.self, 24, int32)
      writer.plain(WireInt64.self, 32, int64)
      writer.plain(WireUInt32.self, 40, uint32)
      writer.plain(WireUInt64.self, 48, uint64)
      writer.plain(WireSInt32.self, 56, sint32)
      writer.plain(WireSInt64.self, 64, sint64)
      writer.plain(WireFixed32.self, 77, fixed32)
      writer.plain(WireFixed64.self, 81, fixed64)
      writer.plain(WireSFixed32.self, 93, sfixed32)
      writer.plain(WireSFixed64.self, 97, sfixed64)
      writer.plain(WireBool.self, 104, bool)
      writer.plain(WireString.self, 114, string)
      writer.plain(WireBytes.self, 122, bytes)
      writer.plain(WireEnum<SampleV1.Colour>.self, 128, colour)
      writer.optional(WireMessage<SampleV1.Leaf>.self, 138, leaf)
      writer.optional(WireInt32.self, 160, optionalNumber)
      writer.optional(WireString.self, 170, optionalText)
      writer.optional(WireBytes.self, 178, optionalBytes)
      writer.optional(WireEnum<SampleV1.Colour>.self, 184, optionalColour)
      writer.optional(WireMessage<SampleV1.Leaf>.self, 194, optionalLeaf)
      writer.optional(WireDouble.self, 201, optionalDouble)
      writer.packed(WireDouble.self, 242, doubles)
      writer.packed(WireFloat.self, 250, floats)
      writer.packed(WireSInt64.self, 258, sint64s)
      writer.packed(WireFixed32.self, 266, fixed32s)
      writer.packed(WireBool.self, 274, bools)
      writer.packed(WireEnum<SampleV1.Colour>.self, 282, colours)
      writer.repeated(WireString.self, 290, strings)
      writer.repeated(WireBytes.self, 298, manyBytes)
      writer.repeated(WireMessage<SampleV1.Leaf>.self, 306, leaves)
      writer.repeated(WireInt32.self, 312, unpacked)
      writer.map(WireString.self, WireString.self, 402, texts)
      writer.map(WireInt32.self, WireMessage<SampleV1.Leaf>.self, 410, leavesByNumber)
      writer.map(WireBool.self, WireEnum<SampleV1.Colour>.self, 418, coloursByTruth)
      writer.map(WireSFixed64.self, WireBytes.self, 426, bytesByNumber)
      switch choice {
      case .choiceText(let value)?: writer.always(WireString.self, 482, value)
      case .choiceLeaf(let value)?: writer.always(WireMessage<SampleV1.Leaf>.self, 490, value)
      case .choiceEverything(let value)?:
        writer.always(WireMessage<SampleV1.Everything>.self, 498, value)
      case .choiceColour(let value)?: writer.always(WireEnum<SampleV1.Colour>.self, 504, value)
      case .choiceNumber(let value)?: writer.always(WireSInt32.self, 512, value)
      case nil: break
      }
      writer.optional(WireMessage<SampleV1.Everything>.self, 562, child)
      writer.repeated(WireMessage<SampleV1.Everything>.self, 570, children)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 9: try WireDouble.read(&double, &reader)
      case 21: try WireFloat.read(&float, &reader)
      case 24: try WireInt32.read(&int32, &reader)
      case 32: try WireInt64.read(&int64, &reader)
      case 40: try WireUInt32.read(&uint32, &reader)
      case 48: try WireUInt64.read(&uint64, &reader)
      case 56: try WireSInt32.read(&sint32, &reader)
      case 64: try WireSInt64.read(&sint64, &reader)
      case 77: try WireFixed32.read(&fixed32, &reader)
      case 81: try WireFixed64.read(&fixed64, &reader)
      case 93: try WireSFixed32.read(&sfixed32, &reader)
      case 97: try WireSFixed64.read(&sfixed64, &reader)
      case 104: try WireBool.read(&bool, &reader)
      case 114: try WireString.read(&string, &reader)
      case 122: try WireBytes.read(&bytes, &reader)
      case 128: try WireEnum<SampleV1.Colour>.read(&colour, &reader)
      case 138: try reader.message(&leaf)
      case 160: optionalNumber = try WireInt32.read(&reader)
      case 170: optionalText = try WireString.read(&reader)
      case 178: optionalBytes = try WireBytes.read(&reader)
      case 184: optionalColour = try WireEnum<SampleV1.Colour>.read(&reader)
      case 194: try reader.message(&optionalLeaf)
      case 201: optionalDouble = try WireDouble.read(&reader)
      case 241, 242: try reader.packed(WireDouble.self, &doubles)
      case 253, 250: try reader.packed(WireFloat.self, &floats)
      case 256, 258: try reader.packed(WireSInt64.self, &sint64s)
      case 269, 266: try reader.packed(WireFixed32.self, &fixed32s)
      case 272, 274: try reader.packed(WireBool.self, &bools)
      case 280, 282: try reader.packed(WireEnum<SampleV1.Colour>.self, &colours)
      case 290: try reader.repeated(WireString.self, &strings)
      case 298: try reader.repeated(WireBytes.self, &manyBytes)
      case 306: try reader.repeated(WireMessage<SampleV1.Leaf>.self, &leaves)
      case 312, 314: try reader.packed(WireInt32.self, &unpacked)
      case 402: try reader.map(WireString.self, WireString.self, &texts)
      case 410: try reader.map(WireInt32.self, WireMessage<SampleV1.Leaf>.self, &leavesByNumber)
      case 418: try reader.map(WireBool.self, WireEnum<SampleV1.Colour>.self, &coloursByTruth)
      case 426: try reader.map(WireSFixed64.self, WireBytes.self, &bytesByNumber)
      case 482: choice = .choiceText(try WireString.read(&reader))
      case 490:
        var held = SampleV1.Leaf()
        if case .choiceLeaf(let value)? = choice { held = value }
        try reader.message(&held)
        choice = .choiceLeaf(held)
      case 498:
        var held = SampleV1.Everything()
        if case .choiceEverything(let value)? = choice { held = value }
        try reader.message(&held)
        choice = .choiceEverything(held)
      case 504: choice = .choiceColour(try WireEnum<SampleV1.Colour>.read(&reader))
      case 512: choice = .choiceNumber(try WireSInt32.read(&reader))
      case 562: try reader.message(&child)
      case 570: try reader.repeated(WireMessage<SampleV1.Everything>.self, &children)
      default: return false
      }
      return true
    }
  }

  package struct Leaf: Message {
    package var number: Int32 = 0
    package var text: String = ""
    package var list: [Int32] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.sample.v1.Leaf", "number 1 text 2 list 3")

    package func encode(into writer: inout WireWriter) {
      writer.plain(WireInt32.self, 8, number)
      writer.plain(WireString.self, 18, text)
      writer.packed(WireInt32.self, 26, list)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 8: try WireInt32.read(&number, &reader)
      case 18: try WireString.read(&text, &reader)
      case 24, 26: try reader.packed(WireInt32.self, &list)
      default: return false
      }
      return true
    }
  }

  /// Half of a pair that hold each other.
  package struct Ping: Message {
    package var pong: SampleV1.Pong? {
      get { _pong.value }
      set { _pong.value = newValue }
    }
    private var _pong = Boxed<SampleV1.Pong>()
    package var count: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.sample.v1.Ping", "pong 1 count 2")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<SampleV1.Pong>.self, 10, pong)
      writer.plain(WireInt32.self, 16, count)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&pong)
      case 16: try WireInt32.read(&count, &reader)
      default: return false
      }
      return true
    }
  }

  package struct Pong: Message {
    package var ping: SampleV1.Ping? {
      get { _ping.value }
      set { _ping.value = newValue }
    }
    private var _ping = Boxed<SampleV1.Ping>()
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.sample.v1.Pong", "ping 1")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<SampleV1.Ping>.self, 10, ping)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&ping)
      default: return false
      }
      return true
    }
  }

  /// Names that Swift keeps for itself.
  package struct TypeMessage: Message {
    package var `init`: SampleV1.TypeMessage.StringMessage?
    package var selfField: SampleV1.TypeMessage.ProtocolEnum = SampleV1.TypeMessage.ProtocolEnum(
      rawValue: 0)
    package var `in`: Bool = false
    package var encodeField: Int32 = 0
    package var unknownFieldsField: Int32 = 0
    package var `where`: WhereChoice?

    package enum WhereChoice: Equatable, Sendable {
      case `case`(Int32)
      case `func`(String)
    }

    package var readerField: [Int32] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.sample.v1.Type", "init 1 self 2 in 3 encode 4 unknown_fields 5 case 6 func 7 reader 8")

    package func encode(into writer: inout WireWriter) {
      writer.optional(WireMessage<SampleV1.TypeMessage.StringMessage>.self, 10, `init`)
      writer.plain(WireEnum<SampleV1.TypeMessage.ProtocolEnum>.self, 16, selfField)
      writer.plain(WireBool.self, 24, `in`)
      writer.plain(WireInt32.self, 32, encodeField)
      writer.plain(WireInt32.self, 40, unknownFieldsField)
      switch `where` {
      case .`case`(let value)?: writer.always(WireInt32.self, 48, value)
      case .`func`(let value)?: writer.always(WireString.self, 58, value)
      case nil: break
      }
      writer.packed(WireInt32.self, 66, readerField)
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      switch reader.tag {
      case 10: try reader.message(&`init`)
      case 16: try WireEnum<SampleV1.TypeMessage.ProtocolEnum>.read(&selfField, &reader)
      case 24: try WireBool.read(&`in`, &reader)
      case 32: try WireInt32.read(&encodeField, &reader)
      case 40: try WireInt32.read(&unknownFieldsField, &reader)
      case 48: `where` = .`case`(try WireInt32.read(&reader))
      case 58: `where` = .`func`(try WireString.read(&reader))
      case 64, 66: try reader.packed(WireInt32.self, &readerField)
      default: return false
      }
      return true
    }

    package struct ProtocolEnum: OpenEnum {
      package var rawValue: Int32

      package init(rawValue: Int32) { self.rawValue = rawValue }

      package static var `default`: Self { Self(rawValue: 0) }
      package static var `switch`: Self { Self(rawValue: 1) }
      package static var `rethrows`: Self { Self(rawValue: 2) }

      package static let schema = MessageSchema(
        "apus.sample.v1.Type.Protocol", "default 0 switch 1 rethrows 2")
    }

    package struct StringMessage: Message {
      package var `class`: String = ""
      package var unknownFields = UnknownFields()

      package init() {}

      package static let schema = MessageSchema(
        "apus.sample.v1.Type.String", "class 1")

      package func encode(into writer: inout WireWriter) {
        writer.plain(WireString.self, 10, `class`)
        writer.unknown(unknownFields)
      }

      package mutating func decodeField(
        from reader: inout WireReader
      ) throws(DecodingFailure) -> Bool {
        switch reader.tag {
        case 10: try WireString.read(&`class`, &reader)
        default: return false
        }
        return true
      }
    }
  }

  package struct Empty: Message {
    package var unknownFields = UnknownFields()

    package init() {}

    package static let schema = MessageSchema(
      "apus.sample.v1.Empty", "")

    package func encode(into writer: inout WireWriter) {
      writer.unknown(unknownFields)
    }

    package mutating func decodeField(
      from reader: inout WireReader
    ) throws(DecodingFailure) -> Bool {
      false
    }
  }

  package struct Colour: OpenEnum {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static var unspecified: Self { Self(rawValue: 0) }
    package static var red: Self { Self(rawValue: 1) }
    package static var deepBlue: Self { Self(rawValue: 2) }
    package static var negative: Self { Self(rawValue: -3) }

    package static let schema = MessageSchema(
      "apus.sample.v1.Colour",
      "COLOUR_UNSPECIFIED 0 COLOUR_RED 1 COLOUR_DEEP_BLUE 2 COLOUR_NEGATIVE -3")
  }
}

extension SampleV1 {
  package enum SampleMethods {
    package static let service = "apus.sample.v1.Sample"
    package static let `import` = MethodDescription(
      service, "Import", .unary)
  }

  package protocol SampleService: Sendable {
    func `import`(
      _ request: SampleV1.Empty, _ context: CallContext
    ) async throws -> SampleV1.Leaf
  }

  package struct SampleClient: Sendable {
    private let caller: any Caller

    package init(_ caller: any Caller) { self.caller = caller }

    package func `import`(
      _ request: SampleV1.Empty, options: CallOptions = CallOptions()
    ) async throws -> SampleV1.Leaf {
      try await caller.unary(SampleV1.SampleMethods.`import`, request, options)
    }
  }
}

extension SampleV1.SampleService {
  /// For the server, which checks permissions by the descriptions.
  package var handlers: [MethodHandler] {
    [
      .unary(SampleV1.SampleMethods.`import`, self.`import`)
    ]
  }
}
