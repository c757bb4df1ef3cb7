import HTTP
import IO
import Primitives
import Security

/// An image in a tar of this machine, as `docker save` and `podman save` write it. On its way to
/// the engine it loses its names and gets one that is the hash of its bytes: an image given by a
/// stranger takes the place of no other.
struct ImageArchive: Sendable {
  enum Limits {
    /// The list of what is in it.
    static let manifestBytes = 1 << 20
    static let pieceBytes = 256 * 1024
  }

  /// What would name images beside the list.
  private static let dropped: Set<String> = ["repositories", "index.json", "oci-layout"]
  private static let manifest = "manifest.json"

  private let path: String
  /// What it is called in the engine.
  let name: String
  private let list: [UInt8]

  /// Reads it once, for its hash and its list. Blocks.
  init(_ path: String) throws(RuntimeError) {
    self.path = path
    let hash = DigestBuilder()
    var manifest: [UInt8]?
    var current: [UInt8]?
    try Self.read(path) { (piece) throws(RuntimeError) in
      hash.update(piece)
    } part: { (part) throws(RuntimeError) in
      switch part {
      case .entry(let entry):
        if let current { manifest = current }
        current = Self.plain(entry.path) == Self.manifest ? [] : nil
      case .bytes(let bytes):
        guard let known = current else { return }
        guard known.count + bytes.count <= Limits.manifestBytes else {
          throw Self.wrong("its list is too long")
        }
        current = known + bytes
      }
    }
    guard let bytes = manifest ?? current else {
      throw Self.wrong("it has no manifest.json; save the image with docker save or podman save")
    }
    name = "apus-image:\(Hex.encode(hash.finish().value.bytes.prefix(16)))"
    list = try Self.renamed(bytes, to: name)
  }

  private static func wrong(_ why: String) -> RuntimeError {
    RuntimeError(.refused, "the archive is not that of one image: \(why)")
  }

  private static func plain(_ path: String) -> String {
    path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  private static func renamed(_ bytes: [UInt8], to name: String) throws(RuntimeError) -> [UInt8] {
    guard let json = try? JSON.parse(bytes), let images = json.array else {  // Told below.
      throw wrong("its list is no JSON")
    }
    guard images.count == 1, var image = images[0].object else {
      throw wrong("it holds \(images.count) images")
    }
    image["RepoTags"] = [.string(name)]
    return JSON.array([.object(image)]).bytes
  }

  /// Writes it as the engine is to see it.
  func write(_ give: (_ bytes: [UInt8]) async throws -> Void) async throws {
    var reader = TarReader()
    var isKept = false
    var filling: [UInt8] = []
    let file = try await Box.blocking { [path] () throws(RuntimeError) in try Self.open(path) }
    var place: Int64 = 0
    while !reader.isComplete {
      let piece = try await Box.blocking { [place] () throws(RuntimeError) in
        try Self.piece(file, at: place)
      }
      if piece.isEmpty { break }
      place += Int64(piece.count)
      reader.feed(piece)
      var out: [UInt8] = []
      while let part = try Self.next(&reader) {
        switch part {
        case .entry(let entry):
          out += filling
          let name = Self.plain(entry.path)
          isKept = name != Self.manifest && !Self.dropped.contains(name) && entry.kind != .other
          filling = isKept ? TarEntry.filling(entry.size) : []
          if isKept { out += entry.head(seconds: 0) }
        case .bytes(let bytes): if isKept { out += bytes }
        }
      }
      if !out.isEmpty { try await give(out) }
    }
    let head = TarEntry(
      path: Self.manifest, kind: .file, mode: 0o644, size: Int64(list.count))
    try await give(
      filling + head.head(seconds: 0) + list + TarEntry.filling(head.size) + TarEntry.end)
  }

  // MARK: - Reading

  private static func read(
    _ path: String, piece give: ([UInt8]) throws(RuntimeError) -> Void,
    part: (TarReader.Part) throws(RuntimeError) -> Void
  ) throws(RuntimeError) {
    let file = try open(path)
    var reader = TarReader()
    var place: Int64 = 0
    while true {
      let bytes = try piece(file, at: place)
      if bytes.isEmpty { break }
      place += Int64(bytes.count)
      try give(bytes)
      reader.feed(bytes)
      while let next = try next(&reader) { try part(next) }
    }
  }

  private static func open(_ path: String) throws(RuntimeError) -> FileHandle {
    do throws(SystemError) {
      return try FileHandle(path: path, FileOpening(writes: false, followsLinks: false))
    } catch {
      throw error.code == .notFound
        ? RuntimeError(.absent, "there is no image at \(path)") : RuntimeError(error)
    }
  }

  private static func piece(
    _ file: FileHandle, at place: Int64
  ) throws(RuntimeError) -> [UInt8] {
    do throws(SystemError) {
      return try file.read(at: place, count: Limits.pieceBytes)
    } catch {
      throw RuntimeError(error)
    }
  }

  private static func next(_ reader: inout TarReader) throws(RuntimeError) -> TarReader.Part? {
    do throws(TarError) {
      return try reader.next()
    } catch {
      throw wrong(error.message)
    }
  }
}
