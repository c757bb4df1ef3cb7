import CSystem
import Glibc
import Primitives

/// An flock on a file that holds the owner's process number. The file stays when the lock goes:
/// removing it would let two processes lock two files of one name.
final class RealLock: DiskLock {
  private let descriptor: Locked<Int32>

  init(path: String) throws(SystemError) {
    let opening = FileOpening(writes: true, creation: .ifMissing(mode: 0o600))
    let file = try FileHandle.open(path, opening)
    do {
      try Self.take(file, path)
    } catch {
      close(file)
      throw error
    }
    descriptor = Locked(file)
  }

  deinit { release() }

  func release() {
    descriptor.withLock { descriptor in
      guard descriptor >= 0 else { return }
      ftruncate(descriptor, 0)
      // A child between fork and exec has the descriptor for a moment too: closing ours alone
      // would leave the lock with it.
      flock(descriptor, LOCK_UN)
      close(descriptor)
      descriptor = -1
    }
  }

  private static func take(_ file: Int32, _ path: String) throws(SystemError) {
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: throw held(by: holder(file), path)
      default: throw SystemError("locking \(path)")
      }
    }
    try check(ftruncate(file, 0), "writing \(path)")
    try FileHandle.write(Array("\(getpid())\n".utf8)[...], at: 0, to: file, path)
  }

  private static func held(by process: Int32?, _ path: String) -> SystemError {
    let holder = process.map { "process \($0)" } ?? "another process"
    return SystemError(
      .locked(byProcess: process), "\(holder) holds \(path): stop it first, or use another folder")
  }

  private static func holder(_ file: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(file, &bytes, bytes.count, 0)
    return Int32(String(decoding: bytes.prefix(max(0, count)).prefix { $0 > 32 }, as: UTF8.self))
  }
}
