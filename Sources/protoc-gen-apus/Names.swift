/// How names of .proto files become names of Swift.
enum Names {
  private static let initialisms = ["id": "ID", "url": "URL", "rpc": "RPC"]
  private static let keywords: Set<String> = [
    "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer",
    "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
    "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil",
    "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
    "return", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true",
    "try", "typealias", "var", "where", "while", "Any",
  ]
  /// Members that every message has; a field of that name gets a suffix.
  private static let members: Set<String> = [
    "self", "unknownFields", "encode", "encoded", "encodedSize", "decode", "decodeField",
    "schema", "rawValue", "name", "description", "hash", "hashValue", "reader", "writer",
  ]
  /// Types that generated code speaks of; a message or enum of that name gets a suffix.
  private static let types: Set<String> = [
    "Any", "Type", "Protocol", "Self", "String", "Bool", "Float", "Double", "Int32", "Int64",
    "UInt8", "UInt32", "UInt64", "Array", "Dictionary", "Optional", "Sendable", "Equatable",
    "Message", "OpenEnum", "MessageSchema", "UnknownFields", "Boxed", "DecodingFailure",
    "Caller", "CallOptions", "CallContext", "MethodHandler", "MethodDescription",
    "MessageReader", "MessageWriter", "Conversation", "FileDescription",
  ]

  /// `delay_milliseconds` to `delayMilliseconds`.
  static func lowerCamel(_ name: String) -> String {
    let words = name.split(separator: "_")
    guard let first = words.first else { return "_" }
    return lowerFirst(first) + words.dropFirst().map(capitalized).joined()
  }

  static func upperCamel(_ name: String) -> String {
    name.split(separator: "_").map(capitalized).joined()
  }

  /// A field or oneof, without the backticks it may need.
  static func property(_ name: String, inEnum: Bool = false) -> String {
    let camel = lowerCamel(name)
    let taken = members.contains(camel) && !(camel == "name" || camel == "description")
    if inEnum ? members.contains(camel) : taken { return camel + (inEnum ? "Value" : "Field") }
    return camel
  }

  static func quoted(_ name: String) -> String {
    keywords.contains(name) || name.first?.isNumber == true ? "`\(name)`" : name
  }

  static func type(_ name: String, suffix: String) -> String {
    types.contains(name) || name.hasPrefix("Wire") ? name + suffix : name
  }

  /// `apus.probe.v1` to `ProbeV1`: the enum in which a package's types live.
  static func namespace(_ package: String) -> String {
    var words = package.split(separator: ".")
    if words.count > 1, words[0] == "apus" || words[0] == "grpc" { words.removeFirst() }
    return words.isEmpty ? "Unnamed" : words.map { upperCamel(String($0)) }.joined()
  }

  /// `LEVEL_WARNING` of `Level` to `warning`.
  static func enumCase(_ value: String, of enumName: String) -> String {
    let prefix = screaming(enumName) + "_"
    let bare = value.hasPrefix(prefix) ? String(value.dropFirst(prefix.count)) : value
    let name = bare.first?.isNumber == true ? value : bare
    return property(name.lowercased(), inEnum: true)
  }

  /// `probe.proto` of package `apus.probe.v1` to `ProbeV1.swift`.
  static func output(_ file: FileDescriptor) -> String {
    let namespace = namespace(file.package)
    let stem = stem(file)
    return namespace.hasPrefix(stem) ? "\(namespace).swift" : "\(namespace)+\(stem).swift"
  }

  static func stem(_ file: FileDescriptor) -> String {
    let base = file.name.split(separator: "/").last ?? "unnamed"
    return upperCamel(String(base.prefix { $0 != "." }).replacing("-", with: "_"))
  }

  static func lowerFirst(_ text: some StringProtocol) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func capitalized(_ word: some StringProtocol) -> String {
    initialisms[String(word)] ?? word.prefix(1).uppercased() + word.dropFirst()
  }

  private static func screaming(_ camel: String) -> String {
    var text = ""
    for character in camel {
      if character.isUppercase, !text.isEmpty { text += "_" }
      text += character.uppercased()
    }
    return text
  }
}
