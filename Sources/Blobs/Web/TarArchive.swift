import Primitives

/// A folder as one row of bytes, made while it is read.
struct TarArchive: Sendable {
  enum Part: Sendable {
    case bytes([UInt8])
    case file(FileContent)
  }

  private let name: String
  private let listing: Listing
  private let seconds: Int64

  /// Everything lies in one folder of that name.
  init(name: String, _ listing: Listing, at time: WallTime) {
    self.name = name
    self.listing = listing
    seconds = max(0, min(time.secondsSince1970, TarEntry.largestSize))
  }

  /// Of the whole archive.
  var size: Int64 {
    var size = Int64(top.head(seconds: seconds).count + TarEntry.end.count)
    for entry in listing.entries {
      let entry = described(entry)
      size += Int64(entry.head(seconds: seconds).count) + entry.size
      size += Int64(TarEntry.filling(entry.size).count)
    }
    return size
  }

  /// In order; of each file the bytes stand where it is named.
  func write(_ give: (Part) async throws -> Void) async throws {
    try await give(.bytes(top.head(seconds: seconds)))
    for entry in listing.entries {
      try await give(.bytes(described(entry).head(seconds: seconds)))
      guard case .file(let file) = entry.content, file.size > 0 else { continue }
      try await give(.file(file))
      let filling = TarEntry.filling(file.size)
      if !filling.isEmpty { try await give(.bytes(filling)) }
    }
    try await give(.bytes(TarEntry.end))
  }

  private var top: TarEntry { TarEntry(path: name + "/", kind: .folder, mode: 0o755) }

  private func described(_ entry: Listing.Entry) -> TarEntry {
    let path = "\(name)/\(entry.path)"
    return switch entry.content {
    case .folder: TarEntry(path: path + "/", kind: .folder, mode: entry.mode)
    case .file(let file): TarEntry(path: path, kind: .file, mode: entry.mode, size: file.size)
    case .link(let target): TarEntry(path: path, kind: .link, mode: entry.mode, target: target)
    }
  }
}
