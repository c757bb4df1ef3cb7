/// Where every message and enum of the request lives in Swift, and which hold themselves.
struct TypeTable {
  private var swiftNames: [String: String] = [:]
  private var messages: [String: MessageDescriptor] = [:]
  /// Messages that lie inside a message inline: neither repeated nor in a map.
  private var inline: [String: Set<String>] = [:]

  init(_ files: [FileDescriptor]) {
    for file in files {
      let scope = Names.namespace(file.package)
      for item in file.enums {
        swiftNames[item.fullName] = "\(scope).\(Names.type(item.name, suffix: "Enum"))"
      }
      for message in file.messages { add(message, scope) }
    }
  }

  private mutating func add(_ message: MessageDescriptor, _ scope: String) {
    let name = "\(scope).\(Names.type(message.name, suffix: "Message"))"
    swiftNames[message.fullName] = name
    messages[message.fullName] = message
    inline[message.fullName] = Set(
      message.fields.filter { $0.type == 11 && !$0.isRepeated }.map(\.typeName))
    for item in message.enums {
      swiftNames[item.fullName] = "\(name).\(Names.type(item.name, suffix: "Enum"))"
    }
    for nested in message.nested { add(nested, name) }
  }

  func swiftName(_ fullName: String) -> String { swiftNames[fullName] ?? "UnknownType" }

  func mapEntry(_ field: FieldDescriptor) -> MessageDescriptor? {
    guard field.type == 11, field.isRepeated, let entry = messages[field.typeName] else {
      return nil
    }
    return entry.isMapEntry ? entry : nil
  }

  /// Whether a value of that message could hold another of `outer` inline.
  func reaches(_ outer: String, from start: String) -> Bool {
    var seen: Set<String> = []
    var open = [start]
    while let name = open.popLast() {
      if name == outer { return true }
      if seen.insert(name).inserted { open += inline[name] ?? [] }
    }
    return false
  }
}
