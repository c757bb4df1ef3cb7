import CBox
import CSystem
import Glibc
import IO

/// `/work` as the box keeps it between attempts: empty but for `out`, `tmp` and `shm`. Whatever a
/// program left there, names that are no text and folders deeper than a path can say, goes.
enum WorkFolder {
  static let path = "/work"
  /// Where result files are looked for.
  static let results = "/work/out"
  static let standing = ["out", "tmp", "shm"]

  package enum Limits {
    /// As deep as results may lie: what a path of a share may be.
    static let depth = 200
    static let pathBytes = 4_000
  }

  static func prepare() throws(RuntimeError) {
    for name in standing where mkdir("\(path)/\(name)", 0o755) != 0 && errno != EEXIST {
      throw failure("making \(path)/\(name)")
    }
    if chdir(path) != 0 { throw failure("entering \(path)") }
  }

  /// Empties it. Throws when that cannot be done: the box is of no more use then.
  static func reset() throws(RuntimeError) {
    chmod(path, 0o755)
    let top = try open(path)
    defer { close(top) }
    var isWhole = true
    for name in try names(top) {
      if standing.contains(where: { $0.utf8.elementsEqual(name.dropLast()) }),
        let folder = emptyFolder(top, name)
      {
        fchmod(folder, 0o755)
        close(folder)
        continue
      }
      isWhole = false
      try remove(name, in: top)
    }
    if !isWhole { for name in standing { mkdir("\(path)/\(name)", 0o755) } }
    try prepare()
  }

  /// The folder when there is nothing in it.
  private static func emptyFolder(_ parent: Int32, _ name: [UInt8]) -> Int32? {
    guard let folder = try? open(name, in: parent) else { return nil }  // No folder: to be removed.
    // Unreadable: to be removed.
    if let inside = try? names(folder), inside.isEmpty { return folder }
    close(folder)
    return nil
  }

  /// Removes anything with two descriptors, however deep: what is in a folder moves up to `top`,
  /// until the folder is empty and can go.
  private static func remove(_ name: [UInt8], in top: Int32) throws(RuntimeError) {
    var waiting = [name]
    var next = 0
    while let name = waiting.popLast() {
      if at(name, { unlinkat(top, $0, 0) }) == 0 { continue }
      if at(name, { unlinkat(top, $0, AT_REMOVEDIR) }) == 0 { continue }
      // Not followed if it is a link: those went above.
      _ = at(name, { fchmodat(top, $0, 0o700, 0) })
      let folder = try open(name, in: top)
      defer { close(folder) }
      for inside in try names(folder) {
        if at(inside, { unlinkat(folder, $0, 0) }) == 0 { continue }
        if at(inside, { unlinkat(folder, $0, AT_REMOVEDIR) }) == 0 { continue }
        _ = at(inside, { fchmodat(folder, $0, 0o700, 0) })
        var moved: [UInt8]
        repeat {
          next += 1
          moved = Array(".gone-\(next)".utf8) + [0]
        } while at(moved, { faccessat(top, $0, F_OK, AT_SYMLINK_NOFOLLOW) }) == 0
        let status = at(inside) { from in at(moved) { renameat(folder, from, top, $0) } }
        if status != 0 { throw failure("emptying \(path)") }
        waiting.append(moved)
      }
      if at(name, { unlinkat(top, $0, AT_REMOVEDIR) }) != 0 { throw failure("emptying \(path)") }
    }
  }

  // MARK: - Results

  /// Gives the files and folders below `out`, folders before what is in them.
  static func sendResults(
    _ send: (BoxFrame) throws(RuntimeError) -> Void
  ) throws(RuntimeError) {
    guard let folder = try? open(results) else { return }  // It was removed: there are none.
    defer { close(folder) }
    try sendFolder(folder, prefix: "", depth: 1, send)
  }

  private static func sendFolder(
    _ folder: Int32, prefix: String, depth: Int, _ send: (BoxFrame) throws(RuntimeError) -> Void
  ) throws(RuntimeError) {
    for name in try names(folder) {
      guard let text = String(validating: name.dropLast(), as: UTF8.self) else {
        throw RuntimeError(
          .refused, "a result file in /work/out\(prefix) has a name that is no text")
      }
      let path = prefix.isEmpty ? text : "\(prefix)/\(text)"
      guard depth <= Limits.depth, path.utf8.count <= Limits.pathBytes else {
        throw RuntimeError(.refused, "result files lie too deep: give at most 200 folders")
      }
      var status = stat()
      guard at(name, { fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        try send(.folder(path: path))
        let inside = try open(name, in: folder)
        defer { close(inside) }
        try sendFolder(inside, prefix: path, depth: depth + 1, send)
      case S_IFREG:
        try sendFile(name, in: folder, path: path, status, send)
      default:
        throw RuntimeError(
          .refused, "/work/out/\(path) is neither a file nor a folder: leave only those there")
      }
    }
  }

  private static func sendFile(
    _ name: [UInt8], in folder: Int32, path: String, _ status: stat,
    _ send: (BoxFrame) throws(RuntimeError) -> Void
  ) throws(RuntimeError) {
    let file = at(name) { apus_open_in(folder, $0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) }
    guard file >= 0 else { throw failure("reading /work/out/\(path)") }
    defer { close(file) }
    let size = Int64(status.st_size)
    try send(.file(path: path, size: size, isExecutable: status.st_mode & 0o100 != 0))
    var piece = [UInt8](repeating: 0, count: BoxFrame.Limits().pieceBytes)
    var rest = size
    while rest > 0 {
      let count = read(file, &piece, min(piece.count, Int(rest)))
      guard count > 0 else { throw failure("reading /work/out/\(path)") }
      try send(.output(.file, Array(piece[..<count])))
      rest -= Int64(count)
    }
  }

  // MARK: - Calls

  /// Names end in a zero, and need not be text.
  private static func at(_ name: [UInt8], _ call: (UnsafePointer<CChar>) -> Int32) -> Int32 {
    name.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map(call) ?? -1
      }
    }
  }

  private static func open(_ path: String) throws(RuntimeError) -> Int32 {
    try open(Array(path.utf8) + [0], in: AT_FDCWD)
  }

  private static func open(_ name: [UInt8], in folder: Int32) throws(RuntimeError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let opened = at(name) { apus_open_in(folder, $0, flags) }
    if opened < 0 { throw failure("looking into \(path)") }
    return opened
  }

  /// Each with its zero.
  private static func names(_ folder: Int32) throws(RuntimeError) -> [[UInt8]] {
    let copy = apus_open_in(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else {
      let error = failure("listing \(path)")
      if copy >= 0 { close(copy) }
      throw error
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) + [0] }
      if name != [0x2E, 0] && name != [0x2E, 0x2E, 0] { names.append(name) }
    }
    return names
  }

  private static func failure(_ doing: String) -> RuntimeError {
    RuntimeError(SystemError(doing))
  }
}
