// MARK: - What stands at one path

extension Listing {
  package enum Part: Hashable, Sendable {
    case file(FileContent, mode: UInt16)
    /// With what is in it, as a folder of its own.
    case folder(Listing, mode: UInt16)
  }

  /// Nil when nothing stands there. A folder with a link that leads out of it is refused: it is no
  /// folder of its own.
  package func part(
    at path: SafePath, limits: Limits = Limits()
  ) throws(BlobError) -> Part? {
    guard let entry = entries.first(where: { $0.path == path }) else { return nil }
    switch entry.content {
    case .file(let file): return .file(file, mode: entry.mode)
    case .link(let target):
      throw BlobError(
        .refused, "'\(path)' is a link to \(SafePath.shown(target)); name what it leads to")
    case .folder:
      let beginning = Array(path.text.utf8) + [UInt8(ascii: "/")]
      var below: [Entry] = []
      for entry in entries where entry.path.text.utf8.starts(with: beginning) {
        let rest = String(decoding: entry.path.text.utf8.dropFirst(beginning.count), as: UTF8.self)
        below.append(
          Entry(path: try SafePath(rest), mode: entry.mode, content: entry.content))
      }
      return .folder(try Listing(below, limits: limits), mode: entry.mode)
    }
  }
}
