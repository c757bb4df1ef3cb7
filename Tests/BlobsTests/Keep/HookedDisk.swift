import IO
import Primitives

/// A disk that asks before it does something: whoever is asked may wait, or throw in its place.
final class HookedDisk: Disk {
  enum Step: Sendable, Equatable {
    case open(String)
    case read(String)
    case write(String)
    case sync(String)
  }

  typealias Hook = @Sendable (Step) async throws(SystemError) -> Void

  private let base: any Disk
  private let hook = Locked<Hook?>(nil)

  init(_ base: any Disk) { self.base = base }

  /// Asked from now on; nobody when nil.
  func ask(_ hook: Hook?) { self.hook.withLock { $0 = hook } }

  fileprivate func pass(_ step: Step) async throws(SystemError) {
    if let hook = hook.withLock({ $0 }) { try await hook(step) }
  }

  func open(_ path: String, _ opening: FileOpening) async throws(SystemError) -> any DiskFile {
    try await pass(.open(path))
    return HookedFile(try await base.open(path, opening), path, self)
  }

  func info(_ path: String) async throws(SystemError) -> FileInfo? { try await base.info(path) }

  func list(_ folder: String, limit: Int) async throws(SystemError) -> [String] {
    try await base.list(folder, limit: limit)
  }

  func makeFolders(_ path: String, mode: UInt32) async throws(SystemError) {
    try await base.makeFolders(path, mode: mode)
  }

  func rename(_ path: String, to other: String) async throws(SystemError) {
    try await base.rename(path, to: other)
  }

  func remove(_ path: String) async throws(SystemError) { try await base.remove(path) }

  func syncFolder(_ folder: String) async throws(SystemError) {
    try await base.syncFolder(folder)
  }

  func lock(_ path: String) async throws(SystemError) -> any DiskLock {
    try await base.lock(path)
  }
}

private final class HookedFile: DiskFile {
  private let base: any DiskFile
  private let path: String
  private let disk: HookedDisk

  init(_ base: any DiskFile, _ path: String, _ disk: HookedDisk) {
    self.base = base
    self.path = path
    self.disk = disk
  }

  func info() async throws(SystemError) -> FileInfo { try await base.info() }

  func read(at offset: Int64, count: Int) async throws(SystemError) -> [UInt8] {
    try await disk.pass(.read(path))
    return try await base.read(at: offset, count: count)
  }

  func read(into buffer: PageBuffer, at offset: Int64, count: Int) async throws(SystemError) {
    try await disk.pass(.read(path))
    try await base.read(into: buffer, at: offset, count: count)
  }

  func write(_ bytes: [UInt8], at offset: Int64) async throws(SystemError) {
    try await disk.pass(.write(path))
    try await base.write(bytes, at: offset)
  }

  func write(_ buffer: PageBuffer, at offset: Int64) async throws(SystemError) {
    try await disk.pass(.write(path))
    try await base.write(buffer, at: offset)
  }

  func discard(_ range: Range<Int64>) async throws(SystemError) { try await base.discard(range) }

  func truncate(to size: Int64) async throws(SystemError) { try await base.truncate(to: size) }

  func sync() async throws(SystemError) {
    try await disk.pass(.sync(path))
    try await base.sync()
  }
}
