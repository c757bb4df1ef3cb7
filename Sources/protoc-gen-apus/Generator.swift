import Calls
import Primitives

/// Turns a CodeGeneratorRequest (google/protobuf/compiler/plugin.proto) into its response.
struct Generator {
  private var wanted: Set<String> = []
  private var parameter = ""
  private var files: [FileDescriptor] = []

  init(_ request: [UInt8]) throws(DecodingFailure) {
    var reader = try WireReader(request)
    try reader.eachField { number, reader throws(DecodingFailure) in
      switch number {
      case 1: wanted.insert(try reader.string())
      case 2: parameter = try reader.string()
      case 15: files.append(try FileDescriptor(Array(try reader.run())))
      default: try reader.skip()
      }
    }
  }

  func response() -> [UInt8] {
    var writer = WireWriter()
    if let file = files.first(where: { wanted.contains($0.name) && $0.syntax != "proto3" }) {
      writer.always(WireString.self, 10, "\(file.name): expected syntax = \"proto3\"")
      return writer.bytes
    }
    // FEATURE_PROTO3_OPTIONAL
    writer.always(WireUInt64.self, 16, 1)
    for (name, text) in outputs() {
      writer.varint(15 << 3 | 2)
      writer.delimited { writer in
        writer.always(WireString.self, 10, name)
        writer.always(WireString.self, 122, text)
      }
    }
    return writer.bytes
  }

  private func outputs() -> [(name: String, text: String)] {
    let types = TypeTable(files)
    var opened: Set<String> = []
    var outputs: [(name: String, text: String)] = []
    for file in files where wanted.contains(file.name) {
      let isBare = file.messages.isEmpty && file.enums.isEmpty && file.services.isEmpty
      if isBare { continue }
      let isFirst = opened.insert(file.package).inserted
      outputs.append((Names.output(file), text(file, types, declaresNamespace: isFirst)))
    }
    outputs.append(("FileDescriptions.swift", descriptions()))
    return outputs
  }

  private func text(
    _ file: FileDescriptor, _ types: TypeTable, declaresNamespace: Bool
  ) -> String {
    var source = header("from \(file.name)")
    let namespace = Names.namespace(file.package)
    let generator = TypeGenerator(file: file, types: types)
    source.comment(declaresNamespace ? " The package `\(file.package)`." : nil)
    source.block("\(declaresNamespace ? "package enum" : "extension") \(namespace)") { source in
      for (index, message) in file.messages.enumerated() {
        if index > 0 { source.line() }
        generator.message(message, &source)
      }
      for item in file.enums {
        source.line()
        generator.enumeration(item, &source)
      }
    }
    for service in file.services {
      source.line()
      ServiceGenerator(file: file, types: types).service(service, in: namespace, &source)
    }
    return source.text
  }

  /// All files of the request, also those only imported: reflection must hand them out.
  private func descriptions() -> String {
    var source = header("for server reflection")
    source.block("extension FileDescription") { source in
      source.line("/// Every .proto file behind the generated code and what those import.")
      source.line("package static let \(parameter.isEmpty ? "generated" : parameter) = [")
      for file in files {
        source.line("  FileDescription(")
        let dependencies = file.dependencies.map { "\"\($0)\"" }.joined(separator: ", ")
        source.line("    \"\(file.name)\", dependencies: [\(dependencies)],")
        source.line("    names: \"\"\"")
        literal(file.symbols.map { $0 + " " }, &source)
        source.line("      \"\"\",")
        source.line("    base64: \"\"\"")
        literal(lines(Base64.encode(file.serialized)), &source)
        source.line("      \"\"\"),")
      }
      source.line("]")
    }
    return source.text
  }

  private func header(_ origin: String) -> Source {
    var source = Source()
    source.line("// Written by Scripts/generate-protobuf \(origin). Do not edit.")
    source.line()
    if parameter != "" {
      source.line("package import Calls")
      source.line()
    }
    return source
  }

  /// One long string over many lines.
  private func literal(_ parts: [String], _ source: inout Source) {
    for part in parts.dropLast() { source.line("      \(part)\\") }
    if let last = parts.last { source.line("      \(last)") }
  }

  private func lines(_ text: String) -> [String] {
    var rest = text[...]
    var lines: [String] = []
    while !rest.isEmpty {
      lines.append(String(rest.prefix(88)))
      rest = rest.dropFirst(88)
    }
    return lines
  }
}
