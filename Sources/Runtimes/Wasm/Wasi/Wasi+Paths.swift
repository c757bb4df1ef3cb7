import CSystem
import Glibc

/// Everything that names a file by its path.
extension Wasi {
  /// A path of a guest, beneath an open folder.
  struct Path {
    var folder: WasiFolder
    var descriptor: WasiDescriptor
    var text: String
  }

  struct OpenFlags: OptionSet {
    let rawValue: UInt32
    static let create = OpenFlags(rawValue: 1)
    static let folder = OpenFlags(rawValue: 2)
    static let exclusive = OpenFlags(rawValue: 4)
    static let truncate = OpenFlags(rawValue: 8)
  }

  static func follows(_ flags: UInt32) -> Bool { flags & 1 != 0 }

  func path(
    _ memory: GuestMemory, _ number: UInt32, _ address: UInt32, _ count: UInt32
  ) throws(WasiErrno) -> Path {
    let descriptor = try self[number]
    let folder = try folder(number)
    if count > limits.pathBytes { throw .nameTooLong }
    let text = try memory.text(address, count)
    if text.isEmpty { throw .noEntry }
    if text.hasPrefix("/") { throw .notPermitted }
    return Path(folder: folder, descriptor: descriptor, text: text)
  }

  // MARK: Opening

  func open(
    _ path: Path, follows: Bool, how: OpenFlags, rights: WasiDescriptor.Rights,
    inheriting: WasiDescriptor.Rights, flags: WasiDescriptor.Flags
  ) throws(WasiErrno) -> UInt32 {
    let wantsWriting = !rights.isDisjoint(with: .writing)
    let wantsReading = !rights.isDisjoint(with: .read)
    if path.folder.isReadOnly, wantsWriting || how.contains(.create) || how.contains(.truncate) {
      throw .notPermitted
    }
    var system = flags.system
    if how.contains(.folder) {
      if how.contains(.create) { throw .invalid }
      system |= O_DIRECTORY | O_RDONLY
    } else {
      system |= wantsWriting ? (wantsReading ? O_RDWR : O_WRONLY) : O_RDONLY
    }
    if how.contains(.create) { system |= O_CREAT }
    if how.contains(.exclusive) { system |= O_EXCL }
    if how.contains(.truncate) { system |= O_TRUNC }
    let file = try beneath(path.folder, path.text, system, follows: follows)
    let isFolder: Bool
    do {
      isFolder = try Self.status(file).mode & S_IFMT == S_IFDIR
    } catch {
      Glibc.close(file)
      throw error
    }
    let allowed = path.descriptor.inheriting
    if isFolder {
      let folder = WasiFolder(system: file, name: nil, isReadOnly: path.folder.isReadOnly)
      return try insert(
        WasiDescriptor(
          kind: .folder(folder), flags: flags,
          rights: rights.intersection(allowed).intersection(.onFolders),
          inheriting: inheriting.intersection(allowed)))
    }
    return try insert(
      WasiDescriptor(
        kind: .file(file), flags: flags,
        rights: rights.intersection(allowed).intersection(.onFiles)
          .subtracting(path.folder.isReadOnly ? .change : [])))
  }

