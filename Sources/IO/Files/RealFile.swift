import CSystem
import Glibc

/// A descriptor of a regular file. The kernel orders overlapping calls; nothing here is mutable.
final class RealFile: DiskFile {
  private let pool: BlockingPool
  private let path: String
  private let descriptor: Int32

  init(pool: BlockingPool, path: String, _ opening: FileOpening) throws(SystemError) {
    self.pool = pool
    self.path = path
    descriptor = try Self.open(path, opening)
  }

  deinit { close(descriptor) }

  func info() async throws(SystemError) -> FileInfo {
    try await pool.blocking { [self] () throws(SystemError) in
      FileInfo(try Self.status(descriptor, path))
    }
  }

  func read(at offset: Int64, count: Int) async throws(SystemError) -> [UInt8] {
    try await pool.blocking { [self] () throws(SystemError) in
      try read(at: offset, count: count)
    }
  }

  func write(_ bytes: [UInt8], at offset: Int64) async throws(SystemError) {
    try await pool.blocking { [self] () throws(SystemError) in
      try Self.write(bytes, at: offset, to: descriptor, path)
    }
  }

  func truncate(to size: Int64) async throws(SystemError) {
    try await pool.blocking { [self] () throws(SystemError) in
      try check(ftruncate(descriptor, off_t(size)), "truncating \(path)")
    }
  }

  func sync() async throws(SystemError) {
    try await pool.blocking { [self] () throws(SystemError) in
      try check(fsync(descriptor), "syncing \(path)")
    }
  }

  // MARK: - On a thread that may block

  /// Grows as the file turns out to: a limit far above the size costs no memory.
  private func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    let size = Int64(try Self.status(descriptor, path).st_size)
    // One more than there is, so that the first read sees the end.
    var step = max(4096, Int(size - min(offset, size)) + 1)
    while bytes.count < count {
      let wanted = min(step, count - bytes.count)
      let start = offset + Int64(bytes.count)
      var received = 0
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        repeat {
          received = pread(descriptor, buffer.baseAddress, wanted, off_t(start))
        } while received < 0 && errno == EINTR
        filled = max(0, received)
      }
      if received < 0 { throw SystemError("reading \(path)") }
      if received == 0 { break }
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      // Files under /proc have size 0 and come in short pieces.
      if received < wanted && size > 0 { break }
      step = 64 * 1024
    }
    return bytes
  }

  static func write(
    _ bytes: [UInt8], at offset: Int64, to descriptor: Int32, _ path: String
  ) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        pwrite(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
          off_t(offset) + off_t(done))
      }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw SystemError("writing \(path)")
      }
    }
  }

  /// Never waits for the other end of a pipe, and never hands one out.
  static func open(_ path: String, _ opening: FileOpening) throws(SystemError) -> Int32 {
    var flags = (opening.writes ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    if !opening.followsLinks { flags |= O_NOFOLLOW }
    var mode: UInt32?
    switch opening.creation {
    case .never: break
    case .ifMissing(let wanted):
      flags |= O_CREAT
      mode = wanted
    case .exclusive(let wanted):
      flags |= O_CREAT | O_EXCL
      mode = wanted
    }
    let descriptor = apus_open(path, flags, mode ?? 0)
    guard descriptor >= 0 else { throw openingFailed(path, errno) }
    do throws(SystemError) {
      let status = try status(descriptor, path)
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw SystemError(.invalidInput, "opening \(path): it is not a regular file")
      }
      if case .exclusive(let mode) = opening.creation {
        // The process's mask must not narrow what was asked for.
        try check(fchmod(descriptor, mode), "setting the mode of \(path)")
      }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func openingFailed(_ path: String, _ number: Int32) -> SystemError {
    if number == ELOOP {
      return SystemError(
        .invalidInput, "opening \(path): it is a symbolic link, which is not followed here")
    }
    if number == EISDIR {
      return SystemError(.invalidInput, "opening \(path): it is a folder")
    }
    return SystemError(errno: number, "opening \(path)")
  }

  private static func status(_ descriptor: Int32, _ path: String) throws(SystemError) -> stat {
    var status = stat()
    try check(fstat(descriptor, &status), "looking at \(path)")
    return status
  }
}
