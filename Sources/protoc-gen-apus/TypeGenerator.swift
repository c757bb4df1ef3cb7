/// Writes a message, what is nested in it, and enums.
struct TypeGenerator {
  let file: FileDescriptor
  let types: TypeTable

  func message(_ message: MessageDescriptor, _ source: inout Source) {
    source.comment(file.comments[message.path])
    let name = Names.type(message.name, suffix: "Message")
    source.block("package struct \(Names.quoted(name)): Message") { source in
      properties(message, &source)
      source.line("package var unknownFields = UnknownFields()")
      source.line()
      source.line("package init() {}")
      source.line()
      let members = message.fields.map { "\($0.name) \($0.number)" }.joined(separator: " ")
      schema(message.fullName, members, &source)
      source.line()
      encode(message, &source)
      source.line()
      decode(message, &source)
      for item in message.enums {
        source.line()
        enumeration(item, &source)
      }
      for nested in message.nested where !nested.isMapEntry {
        source.line()
        self.message(nested, &source)
      }
    }
  }

  func enumeration(_ item: EnumDescriptor, _ source: inout Source) {
    source.comment(file.comments[item.path])
    let name = Names.type(item.name, suffix: "Enum")
    source.block("package struct \(Names.quoted(name)): OpenEnum") { source in
      source.line("package var rawValue: Int32")
      source.line()
      source.line("package init(rawValue: Int32) { self.rawValue = rawValue }")
      source.line()
      var taken: Set<String> = []
      for (index, value) in item.values.enumerated() {
        source.comment(file.comments[item.path + [2, Int32(index)]])
        var name = Names.enumCase(value.name, of: item.name)
        while !taken.insert(name).inserted { name += "_" }
        source.line(
          "package static var \(Names.quoted(name)): Self { Self(rawValue: \(value.number)) }")
      }
      source.line()
      let members = item.values.map { "\($0.name) \($0.number)" }.joined(separator: " ")
      schema(item.fullName, members, &source)
    }
  }

  private func schema(_ fullName: String, _ members: String, _ source: inout Source) {
    source.line("package static let schema = MessageSchema(")
    source.line("  \"\(fullName.dropFirst())\", \"\(members)\")")
  }

  private func properties(_ message: MessageDescriptor, _ source: inout Source) {
    for (index, field) in message.fields.enumerated() {
      if let oneof = oneof(field) {
        if message.fields.first(where: { self.oneof($0) == oneof })?.number == field.number {
          choice(message, oneof, &source)
        }
        continue
      }
      source.comment(file.comments[message.path + [2, Int32(index)]])
      plan(field).declare(&source, in: message)
    }
  }

  private func choice(_ message: MessageDescriptor, _ oneof: Int, _ source: inout Source) {
    let members = message.fields.enumerated().filter { self.oneof($0.element) == oneof }
    let isRecursive = members.contains { _, field in
      field.type == 11 && types.reaches(message.fullName, from: field.typeName)
    }
    let type = Names.upperCamel(message.oneofs[oneof]) + "Choice"
    source.comment(file.comments[message.path + [8, Int32(oneof)]])
    source.line("package var \(Names.quoted(Names.property(message.oneofs[oneof]))): \(type)?")
    source.line()
    source.block("package \(isRecursive ? "indirect " : "")enum \(type): Equatable, Sendable") {
      source in
      for (index, field) in members {
        source.comment(file.comments[message.path + [2, Int32(index)]])
        source.line(plan(field).choice)
      }
    }
    source.line()
  }

  /// In the order of field numbers, as the other implementations write.
  private func encode(_ message: MessageDescriptor, _ source: inout Source) {
    source.block("package func encode(into writer: inout WireWriter)") { source in
      var written: Set<Int> = []
      for field in message.fields.sorted(by: { $0.number < $1.number }) {
        guard let oneof = oneof(field) else {
          source.line(plan(field).encode)
          continue
        }
        guard written.insert(oneof).inserted else { continue }
        let property = Names.quoted(Names.property(message.oneofs[oneof]))
        source.line("switch \(property) {")
        for member in message.fields where self.oneof(member) == oneof {
          source.line(plan(member).encodeChoice)
        }
        source.line("case nil: break")
        source.line("}")
      }
      source.line("writer.unknown(unknownFields)")
    }
  }

  private func decode(_ message: MessageDescriptor, _ source: inout Source) {
    source.line("package mutating func decodeField(")
    source.line("  from reader: inout WireReader")
    source.block(") throws(DecodingFailure) -> Bool") { source in
      guard !message.fields.isEmpty else {
        source.line("false")
        return
      }
      source.line("switch reader.tag {")
      for field in message.fields {
        if let oneof = oneof(field) {
          let property = Names.quoted(Names.property(message.oneofs[oneof]))
          plan(field).decodeChoice(&source, into: property)
        } else {
          source.line(plan(field).decode)
        }
      }
      source.line("default: return false")
      source.line("}")
      source.line("return true")
    }
  }

  /// Nil also for the oneof that protoc makes up for an optional field.
  private func oneof(_ field: FieldDescriptor) -> Int? { field.isOptional ? nil : field.oneof }

  private func plan(_ field: FieldDescriptor) -> FieldPlan {
    FieldPlan(field: field, types: types)
  }
}
