import IO

/// The inputs of a script: files below one folder, by paths that stay there.
struct ScriptInputs {
  enum Limits {
    static let fileBytes: Int64 = 1 << 30
    static let entries = 100_000
    static let depth = 200
  }

  let folder: String

  init(_ folder: String) { self.folder = folder }

  /// Names, sorted as bytes are; those of folders end in a slash.
  func list(_ path: String) throws(SystemError) -> [String] {
    let here = try FolderHandle(folder).folder(try names(path))
    return try here.entries(limit: Limits.entries).map { entry in
      entry.info.kind == .folder ? entry.name + "/" : entry.name
    }
  }

  func read(_ path: String) throws(SystemError) -> [UInt8] {
    let names = try names(path)
    guard let name = names.last else { throw Self.refused(path) }
    let file = try FolderHandle(folder).folder(Array(names.dropLast()))
      .file(String(name), .reading)
    let info = try file.info()
    guard info.kind == .file, info.size <= Limits.fileBytes else { throw Self.refused(path) }
    return try file.read(at: 0, count: Int(info.size))
  }

  private func names(_ path: String) throws(SystemError) -> [Substring] {
    let names = path.split(separator: "/", omittingEmptySubsequences: true)
    guard !path.hasPrefix("/"), names.count <= Limits.depth,
      !names.contains(where: { $0 == ".." || $0 == "." || $0.utf8.contains(0) })
    else { throw Self.refused(path) }
    return names
  }

  private static func refused(_ path: String) -> SystemError {
    SystemError(.invalidInput, "'\(path)' is no file or folder among the inputs of the task")
  }
}
