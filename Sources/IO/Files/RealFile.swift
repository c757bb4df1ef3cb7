/// A `FileHandle` whose calls run on the pool's threads.
final class RealFile: DiskFile {
  private let pool: BlockingPool
  private let handle: FileHandle

  init(pool: BlockingPool, _ handle: FileHandle) {
    self.pool = pool
    self.handle = handle
  }

  func info() async throws(SystemError) -> FileInfo {
    try await pool.blocking { [handle] () throws(SystemError) in try handle.info() }
  }

  func read(at offset: Int64, count: Int) async throws(SystemError) -> [UInt8] {
    try await pool.blocking { [handle] () throws(SystemError) in
      try handle.read(at: offset, count: count)
    }
  }

  func read(into buffer: PageBuffer, at offset: Int64, count: Int) async throws(SystemError) {
    try await pool.blocking { [handle] () throws(SystemError) in
      try handle.read(into: buffer, at: offset, count: count)
    }
  }

  func write(_ bytes: [UInt8], at offset: Int64) async throws(SystemError) {
    try await pool.blocking { [handle] () throws(SystemError) in
      try handle.write(bytes, at: offset)
    }
  }

  func write(_ buffer: PageBuffer, at offset: Int64) async throws(SystemError) {
    try await pool.blocking { [handle] () throws(SystemError) in
      try handle.write(buffer, at: offset)
    }
  }

  func discard(_ range: Range<Int64>) async throws(SystemError) {
    try await pool.blocking { [handle] () throws(SystemError) in try handle.discard(range) }
  }

  func truncate(to size: Int64) async throws(SystemError) {
    try await pool.blocking { [handle] () throws(SystemError) in try handle.truncate(to: size) }
  }

  func sync() async throws(SystemError) {
    try await pool.blocking { [handle] () throws(SystemError) in try handle.sync() }
  }
}
