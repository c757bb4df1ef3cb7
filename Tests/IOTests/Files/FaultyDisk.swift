import IO
import Primitives

/// The real disk, until the call with a given number, which fails, as do all after it: what a
/// crash at that point leaves behind. A failing write first writes half of its bytes.
final class FaultyDisk: Disk {
  private let disk = RealDisk()
  private let counter: CallCounter

  init(failingAt call: Int, with error: SystemError, once: Bool = false) {
    counter = CallCounter(failingAt: call, with: error, once: once)
  }

  var calls: Int { counter.calls }

  func open(_ path: String, _ opening: FileOpening) async throws(SystemError) -> any DiskFile {
    try counter.count()
    return FaultyFile(file: try await disk.open(path, opening), counter: counter)
  }

  func info(_ path: String) async throws(SystemError) -> FileInfo? {
    try counter.count()
    return try await disk.info(path)
  }

  func list(_ folder: String, limit: Int) async throws(SystemError) -> [String] {
    try counter.count()
    return try await disk.list(folder, limit: limit)
  }

  func makeFolders(_ path: String, mode: UInt32) async throws(SystemError) {
    try counter.count()
    try await disk.makeFolders(path, mode: mode)
  }

  func rename(_ path: String, to other: String) async throws(SystemError) {
    try counter.count()
    try await disk.rename(path, to: other)
  }

  func remove(_ path: String) async throws(SystemError) {
    try counter.count()
    try await disk.remove(path)
  }

  func syncFolder(_ folder: String) async throws(SystemError) {
    try counter.count()
    try await disk.syncFolder(folder)
  }

  func lock(_ path: String) async throws(SystemError) -> any DiskLock {
    try counter.count()
    return try await disk.lock(path)
  }
}

final class CallCounter: Sendable {
  private let failing: Int
  private let error: SystemError
  private let once: Bool
  private let state = Locked(0)

  init(failingAt call: Int, with error: SystemError, once: Bool) {
    failing = call
    self.error = error
    self.once = once
  }

  var calls: Int { state.withLock { $0 } }

  func count() throws(SystemError) {
    let number = state.withLock {
      $0 += 1
      return $0
    }
    if once ? number == failing : number >= failing { throw error }
  }
}

private final class FaultyFile: DiskFile {
  private let file: any DiskFile
  private let counter: CallCounter

  init(file: any DiskFile, counter: CallCounter) {
    self.file = file
    self.counter = counter
  }

  func info() async throws(SystemError) -> FileInfo { try await file.info() }

  func read(at offset: Int64, count: Int) async throws(SystemError) -> [UInt8] {
    try counter.count()
    return try await file.read(at: offset, count: count)
  }

  func write(_ bytes: [UInt8], at offset: Int64) async throws(SystemError) {
    do {
      try counter.count()
    } catch {
      try await file.write(Array(bytes.prefix(bytes.count / 2)), at: offset)
      throw error
    }
    try await file.write(bytes, at: offset)
  }

  func read(into buffer: PageBuffer, at offset: Int64, count: Int) async throws(SystemError) {
    buffer.clear()
    _ = buffer.append(try await read(at: offset, count: min(count, buffer.capacity))[...])
  }

  func write(_ buffer: PageBuffer, at offset: Int64) async throws(SystemError) {
    try await write(buffer.array, at: offset)
  }

  func discard(_ range: Range<Int64>) async throws(SystemError) {
    try counter.count()
    try await file.discard(range)
  }

  func truncate(to size: Int64) async throws(SystemError) {
    try counter.count()
    try await file.truncate(to: size)
  }

  func sync() async throws(SystemError) {
    try counter.count()
    try await file.sync()
  }
}
