import HTTP
import IO
import Primitives
import Security

/// An image in a tar of this machine, as `docker save` and `podman save` write it. What its list
/// names goes to the engine, under names of ours, with a list of ours; nothing else does. The image
/// is called by the hash of the archive's bytes: one of a stranger takes the place of no other.
struct ImageArchive: Sendable {
  enum Limits {
    /// The list of what is in it.
    static let manifestBytes = 1 << 20
    static let pieceBytes = 256 * 1024
    /// Engines take 127 at most.
    static let layers = 1000
    /// Files, folders and links.
    static let entries = 20_000
  }

  private static let manifest = "manifest.json"
  private static let config = "config.json"

  private let file: FileHandle
  private let size: Int64
  private let hash: [UInt8]
  /// What it is called in the engine.
  let name: String
  /// The engine's name of what is kept, by its path in the archive.
  private let kept: [String: String]
  private let list: [UInt8]

  /// Reads it once, for its hash and its list. Blocks; `goOn` is asked between pieces.
  init(
    _ file: FileHandle, most: Int64, while goOn: () -> Bool = { true }
  ) throws(RuntimeError) {
    self.file = file
    size = try Self.size(of: file, most: most)
    let hash = DigestBuilder()
    var contents = Contents()
    var reader = Self.reader()
    var place: Int64 = 0
    while place < size {
      guard goOn() else { throw RuntimeError(.cancelled, "nobody waits for the image any more") }
      let bytes = try Self.piece(file, at: place, before: size)
      if bytes.isEmpty { throw Self.changed }
      place += Int64(bytes.count)
      hash.update(bytes)
      reader.feed(bytes)
      while let part = try Self.next(&reader) { try contents.take(part) }
    }
    self.hash = Array(hash.finish().value.bytes)
    name = "apus-image:\(Hex.encode(self.hash.prefix(16)))"
    (kept, list) = try contents.plan(as: name)
  }

  private static func size(of file: FileHandle, most: Int64) throws(RuntimeError) -> Int64 {
    do throws(SystemError) {
      let info = try file.info()
      guard info.kind == .file else { throw SystemError(.invalidInput, "the image is not a file") }
      guard info.size <= most else {
        throw SystemError(
          .invalidInput,
          "the image has \(info.size) bytes, of \(most) that one in a file may have here")
      }
      return info.size
    } catch {
      throw RuntimeError(error)
    }
  }

  fileprivate static func wrong(_ why: String) -> RuntimeError {
    RuntimeError(.refused, "the archive is not that of one image: \(why)")
  }

  private static let changed = RuntimeError(
    .refused, "the image changed while it was read: give one that nobody writes to")

  /// A path of plain names. Engines clean paths, so that one that is not plain may be any other.
  fileprivate static func plain(_ path: String) throws(RuntimeError) -> String {
    var path = path[...]
    if path.hasPrefix("./") { path = path.dropFirst(2) }
    if path.hasSuffix("/") { path = path.dropLast() }
    if path.isEmpty || path == "." { return "" }
    do throws(RuntimeError) {
      _ = try ResultFolder.names(String(path))
    } catch {
      throw wrong("it holds a path that leads elsewhere")
    }
    return String(path)
  }

  /// Writes it as the engine is to see it. The list comes last, and only when the bytes were those
  /// that gave it its name.
  func write(_ give: (_ bytes: [UInt8]) async throws -> Void) async throws {
    let seen = DigestBuilder()
    var reader = Self.reader()
    var isKept = false
    var filling: [UInt8] = []
    var place: Int64 = 0
    while place < size {
      let piece = try await Box.blocking { [place, file, size] () throws(RuntimeError) in
        try Self.piece(file, at: place, before: size)
      }
      if piece.isEmpty { break }
      place += Int64(piece.count)
      seen.update(piece)
      reader.feed(piece)
      var out: [UInt8] = []
      while let part = try Self.next(&reader) {
        switch part {
        case .entry(let entry):
          out += filling
          filling = []
          let name = entry.kind == .file ? kept[try Self.plain(entry.path)] : nil
          isKept = name != nil
          guard let name else { continue }
          filling = TarEntry.filling(entry.size)
          out += TarEntry(path: name, kind: .file, mode: 0o644, size: entry.size).head(seconds: 0)
        case .bytes(let bytes): if isKept { out += bytes }
        }
      }
      if !out.isEmpty { try await give(out) }
    }
    guard Array(seen.finish().value.bytes) == hash else { throw Self.changed }
    let head = TarEntry(path: Self.manifest, kind: .file, mode: 0o644, size: Int64(list.count))
    try await give(
      filling + head.head(seconds: 0) + list + TarEntry.filling(head.size) + TarEntry.end)
  }

