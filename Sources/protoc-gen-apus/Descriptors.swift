import Calls

// The parts of google/protobuf/descriptor.proto that the generator reads.

struct FieldDescriptor {
  var name = ""
  var number: UInt32 = 0
  var isRepeated = false
  /// `FieldDescriptorProto.Type`: 1 double ... 18 sint64.
  var type: UInt64 = 0
  /// With a leading dot, for messages and enums.
  var typeName = ""
  var oneof: Int?
  var isOptional = false
  var packed: Bool?
  var extendee = ""

  init(_ reader: inout WireReader) throws(DecodingFailure) {
    try reader.fields { number, reader throws(DecodingFailure) in
      switch number {
      case 1: name = try reader.string()
      case 2: extendee = try reader.string()
      case 3: self.number = UInt32(truncatingIfNeeded: try reader.varint())
      case 4: isRepeated = try reader.varint() == 3
      case 5: type = try reader.varint()
      case 6: typeName = try reader.string()
      case 8:
        try reader.fields { number, reader throws(DecodingFailure) in
          if number == 2 { packed = try reader.varint() != 0 } else { try reader.skip() }
        }
      case 9: oneof = Int(truncatingIfNeeded: try reader.varint())
      case 17: isOptional = try reader.varint() != 0
      default: try reader.skip()
      }
    }
  }
}

struct MessageDescriptor {
  var name = ""
  var fullName = ""
  var path: [Int32]
  var fields: [FieldDescriptor] = []
  var nested: [MessageDescriptor] = []
  var enums: [EnumDescriptor] = []
  var oneofs: [String] = []
  var isMapEntry = false

  init(_ reader: inout WireReader, path: [Int32]) throws(DecodingFailure) {
    self.path = path
    try reader.fields { number, reader throws(DecodingFailure) in
      switch number {
      case 1: name = try reader.string()
      case 2: fields.append(try FieldDescriptor(&reader))
      case 3:
        nested.append(try MessageDescriptor(&reader, path: path + [3, Int32(nested.count)]))
      case 4: enums.append(try EnumDescriptor(&reader, path: path + [4, Int32(enums.count)]))
      case 7:
        try reader.fields { number, reader throws(DecodingFailure) in
          if number == 7 { isMapEntry = try reader.varint() != 0 } else { try reader.skip() }
        }
      case 8:
        try reader.fields { number, reader throws(DecodingFailure) in
          if number == 1 { oneofs.append(try reader.string()) } else { try reader.skip() }
        }
      default: try reader.skip()
      }
    }
  }

  mutating func qualify(in scope: String) {
    fullName = "\(scope).\(name)"
    for index in nested.indices { nested[index].qualify(in: fullName) }
    for index in enums.indices { enums[index].fullName = "\(fullName).\(enums[index].name)" }
  }
}

struct EnumDescriptor {
  var name = ""
  var fullName = ""
  var path: [Int32]
  var values: [(name: String, number: Int32)] = []

  init(_ reader: inout WireReader, path: [Int32]) throws(DecodingFailure) {
    self.path = path
    try reader.fields { number, reader throws(DecodingFailure) in
      switch number {
      case 1: name = try reader.string()
      case 2:
        var value: (name: String, number: Int32) = ("", 0)
        try reader.fields { number, reader throws(DecodingFailure) in
          switch number {
          case 1: value.name = try reader.string()
          case 2: value.number = Int32(truncatingIfNeeded: try reader.varint())
          default: try reader.skip()
          }
        }
        values.append(value)
      default: try reader.skip()
      }
    }
  }
}

struct MethodDescriptor {
  var name = ""
  var input = ""
  var output = ""
  var isClientStreaming = false
  var isServerStreaming = false
  var permission: String?
  var isImmediate = false

  /// The numbers of the options in proto/apus/options.proto.
  private static let permissionOption: UInt32 = 50_001
  private static let immediateOption: UInt32 = 50_002

  init(_ reader: inout WireReader) throws(DecodingFailure) {
    try reader.fields { number, reader throws(DecodingFailure) in
      switch number {
      case 1: name = try reader.string()
      case 2: input = try reader.string()
      case 3: output = try reader.string()
      case 4:
        try reader.fields { number, reader throws(DecodingFailure) in
          switch number {
          case Self.permissionOption: permission = try reader.string()
          case Self.immediateOption: isImmediate = try reader.varint() != 0
          default: try reader.skip()
          }
        }
      case 5: isClientStreaming = try reader.varint() != 0
      case 6: isServerStreaming = try reader.varint() != 0
      default: try reader.skip()
      }
    }
  }
}

struct ServiceDescriptor {
  var name = ""
  var path: [Int32]
  var methods: [MethodDescriptor] = []

  init(_ reader: inout WireReader, path: [Int32]) throws(DecodingFailure) {
    self.path = path
    try reader.fields { number, reader throws(DecodingFailure) in
      switch number {
      case 1: name = try reader.string()
      case 2: methods.append(try MethodDescriptor(&reader))
      default: try reader.skip()
      }
    }
  }
}

extension WireReader {
  /// Walks the sub-message at hand.
  mutating func fields(
    _ body: (UInt32, inout WireReader) throws(DecodingFailure) -> Void
  ) throws(DecodingFailure) {
    let outer = try enter()
    try eachField(body)
    leave(outer)
  }

  mutating func eachField(
    _ body: (UInt32, inout WireReader) throws(DecodingFailure) -> Void
  ) throws(DecodingFailure) {
    while try next() { try body(number, &self) }
  }
}
