/// The full names that a serialized `FileDescriptorProto` declares, and what it extends. The
/// numbers are those of google/protobuf/descriptor.proto.
struct FileDeclarations {
  private(set) var symbols: [String] = []
  private(set) var extensions: [(type: String, number: Int32)] = []

  init(_ bytes: [UInt8]) throws(DecodingFailure) {
    let package = try Self.package(bytes)
    var reader = try WireReader(bytes)
    while try reader.next() {
      switch reader.tag {
      case Self.tag(4): try message(&reader, in: package)
      case Self.tag(5): try enumeration(&reader, in: package)
      case Self.tag(6): try named(&reader, in: package, parts: [2])
      case Self.tag(7): try extensionField(&reader, in: package)
      default: try reader.skip()
      }
    }
  }

  /// The package may stand behind what it is the package of.
  private static func package(_ bytes: [UInt8]) throws(DecodingFailure) -> String {
    var reader = try WireReader(bytes)
    var package = ""
    while try reader.next() {
      if reader.tag == tag(2) { package = try reader.string() } else { try reader.skip() }
    }
    return package
  }

  /// Of a field that is a string or a message.
  private static func tag(_ number: UInt32) -> UInt32 { number << 3 | 2 }

  private static func join(_ scope: String, _ name: String) -> String {
    scope.isEmpty ? name : "\(scope).\(name)"
  }

  /// `DescriptorProto`: fields and oneofs by name, and what is declared inside.
  private mutating func message(
    _ reader: inout WireReader, in scope: String
  ) throws(DecodingFailure) {
    let name = try declare(&reader, in: scope)
    let outer = try reader.enter()
    while try reader.next() {
      switch reader.tag {
      case Self.tag(2), Self.tag(8): try named(&reader, in: name)
      case Self.tag(3): try message(&reader, in: name)
      case Self.tag(4): try enumeration(&reader, in: name)
      case Self.tag(6): try extensionField(&reader, in: name)
      default: try reader.skip()
      }
    }
    reader.leave(outer)
  }

  /// `EnumDescriptorProto`: values are siblings of their type, as in C.
  private mutating func enumeration(
    _ reader: inout WireReader, in scope: String
  ) throws(DecodingFailure) {
    _ = try declare(&reader, in: scope)
    let outer = try reader.enter()
    while try reader.next() {
      if reader.tag == Self.tag(2) {
        try named(&reader, in: scope)
      } else {
        try reader.skip()
      }
    }
    reader.leave(outer)
  }

  private mutating func extensionField(
    _ reader: inout WireReader, in scope: String
  ) throws(DecodingFailure) {
    _ = try declare(&reader, in: scope)
    var type = ""
    var number: Int32 = 0
    let outer = try reader.enter()
    while try reader.next() {
      switch reader.tag {
      case Self.tag(2): type = try reader.string()
      case 3 << 3: number = Int32(truncatingIfNeeded: try reader.varint())
      default: try reader.skip()
      }
    }
    reader.leave(outer)
    extensions.append((type.hasPrefix(".") ? String(type.dropFirst()) : type, number))
  }

  /// What has a name and at most parts that have one.
  private mutating func named(
    _ reader: inout WireReader, in scope: String, parts: Set<UInt32> = []
  ) throws(DecodingFailure) {
    let name = try declare(&reader, in: scope)
    let outer = try reader.enter()
    while try reader.next() {
      if reader.tag & 7 == 2, parts.contains(reader.number) {
        try named(&reader, in: name)
      } else {
        try reader.skip()
      }
    }
    reader.leave(outer)
  }

  /// Looks ahead for the name, field 1 of every descriptor.
  private mutating func declare(
    _ reader: inout WireReader, in scope: String
  ) throws(DecodingFailure) -> String {
    var ahead = reader
    var name = ""
    let outer = try ahead.enter()
    while try ahead.next() {
      if ahead.tag == Self.tag(1) { name = try ahead.string() } else { try ahead.skip() }
    }
    ahead.leave(outer)
    let full = Self.join(scope, name)
    symbols.append(full)
    return full
  }
}
