import CSystem
import Glibc

/// A descriptor of a folder, through which what is in it is reached by name: nobody who renames
/// folders or plants links meanwhile leads anywhere else. Its calls block, as a `FileHandle`'s do.
/// Links are looked at and never followed.
package final class FolderHandle: Sendable {
  package struct Entry: Sendable, Equatable {
    package var name: String
    package var info: FileInfo
  }

  package enum Renaming: Sendable {
    /// What has the name already goes.
    case replacing
    /// Fails with `.alreadyExists` when something has the name.
    case refusing
    /// Both swap their names at once; fails with `.notFound` when nothing has the other one.
    case exchanging
  }

  package let path: String
  private let descriptor: Int32

  private init(_ descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Follows the links of `path`, which is what somebody has asked for.
  package convenience init(_ path: String) throws(SystemError) {
    try checkPath(path)
    let descriptor = apus_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SystemError("opening the folder \(path)") }
    self.init(descriptor, path: path)
  }

  deinit { close(descriptor) }

  // MARK: - Looking

  /// What is at a path, behind its links; nil when nothing is.
  package static func look(at path: String) throws(SystemError) -> FileInfo? {
    try checkPath(path)
    var status = stat()
    if stat(path, &status) == 0 { return FileInfo(status) }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw SystemError("looking at \(path)")
  }

  package func info() throws(SystemError) -> FileInfo {
    var status = stat()
    try check(fstat(descriptor, &status), "looking at \(path)")
    return FileInfo(status)
  }

  /// Nil when there is nothing of that name.
  package func info(_ name: String) throws(SystemError) -> FileInfo? {
    var status = stat()
    if fstatat(descriptor, try checked(name), &status, AT_SYMLINK_NOFOLLOW) == 0 {
      return FileInfo(status)
    }
    if errno == ENOENT { return nil }
    throw SystemError("looking at \(path)/\(name)")
  }

  /// What is in it, by name. More than `limit`, and names that are not UTF-8, are errors.
  package func entries(limit: Int) throws(SystemError) -> [Entry] {
    // The copy shares its place in the list with every other, so it is a fresh one.
    let copy = apus_openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard copy >= 0, let stream = fdopendir(copy) else {
      let error = SystemError("listing \(path)")
      if copy >= 0 { close(copy) }
      throw error
    }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while let bytes = try nextName(stream, in: path) {
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw SystemError(
          .invalidInput,
          "listing \(path): the name "
            + "'\(String(decoding: bytes, as: UTF8.self))' is not UTF-8; rename it")
      }
      if name == "." || name == ".." { continue }
      guard entries.count < limit else {
        throw SystemError(
          .invalidInput, "listing \(path): it holds more than the \(limit) names allowed here")
      }
      // One that goes away meanwhile was never seen.
      if let info = try info(name) { entries.append(Entry(name: name, info: info)) }
    }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Where a link points.
  package func link(_ name: String) throws(SystemError) -> String {
    let place = try checked(name)
    var count = 0
    let target = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
      buffer.withMemoryRebound(to: CChar.self) { text in
        guard let start = text.baseAddress else { return }
        count = readlinkat(descriptor, place, start, text.count)
      }
      filled = max(0, count)
    }
    guard count >= 0 else { throw SystemError("reading the link \(path)/\(name)") }
    guard let text = String(validating: target, as: UTF8.self) else {
      throw SystemError(.invalidInput, "the link \(path)/\(name) points to what is not UTF-8")
    }
    return text
  }

  // MARK: - Going in

  package func folder(_ name: String) throws(SystemError) -> FolderHandle {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    let opened = apus_openat(descriptor, try checked(name), flags, 0)
    guard opened >= 0 else { throw SystemError("opening the folder \(path)/\(name)") }
    return FolderHandle(opened, path: "\(path)/\(name)")
  }

  /// Down a path of names.
  package func folder(_ names: [Substring]) throws(SystemError) -> FolderHandle {
    var here = self
    for name in names { here = try here.folder(String(name)) }
    return here
  }

  package func file(_ name: String, _ opening: FileOpening) throws(SystemError) -> FileHandle {
    let descriptor = try FileHandle.open(try checked(name), opening, in: descriptor)
    return FileHandle(descriptor, path: "\(path)/\(name)")
  }

  // MARK: - Changing

  package func makeFolder(_ name: String, mode: UInt32) throws(SystemError) {
    try check(mkdirat(descriptor, try checked(name), mode), "making the folder \(path)/\(name)")
  }

  package func makeLink(_ name: String, to target: String) throws(SystemError) {
    try checkPath(target)
    try check(
      symlinkat(target, descriptor, try checked(name)), "making the link \(path)/\(name)")
  }

  package func rename(
    _ name: String, to other: String, _ how: Renaming
  ) throws(SystemError) {
    let flags: Int =
      switch how {
      case .replacing: Int(APUS_RENAME_REPLACES)
      case .refusing: Int(APUS_RENAME_REFUSES)
      case .exchanging: Int(APUS_RENAME_EXCHANGES)
      }
    let status = apus_renameat(
      descriptor, try checked(name), descriptor, try checked(other), UInt32(flags))
    try check(status, "renaming \(path)/\(name) to \(other)")
  }

  /// Removes what has the name, with all that is in it. Fine when nothing has it.
  package func remove(_ name: String) throws(SystemError) {
    let place = try checked(name)
    if unlinkat(descriptor, place, 0) == 0 || errno == ENOENT { return }
    guard errno == EISDIR || errno == EPERM else { throw SystemError("removing \(path)/\(name)") }
    let folder = try folder(name)
    // What nobody may write into cannot be emptied.
    try folder.setMode(0o700)
    for entry in try folder.entries(limit: .max) { try folder.remove(entry.name) }
    try check(unlinkat(descriptor, place, AT_REMOVEDIR), "removing \(path)/\(name)")
  }

  package func setMode(_ mode: UInt32) throws(SystemError) {
    try check(fchmod(descriptor, mode), "setting the mode of \(path)")
  }

  package func sync() throws(SystemError) { try check(fsync(descriptor), "syncing \(path)") }

  /// Everything on the file system that this folder is on: for many small files at once.
  package func syncFileSystem() throws(SystemError) {
    try check(apus_sync_file_system(descriptor), "syncing the file system of \(path)")
  }

  /// A name that is in this folder and nowhere else.
  private func checked(_ name: String) throws(SystemError) -> String {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0),
      !name.utf8.contains(UInt8(ascii: "/"))
    else {
      throw SystemError(.invalidInput, "'\(name)' is not the name of anything in \(path)")
    }
    return name
  }
}