  /// Opens what a path leads to. The system refuses every way out of the folder: `..`, links that
  /// lead out, links of /proc (openat2(2)).
  private func beneath(
    _ folder: WasiFolder, _ path: String, _ flags: Int32, follows: Bool = true
  ) throws(WasiErrno) -> Int32 {
    let flags = flags | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW)
    let mode: UInt64 = flags & O_CREAT != 0 ? 0o666 : 0
    return try WasiErrno.check(
      apus_openat_beneath(folder.system, path, UInt64(UInt32(bitPattern: flags)), mode))
  }

  // MARK: Changing

  /// Opens the folder that holds the last part of a path, and gives that part to `body`.
  private func inParent<Value>(
    of path: Path, changes: Bool = true, _ body: (Int32, String) throws(WasiErrno) -> Value
  ) throws(WasiErrno) -> Value {
    if changes, path.folder.isReadOnly { throw .notPermitted }
    let text = path.text
    // A slash at the end belongs to the last part: it says that this must be a folder.
    let parts = text.split(separator: "/")
    guard let name = parts.last, name != ".." else { throw .notPermitted }
    let last = String(text[name.startIndex...])
    let parent = parts.count == 1 ? "." : String(text[..<name.startIndex])
    let folder = try beneath(path.folder, parent, Int32(APUS_O_PATH) | O_DIRECTORY)
    defer { Glibc.close(folder) }
    return try body(folder, last)
  }

  func makeFolder(_ path: Path) throws(WasiErrno) {
    _ = try inParent(of: path) { (folder, name) throws(WasiErrno) in
      try WasiErrno.check(mkdirat(folder, name, 0o777))
    }
  }

  func remove(_ path: Path, isFolder: Bool) throws(WasiErrno) {
    _ = try inParent(of: path) { (folder, name) throws(WasiErrno) in
      try WasiErrno.check(unlinkat(folder, name, isFolder ? AT_REMOVEDIR : 0))
    }
  }

  func rename(_ old: Path, to new: Path) throws(WasiErrno) {
    _ = try inParent(of: old) { (oldFolder, oldName) throws(WasiErrno) in
      try inParent(of: new) { (newFolder, newName) throws(WasiErrno) in
        try WasiErrno.check(renameat(oldFolder, oldName, newFolder, newName))
      }
    }
  }

  func link(_ old: Path, to new: Path, follows: Bool) throws(WasiErrno) {
    if old.folder.isReadOnly { throw .notPermitted }
    // Followed links could lead out of the folder; WASI's own tests expect this answer.
    if follows { throw .invalid }
    _ = try inParent(of: old) { (oldFolder, oldName) throws(WasiErrno) in
      try inParent(of: new) { (newFolder, newName) throws(WasiErrno) in
        try WasiErrno.check(linkat(oldFolder, oldName, newFolder, newName, 0))
      }
    }
  }

  func makeLink(_ path: Path, text: String) throws(WasiErrno) {
    if text.hasPrefix("/") { throw .notPermitted }
    _ = try inParent(of: path) { (folder, name) throws(WasiErrno) in
      try WasiErrno.check(symlinkat(text, folder, name))
    }
  }

  func readLink(
    _ path: Path, into room: UnsafeMutableRawBufferPointer
  ) throws(WasiErrno) -> UInt32 {
    try inParent(of: path, changes: false) { (folder, name) throws(WasiErrno) in
      var text = [CChar](repeating: 0, count: Int(limits.pathBytes))
      let count = try WasiErrno.check(readlinkat(folder, name, &text, text.count))
      let told = min(count, room.count)
      text.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<told])) }
      return UInt32(told)
    }
  }

  // MARK: Status

  func status(
    of path: Path, follows: Bool, _ memory: GuestMemory, _ address: UInt32
  ) throws(WasiErrno) {
    let file = try beneath(path.folder, path.text, Int32(APUS_O_PATH), follows: follows)
    defer { Glibc.close(file) }
    try store(Self.status(file), memory, address)
  }

  func setTimes(
    _ path: Path, follows: Bool, accessed: UInt64, changed: UInt64, which: UInt32
  ) throws(WasiErrno) {
    let read = try Self.time(accessed, which)
    let written = try Self.time(changed, which >> 2)
    if follows {
      // Through a link there is no parent to hold: the file itself is opened.
      if path.folder.isReadOnly { throw .notPermitted }
      let file = try beneath(path.folder, path.text, O_RDONLY | O_NONBLOCK)
      defer { Glibc.close(file) }
      try WasiErrno.check(apus_set_file_times(file, nil, read, written))
      return
    }
    _ = try inParent(of: path) { (folder, name) throws(WasiErrno) in
      try WasiErrno.check(apus_set_file_times(folder, name, read, written))
    }
  }
}
