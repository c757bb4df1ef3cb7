import Calls

struct FileDescriptor {
  var name = ""
  var package = ""
  var dependencies: [String] = []
  var messages: [MessageDescriptor] = []
  var enums: [EnumDescriptor] = []
  var services: [ServiceDescriptor] = []
  var extensions: [FieldDescriptor] = []
  var syntax = "proto2"
  /// Leading comments by path (descriptor.proto, `SourceCodeInfo.Location`).
  var comments: [[Int32]: String] = [:]
  /// The file as protoc gave it, less the comments.
  var serialized: [UInt8] = []

  init(_ bytes: [UInt8]) throws(DecodingFailure) {
    var reader = try WireReader(bytes)
    try reader.eachField { number, reader throws(DecodingFailure) in
      if number == 9 {
        try readComments(&reader)
      } else {
        var field = reader
        var kept = UnknownFields()
        try reader.keep(in: &kept)
        serialized += kept.bytes
        try read(number, &field)
      }
    }
    let scope = package.isEmpty ? "" : ".\(package)"
    for index in messages.indices { messages[index].qualify(in: scope) }
    for index in enums.indices { enums[index].fullName = "\(scope).\(enums[index].name)" }
  }

  private mutating func read(
    _ number: UInt32, _ reader: inout WireReader
  ) throws(DecodingFailure) {
    switch number {
    case 1: name = try reader.string()
    case 2: package = try reader.string()
    case 3: dependencies.append(try reader.string())
    case 4: messages.append(try MessageDescriptor(&reader, path: [4, Int32(messages.count)]))
    case 5: enums.append(try EnumDescriptor(&reader, path: [5, Int32(enums.count)]))
    case 6: services.append(try ServiceDescriptor(&reader, path: [6, Int32(services.count)]))
    case 7: extensions.append(try FieldDescriptor(&reader))
    case 12: syntax = try reader.string()
    default: break
    }
  }

  private mutating func readComments(_ reader: inout WireReader) throws(DecodingFailure) {
    try reader.fields { number, reader throws(DecodingFailure) in
      guard number == 1 else { return try reader.skip() }
      var path: [Int32] = []
      var text: String?
      try reader.fields { number, reader throws(DecodingFailure) in
        switch number {
        case 1: try reader.packed(WireInt32.self, &path)
        case 3: text = try reader.string()
        default: try reader.skip()
        }
      }
      if let text { comments[path] = text }
    }
  }

  /// Every message, also those inside others.
  var allMessages: [MessageDescriptor] {
    func unfold(_ message: MessageDescriptor) -> [MessageDescriptor] {
      [message] + message.nested.flatMap(unfold)
    }
    return messages.flatMap(unfold)
  }

  /// Full names of all that can be asked for by name, without the leading dot.
  var symbols: [String] {
    let scope = package.isEmpty ? "" : "\(package)."
    var names = extensions.map { scope + $0.name }
    for service in services {
      names.append(scope + service.name)
      names += service.methods.map { "\(scope)\(service.name).\($0.name)" }
    }
    names += allMessages.filter { !$0.isMapEntry }.map { String($0.fullName.dropFirst()) }
    names += (enums + allMessages.flatMap(\.enums)).map { String($0.fullName.dropFirst()) }
    return names
  }
}