  // MARK: - Reading

  private static func piece(
    _ file: FileHandle, at place: Int64, before end: Int64
  ) throws(RuntimeError) -> [UInt8] {
    do throws(SystemError) {
      return try file.read(at: place, count: Int(min(Int64(Limits.pieceBytes), end - place)))
    } catch {
      throw RuntimeError(error)
    }
  }

  private static func reader() -> TarReader {
    var limits = TarReader.Limits()
    limits.entries = Limits.entries
    return TarReader(limits: limits)
  }

  private static func next(_ reader: inout TarReader) throws(RuntimeError) -> TarReader.Part? {
    do throws(TarError) {
      return try reader.next()
    } catch {
      throw wrong(error.message)
    }
  }

  // MARK: - What is in it

  /// What a first reading finds.
  private struct Contents {
    private var list: [UInt8]?
    private var isList = false
    private var files: Set<String> = []
    private var links: [String: String] = [:]

    mutating func take(_ part: TarReader.Part) throws(RuntimeError) {
      switch part {
      case .bytes(let bytes):
        guard isList, let known = list else { return }
        guard known.count + bytes.count <= Limits.manifestBytes else {
          throw wrong("its list is too long")
        }
        list = known + bytes
      case .entry(let entry):
        let path = try plain(entry.path)
        isList = path == manifest
        if isList {
          guard list == nil, entry.kind == .file else { throw wrong("its list is not one file") }
          list = []
        } else if entry.kind == .file {
          guard files.insert(path).inserted else { throw wrong("it holds \(path) twice") }
        } else if entry.kind == .link {
          links[path] = entry.target
        }
      }
    }

    /// Where a path of the list leads: `docker save` writes a layer once and links to it.
    private func file(_ path: String) throws(RuntimeError) -> String {
      let path = try plain(path)
      if files.contains(path) { return path }
      guard let target = links[path], !target.hasPrefix("/") else {
        throw wrong("there is no \(path) in it")
      }
      var names = path.split(separator: "/").dropLast()
      for name in target.split(separator: "/") where name != "." {
        if name != ".." {
          names.append(name)
        } else if names.popLast() == nil {
          throw wrong("\(path) leads out of it")
        }
      }
      let found = names.joined(separator: "/")
      guard files.contains(found) else { throw wrong("there is no \(path) in it") }
      return found
    }

    /// What is kept under which name, and the list that says so.
    func plan(
      as name: String
    ) throws(RuntimeError) -> (kept: [String: String], list: [UInt8]) {
      guard let list else {
        throw wrong("it has no manifest.json; save the image with docker save or podman save")
      }
      guard let json = try? JSON.parse(list), let images = json.array else {  // Told below.
        throw wrong("its list is no JSON")
      }
      guard images.count == 1, let image = images.first,
        let configuration = image["Config"]?.string, let layers = image["Layers"]?.array,
        layers.count <= Limits.layers
      else { throw wrong("its list names none, or \(images.count)") }
      var kept = [try file(configuration): config]
      var names: [JSON] = []
      for layer in layers {
        guard let text = layer.string else { throw wrong("its list names no file") }
        let path = try file(text)
        guard kept[path] != config else { throw wrong("a layer is its description") }
        let name = kept[path] ?? "layer-\(kept.count).tar"
        kept[path] = name
        names.append(.string(name))
      }
      let ours: JSON = [
        ["Config": .string(config), "RepoTags": [.string(name)], "Layers": .array(names)]
      ]
      return (kept, ours.bytes)
    }
  }
}
