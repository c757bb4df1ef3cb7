import IO
import Primitives
import Security

/// A folder that a container is built from: a `Dockerfile`, and beside it, if one likes,
/// `description.txt` and `ports.json` (which ports it serves). `{{ . }}` in the Dockerfile stands
/// for the base image that whoever uses it chooses.
package struct ContainerTemplate: Sendable, Equatable {
  package enum Limits {
    package static let files = 10_000
    package static let bytes: Int64 = 256 << 20
    static let fileBytes = 64 << 20
    static let descriptionBytes = 64 * 1024
    static let depth = 64
  }

  package struct Port: Sendable, Equatable {
    package var port: ContainerPlan.Port
    package var description: String
  }

  package let name: String
  package let description: String
  package let ports: [Port]
  /// True when a base image may be chosen.
  package let hasBase: Bool
  private let entries: [TarEntry]
  private let contents: [[UInt8]]
  private static let dockerfile = "Dockerfile"
  private static let baseMark = "{{ . }}"
  package static let defaultBase = "debian:stable-slim"

  /// Reads a folder. Blocks.
  package init(_ folder: String) throws(RuntimeError) {
    name = Self.name(folder.split(separator: "/").last ?? "")
    var found = Found()
    do throws(SystemError) {
      try Self.read(try FolderHandle(folder), "", &found, depth: 0)
    } catch {
      throw error.code == .notFound
        ? RuntimeError(.absent, "there is no template in \(folder)") : RuntimeError(error)
    }
    entries = found.entries
    contents = found.contents
    guard let dockerfile = try found.text(Self.dockerfile) else {
      throw RuntimeError(.absent, "the template in \(folder) has no Dockerfile")
    }
    hasBase = dockerfile.contains(Self.baseMark)
    let words = try found.text("description.txt") ?? ""
    description = String(words.prefix(Limits.descriptionBytes))
    ports = try Self.ports(found.text("ports.json"), in: folder)
  }

  /// As a repository of images may be called.
  private static func name(_ text: Substring) -> String {
    let plain = text.lowercased().utf8.map { byte in
      let isPlain =
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      return isPlain ? byte : UInt8(ascii: "-")
    }
    let text = String(decoding: plain, as: UTF8.self).split(separator: "-").joined(separator: "-")
    return text.isEmpty ? "template" : String(text.prefix(60))
  }

  // MARK: - Reading

  private struct Found {
    var entries: [TarEntry] = []
    var contents: [[UInt8]] = []
    var bytes: Int64 = 0

    func text(_ name: String) throws(RuntimeError) -> String? {
      guard let index = entries.firstIndex(where: { $0.path == name && $0.kind == .file }) else {
        return nil
      }
      guard let text = String(validating: contents[index], as: UTF8.self) else {
        throw RuntimeError(.refused, "\(name) of a template is no text")
      }
      return text
    }
  }

  private static func read(
    _ folder: FolderHandle, _ prefix: String, _ found: inout Found, depth: Int
  ) throws(SystemError) {
    guard depth < Limits.depth else {
      throw SystemError(.invalidInput, "the template's folders lie too deep")
    }
    for entry in try folder.entries(limit: Limits.files) {
      let path = prefix + entry.name
      guard found.entries.count < Limits.files else {
        throw SystemError(.invalidInput, "a template may hold \(Limits.files) files")
      }
      switch entry.info.kind {
      case .folder:
        found.entries.append(TarEntry(path: path + "/", kind: .folder, mode: 0o755))
        found.contents.append([])
        try read(try folder.folder(entry.name), path + "/", &found, depth: depth + 1)
      case .file:
        let file = try folder.file(entry.name, FileOpening(writes: false, followsLinks: false))
        let bytes = try file.read(at: 0, count: Limits.fileBytes + 1)
        found.bytes += Int64(bytes.count)
        guard bytes.count <= Limits.fileBytes, found.bytes <= Limits.bytes else {
          throw SystemError(.invalidInput, "the template's files are too large: \(path)")
        }
        let mode: UInt16 = entry.info.mode & 0o100 != 0 ? 0o755 : 0o644
        found.entries.append(
          TarEntry(path: path, kind: .file, mode: mode, size: Int64(bytes.count)))
        found.contents.append(bytes)
      case .link, .other:
        throw SystemError(
          .invalidInput, "\(path) of the template is neither a file nor a folder: replace it")
      }
    }
  }

  private static func ports(_ text: String?, in folder: String) throws(RuntimeError) -> [Port] {
    guard let text else { return [] }
    do {
      var ports: [Port] = []
      for field in try JSONField(JSON.parse(Array(text.utf8))).field("Port").elements() {
        let carrier = try field.optional("Type")?.string().lowercased() ?? "tcp"
        guard let carrier = ContainerPlan.Port.Carrier(rawValue: carrier) else {
          throw JSONError(path: field.path, message: "is neither tcp nor udp")
        }
        let number = UInt16(try field.field("InternalPort").integer(in: 1...65_535))
        let name = try field.optional("PortName")?.string() ?? ""
        ports.append(
          Port(
            port: ContainerPlan.Port(number, carrier, name: name),
            description: try field.optional("Description")?.string() ?? ""))
      }
      guard ports.count <= 100 else { throw JSONError(path: "Port", message: "are too many") }
      return ports
    } catch {
      throw RuntimeError(.refused, "ports.json in \(folder) is not as it should be: \(error)")
    }
  }

  // MARK: - Building

  /// The image it makes: of the same files and base, the same name.
  package func tag(base: String = defaultBase) -> String {
    let hash = DigestBuilder()
    for (index, entry) in entries.enumerated() {
      hash.update(entry.head(seconds: 0))
      hash.update(contents[index])
    }
    if hasBase { hash.update(Array(base.utf8)) }
    return "apus-template-\(name):\(Hex.encode(hash.finish().value.bytes.prefix(16)))"
  }

  /// As an engine is given it.
  func archive(base: String) throws(RuntimeError) -> [UInt8] {
    guard EngineName.isReference(base) else {
      throw RuntimeError(.refused, "'\(base)' is not the name of an image")
    }
    var tar: [UInt8] = []
    for (index, entry) in entries.enumerated() {
      var (entry, bytes) = (entry, contents[index])
      if entry.path == Self.dockerfile, hasBase {
        let text = String(decoding: bytes, as: UTF8.self)
        bytes = Array(
          text.split(separator: Self.baseMark, omittingEmptySubsequences: false)
            .joined(separator: base).utf8)
        entry.size = Int64(bytes.count)
      }
      tar += entry.head(seconds: 0) + bytes + TarEntry.filling(entry.size)
    }
    return tar + TarEntry.end
  }
}

extension ContainerEngine {
  /// The image of a template, built unless it is there already; its tag.
  package func build(
    _ template: ContainerTemplate, base: String = ContainerTemplate.defaultBase,
    allowsNetwork: Bool = true, _ progress: ProgressSink = { _ in }
  ) async throws(RuntimeError) -> String {
    let tag = template.tag(base: base)
    if try await image(tag) != nil { return tag }
    try await build(
      template.archive(base: base), tag: tag,
      labels: [ContainerSettings.Label.template: template.name], allowsNetwork: allowsNetwork,
      progress)
    return tag
  }
}
