/// How one field is declared, written and read.
struct FieldPlan {
  let field: FieldDescriptor
  let types: TypeTable

  var name: String { Names.property(field.name) }
  var quoted: String { Names.quoted(name) }
  var isMessage: Bool { field.type == 11 }

  /// The codec and the Swift type of one value.
  var codec: String { Self.scalars[field.type]?.codec ?? named }
  var type: String { Self.scalars[field.type]?.type ?? types.swiftName(field.typeName) }

  private var named: String { "\(isMessage ? "WireMessage" : "WireEnum")<\(type)>" }

  private static let scalars: [UInt64: (codec: String, type: String, wire: UInt32)] = [
    1: ("WireDouble", "Double", 1), 2: ("WireFloat", "Float", 5), 3: ("WireInt64", "Int64", 0),
    4: ("WireUInt64", "UInt64", 0), 5: ("WireInt32", "Int32", 0),
    6: ("WireFixed64", "UInt64", 1), 7: ("WireFixed32", "UInt32", 5),
    8: ("WireBool", "Bool", 0), 9: ("WireString", "String", 2), 12: ("WireBytes", "[UInt8]", 2),
    13: ("WireUInt32", "UInt32", 0), 15: ("WireSFixed32", "Int32", 5),
    16: ("WireSFixed64", "Int64", 1), 17: ("WireSInt32", "Int32", 0),
    18: ("WireSInt64", "Int64", 0),
  ]

  private var wireType: UInt32 { Self.scalars[field.type]?.wire ?? (isMessage ? 2 : 0) }
  private var isNumber: Bool { wireType != 2 }
  var tag: UInt32 { field.number << 3 | wireType }
  private var runTag: UInt32 { field.number << 3 | 2 }

  var zero: String {
    switch field.type {
    case 8: "false"
    case 9: "\"\""
    case 12: "[]"
    case 14: "\(type)(rawValue: 0)"
    default: "0"
    }
  }

  private var mapCodecs: (key: FieldPlan, value: FieldPlan)? {
    guard let entry = types.mapEntry(field), entry.fields.count == 2 else { return nil }
    return (
      FieldPlan(field: entry.fields[0], types: types),
      FieldPlan(field: entry.fields[1], types: types)
    )
  }

  // MARK: - A field that is no member of a oneof

  func declare(_ source: inout Source, in message: MessageDescriptor) {
    if let (key, value) = mapCodecs {
      source.line("package var \(quoted): [\(key.type): \(value.type)] = [:]")
    } else if field.isRepeated {
      source.line("package var \(quoted): [\(type)] = []")
    } else if isMessage, types.reaches(message.fullName, from: field.typeName) {
      declareBoxed(&source)
    } else if isMessage || field.isOptional {
      source.line("package var \(quoted): \(type)?")
    } else {
      source.line("package var \(quoted): \(type) = \(zero)")
    }
  }

  private func declareBoxed(_ source: inout Source) {
    source.block("package var \(quoted): \(type)?") { source in
      source.line("get { _\(name).value }")
      source.line("set { _\(name).value = newValue }")
    }
    source.line("private var _\(name) = Boxed<\(type)>()")
  }

  var encode: String {
    if let (key, value) = mapCodecs {
      return "writer.map(\(key.codec).self, \(value.codec).self, \(runTag), \(quoted))"
    }
    if field.isRepeated {
      return isNumber && field.packed != false
        ? "writer.packed(\(codec).self, \(runTag), \(quoted))"
        : "writer.repeated(\(codec).self, \(tag), \(quoted))"
    }
    let verb = isMessage || field.isOptional ? "optional" : "plain"
    return "writer.\(verb)(\(codec).self, \(tag), \(quoted))"
  }

  var decode: String {
    if let (key, value) = mapCodecs {
      return "case \(runTag): try reader.map(\(key.codec).self, \(value.codec).self, &\(quoted))"
    }
    if field.isRepeated {
      return isNumber
        ? "case \(tag), \(runTag): try reader.packed(\(codec).self, &\(quoted))"
        : "case \(tag): try reader.repeated(\(codec).self, &\(quoted))"
    }
    if isMessage { return "case \(tag): try reader.message(&\(quoted))" }
    if field.isOptional { return "case \(tag): \(quoted) = try \(codec).read(&reader)" }
    return "case \(tag): try \(codec).read(&\(quoted), &reader)"
  }

  // MARK: - A member of a oneof

  var choice: String { "case \(quoted)(\(type))" }

  var encodeChoice: String {
    "case .\(quoted)(let value)?: writer.always(\(codec).self, \(tag), value)"
  }

  /// The last member on the wire stays; a message that comes twice merges.
  func decodeChoice(_ source: inout Source, into oneof: String) {
    guard isMessage else {
      source.line("case \(tag): \(oneof) = .\(quoted)(try \(codec).read(&reader))")
      return
    }
    source.line("case \(tag):")
    source.line("  var held = \(type)()")
    source.line("  if case .\(quoted)(let value)? = \(oneof) { held = value }")
    source.line("  try reader.message(&held)")
    source.line("  \(oneof) = .\(quoted)(held)")
  }
}
