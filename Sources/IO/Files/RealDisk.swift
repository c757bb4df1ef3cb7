import CSystem
import Glibc
import Primitives

/// The operating system's files. Blocking calls run on the pool's threads.
package struct RealDisk: Disk {
  private let pool: BlockingPool

  package init(pool: BlockingPool = .shared) { self.pool = pool }

  package func open(_ path: String, _ opening: FileOpening) async throws(SystemError)
    -> any DiskFile
  {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(path)
      return RealFile(pool: pool, try FileHandle(path: path, opening))
    }
  }

  package func info(_ path: String) async throws(SystemError) -> FileInfo? {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(path)
      var status = stat()
      if lstat(path, &status) == 0 { return FileInfo(status) }
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemError("looking at \(path)")
    }
  }

  package func list(_ folder: String, limit: Int) async throws(SystemError) -> [String] {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(folder)
      guard let stream = opendir(folder) else { throw SystemError("listing \(folder)") }
      defer { closedir(stream) }
      var names: [String] = []
      while let name = try nextName(stream, in: folder) {
        guard let name = String(validating: name, as: UTF8.self) else { continue }
        if name == "." || name == ".." { continue }
        guard names.count < limit else {
          throw SystemError(
            .invalidInput, "listing \(folder): it holds more than the \(limit) names allowed here")
        }
        names.append(name)
      }
      return names.sorted()
    }
  }

  package func makeFolders(_ path: String, mode: UInt32) async throws(SystemError) {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(path)
      var folder = path.hasPrefix("/") ? "/" : ""
      for part in path.split(separator: "/") {
        let parent = folder.isEmpty ? "." : folder
        folder += folder.isEmpty || folder == "/" ? String(part) : "/\(part)"
        if mkdir(folder, mode) == 0 {
          try check(chmod(folder, mode), "setting the mode of \(folder)")
          try sync(folder: parent)
        } else if errno != EEXIST {
          throw SystemError("making the folder \(folder)")
        }
      }
      var status = stat()
      try check(stat(path, &status), "looking at \(path)")
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw SystemError(
          .alreadyExists, "making the folder \(path): something else has that name; move it away")
      }
    }
  }

  package func rename(_ path: String, to other: String) async throws(SystemError) {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(path)
      try checkPath(other)
      try check(Glibc.rename(path, other), "renaming \(path) to \(other)")
    }
  }

  package func remove(_ path: String) async throws(SystemError) {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(path)
      try check(Glibc.remove(path), "removing \(path)")
    }
  }

  package func syncFolder(_ folder: String) async throws(SystemError) {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(folder)
      try sync(folder: folder)
    }
  }

  package func lock(_ path: String) async throws(SystemError) -> any DiskLock {
    try await pool.blocking { () throws(SystemError) in
      try checkPath(path)
      return try RealLock(path: path)
    }
  }
}

extension BlockingPool {
  func blocking<Result: Sendable>(
    _ body: @escaping @Sendable () throws(SystemError) -> Result
  ) async throws(SystemError) -> Result {
    do {
      return try await run(body)
    } catch let error as SystemError {
      throw error
    } catch {
      preconditionFailure("a body that throws nothing else threw \(error)")
    }
  }
}

/// A NUL would cut the path short at the C interface.
func checkPath(_ path: String) throws(SystemError) {
  guard !path.isEmpty, !path.utf8.contains(0) else {
    throw SystemError(.invalidInput, "a path must not be empty or hold a zero byte")
  }
}

func check(_ status: Int32, _ doing: @autoclosure () -> String) throws(SystemError) {
  guard status == 0 else { throw SystemError(errno: errno, doing()) }
}

private func sync(folder: String) throws(SystemError) {
  let descriptor = apus_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
  guard descriptor >= 0 else { throw SystemError("opening the folder \(folder)") }
  defer { close(descriptor) }
  try check(fsync(descriptor), "syncing the folder \(folder)")
}

/// The bytes of the next name; nil at the end.
func nextName(
  _ stream: OpaquePointer, in folder: String
) throws(SystemError) -> [UInt8]? {
  errno = 0
  guard let entry = readdir(stream) else {
    if errno != 0 { throw SystemError("listing \(folder)") }
    return nil
  }
  return withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
}

extension FileInfo {
  init(_ status: stat) {
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    self.init(
      kind: kind, size: Int64(status.st_size), mode: UInt32(status.st_mode & 0o7777),
      owner: status.st_uid,
      modified: WallTime(nanoseconds: withUnsafePointer(to: status, apus_modified_nanoseconds)),
      identity: FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)))
  }
}
