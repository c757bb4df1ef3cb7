import IO

/// Where the result files of an attempt go: everything that a box says of them is looked at as if
/// an enemy had said it. Its calls block.
final class ResultFolder: @unchecked Sendable {  // guard: one call at a time, by its one caller
  private let root: FolderHandle?
  private let limits: AttemptLimits
  /// Those that came as a whole.
  private(set) var files: [AttemptResult.File] = []
  private var coming: (file: AttemptResult.File, handle: FileHandle?)?
  private var written: Int64 = 0
  private var total: Int64 = 0
  private var count = 0

  /// Nil drops the bytes and keeps the list.
  init(_ path: String?, limits: AttemptLimits) throws(RuntimeError) {
    self.limits = limits
    do throws(SystemError) {
      root = try path.map { (path) throws(SystemError) in try FolderHandle(path) }
    } catch {
      throw RuntimeError(error)
    }
  }

  func makeFolder(_ path: String) throws(RuntimeError) {
    try finish()
    let names = try Self.names(path)
    try countOne()
    try system(path) { () throws(SystemError) in
      guard let name = names.last else { return }
      try root?.folder(Array(names.dropLast())).makeFolder(String(name), mode: 0o755)
    }
  }

  func begin(_ path: String, size: Int64, isExecutable: Bool) throws(RuntimeError) {
    try finish()
    let names = try Self.names(path)
    try countOne()
    guard size >= 0, size <= limits.fileBytes - total else {
      throw RuntimeError(.damaged, "a box gives more result files than it may have")
    }
    total += size
    written = 0
    try system(path) { () throws(SystemError) in
      guard let name = names.last else { return }
      let handle = try root?.folder(Array(names.dropLast()))
        .file(String(name), .creating(mode: isExecutable ? 0o755 : 0o644))
      let file = AttemptResult.File(path: path, size: size, isExecutable: isExecutable)
      coming = (file, handle)
    }
  }

  func write(_ bytes: [UInt8]) throws(RuntimeError) {
    guard let (file, handle) = coming, Int64(bytes.count) <= file.size - written else {
      throw RuntimeError(.damaged, "a box gives more of a result file than it said")
    }
    try system(file.path) { () throws(SystemError) in try handle?.write(bytes, at: written) }
    written += Int64(bytes.count)
  }

  /// Before the next one, and at the end.
  func finish() throws(RuntimeError) {
    guard let file = coming?.file else { return }
    if written != file.size {
      throw RuntimeError(.damaged, "a box gives less of \(file.path) than it said")
    }
    files.append(file)
    coming = nil
  }

  /// Removes what came in part.
  func abandon() throws(RuntimeError) {
    guard let file = coming?.file else { return }
    coming = nil
    if written == file.size {
      files.append(file)
      return
    }
    let names = try Self.names(file.path)
    try system(file.path) { () throws(SystemError) in
      guard let name = names.last else { return }
      try root?.folder(Array(names.dropLast())).remove(String(name))
    }
  }

  private func countOne() throws(RuntimeError) {
    count += 1
    if count > limits.files {
      throw RuntimeError(.damaged, "a box gives more result files than it may have")
    }
  }

  /// Names joined by `/` that lead nowhere but down.
  static func names(_ path: String) throws(RuntimeError) -> [Substring] {
    let names = path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = names.allSatisfy { name in
      let bytes = name.utf8
      return !bytes.isEmpty && name != "." && name != ".." && bytes.count <= 255
        && !bytes.contains(0)
    }
    guard isSafe, names.count <= WorkFolder.Limits.depth,
      path.utf8.count <= WorkFolder.Limits.pathBytes
    else { throw RuntimeError(.damaged, "a box gives a result file a path that leads elsewhere") }
    return names
  }

  private func system(
    _ path: String, _ work: () throws(SystemError) -> Void
  ) throws(RuntimeError) {
    do throws(SystemError) {
      try work()
    } catch {
      if error.code == .alreadyExists {
        throw RuntimeError(
          .refused, "the result \(path) has a namesake in the folder of results: name an empty one")
      }
      throw RuntimeError(error)
    }
  }
}
