import HTTP
import IO
package import Primitives

extension ContainerEngine {
  /// Gives the files at a path in a container, entry by entry. What leads out of the path is
  /// refused, by its name or as a link, and what is neither file, folder nor link; so is an archive
  /// that does not come to its end.
  package func copyOut(
    of id: String, path: String, limit: Int64,
    _ sink: (TarReader.Part) async throws(RuntimeError) -> Void
  ) async throws(RuntimeError) {
    let question = Question(
      path: "/containers/\(try EngineName.checked(id))/archive", query: [("path", path)],
      timeout: limits.image, doing: "copying \(path) out of a container")
    try await follow(question) { response in
      var reader = TarReader()
      var bytes: Int64 = 0
      while let piece = try await response.nextBody() {
        reader.feed(piece)
        while let part = try Self.next(&reader) {
          switch part {
          case .entry(let entry): try Self.check(entry)
          case .bytes(let piece):
            bytes += Int64(piece.count)
            guard bytes <= limit else {
              throw RuntimeError(
                .refused, "\(path) in the container holds more than the \(limit) bytes allowed")
            }
          }
          try await sink(part)
        }
      }
      guard reader.isComplete else {
        throw RuntimeError(.damaged, "the container engine sends half an archive")
      }
    }
  }

  private static func check(_ entry: TarEntry) throws(RuntimeError) {
    var names = try ResultFolder.names(plain(entry.path)).dropLast()
    switch entry.kind {
    case .file, .folder: return
    case .hardLink, .other:
      throw RuntimeError(
        .refused, "\(entry.path) in the container is neither a file, a folder nor a link")
    case .link:
      var isInside = !entry.target.hasPrefix("/")
      for name in entry.target.split(separator: "/") where name != "." {
        if name != ".." { names.append(name) } else if names.popLast() == nil { isInside = false }
      }
      guard isInside else {
        throw RuntimeError(
          .refused, "\(entry.path) in the container is a link that leads out of what is copied")
      }
    }
  }

  private static func next(_ reader: inout TarReader) throws(RuntimeError) -> TarReader.Part? {
    do throws(TarError) {
      return try reader.next()
    } catch {
      throw RuntimeError(.damaged, "the container engine sends no archive: \(error.message)")
    }
  }

  /// `a/b/` is `a/b`.
  static func plain(_ path: String) -> String {
    path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Puts files into a folder of a container, which must be writable there.
  package func copyIn(
    to id: String, path: String, _ files: [(entry: TarEntry, bytes: [UInt8])], seconds: Int64
  ) async throws(RuntimeError) {
    var tar: [UInt8] = []
    for (entry, bytes) in files {
      _ = try ResultFolder.names(Self.plain(entry.path))
      tar += entry.head(seconds: seconds) + bytes + TarEntry.filling(entry.size)
    }
    tar += TarEntry.end
    try await follow(
      Question(
        method: .put, path: "/containers/\(try EngineName.checked(id))/archive",
        query: [("path", path), ("noOverwriteDirNonDir", "true")], timeout: limits.image,
        doing: "copying files to \(path) in a container"),
      body: .bytes(tar), type: "application/x-tar"
    ) { response in
      _ = try await response.collect(limit: EngineAnswer.bodyBytes)
    }
  }
}
