import CSQLite
import Glibc
import IO
import Primitives

/// A file that SQLite has open.
/// Guard: SQLite calls from one thread at a time per connection; the disk has its own lock.
final class SimulatedDatabaseFile: @unchecked Sendable {
  typealias Status = SimulatedFileSystem.Status

  private let system: SimulatedFileSystem
  private let path: String
  private let number: Int
  private let generation: Int
  var syncsFolder = false
  var isTemporary = false

  init(_ system: SimulatedFileSystem, path: String, number: Int, generation: Int) {
    self.system = system
    self.path = path
    self.number = number
    self.generation = generation
  }

  /// Made once and never changed.
  nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: makeMethods())
    return UnsafePointer(methods)
  }()

  private static func makeMethods() -> sqlite3_io_methods {
    var methods = sqlite3_io_methods()
    methods.iVersion = 2
    methods.xClose = { file in
      let closed = opened(file)
      closed.close()
      Unmanaged.passUnretained(closed).release()
      return SQLITE_OK
    }
    methods.xRead = { opened($0).read(into: $1, count: Int($2), at: Int($3)) }
    methods.xWrite = { opened($0).write($1, count: Int($2), at: Int($3)) }
    methods.xTruncate = { opened($0).truncate(to: Int($1)) }
    methods.xSync = { file, _ in opened(file).sync() }
    methods.xFileSize = { opened($0).size(into: $1) }
    methods.xLock = { opened($0).lock(to: $1) }
    methods.xUnlock = { opened($0).unlock(to: $1) }
    methods.xCheckReservedLock = { file, result in
      result?.pointee = opened(file).isReserved ? 1 : 0
      return SQLITE_OK
    }
    methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    methods.xSectorSize = { _ in 4096 }
    // A write leaves the bytes beside it alone, as SQLite takes for granted of any disk.
    methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    methods.xShmMap = { opened($0).map(Int($1), bytes: Int($2), extends: $3 != 0, into: $4) }
    methods.xShmLock = { opened($0).lockSlots(offset: $1, count: $2, flags: $3) }
    // Entering and leaving a lock orders memory as a barrier does.
    methods.xShmBarrier = { file in opened(file).system.shared.withLock { _ in } }
    methods.xShmUnmap = { file, _ in opened(file).unmap() }
    return methods
  }

  // MARK: - Bytes

  private func use<Result: Sendable>(
    _ failure: Int32, _ body: (inout DiskImage) throws(SystemError) -> Result
  ) -> (status: Int32, result: Result?) {
    system.disk.image.withLock { image in
      guard image.generation == generation else { return (failure, nil) }
      do throws(SystemError) {
        return (SQLITE_OK, try body(&image))
      } catch {
        return (Status.of(error, else: failure), nil)
      }
    }
  }

  private func read(into target: UnsafeMutableRawPointer?, count: Int, at offset: Int) -> Int32 {
    guard let target else { return SQLITE_MISUSE }
    let (status, bytes) = use(Status.read) { image throws(SystemError) in
      try image.read(number, path, at: offset, count: count)
    }
    guard let bytes else { return status }
    bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: target, count: count).copyBytes(from: $0)
    }
    if bytes.count == count { return SQLITE_OK }
    memset(target + bytes.count, 0, count - bytes.count)
    return Status.shortRead
  }

  private func write(_ source: UnsafeRawPointer?, count: Int, at offset: Int) -> Int32 {
    let bytes = Array(UnsafeRawBufferPointer(start: source, count: count))
    return use(Status.write) { image throws(SystemError) in
      try image.write(number, path, bytes, at: offset)
    }.status
  }

  private func truncate(to size: Int) -> Int32 {
    use(Status.truncate) { image throws(SystemError) in
      try image.truncate(number, path, to: size)
    }.status
  }

  private func sync() -> Int32 {
    let status = use(Status.sync) { image throws(SystemError) in
      try image.sync(number, path)
      if syncsFolder { try image.syncFolder(DiskImage.folder(of: path)) }
    }.status
    if status == SQLITE_OK { syncsFolder = false }
    return status
  }

  private func size(into target: UnsafeMutablePointer<sqlite3_int64>?) -> Int32 {
    let (status, size) = use(Status.read) { image throws(SystemError) in
      image.files[number].content.count
    }
    target?.pointee = sqlite3_int64(size ?? 0)
    return status
  }

  private func close() {
    _ = unlock(to: SQLITE_LOCK_NONE)
    if isTemporary {
      _ = use(SQLITE_OK) { image throws(SystemError) in try image.remove(path) }
    }
  }

  // MARK: - Locks and shared memory

  private var holder: ObjectIdentifier { ObjectIdentifier(self) }

  private func lock(to level: Int32) -> Int32 {
    system.shared.withLock { $0[path, default: SharedFile()].lock(holder, to: level) }
      ? SQLITE_OK : SQLITE_BUSY
  }

  private func unlock(to level: Int32) -> Int32 {
    system.shared.withLock { files in
      files[path]?.unlock(holder, to: level)
      if files[path]?.isUnused == true { files[path] = nil }
    }
    return SQLITE_OK
  }

  private var isReserved: Bool { system.shared.withLock { $0[path]?.isReserved ?? false } }

  private func map(
    _ region: Int, bytes: Int, extends: Bool,
    into target: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> Int32 {
    let address = system.shared.withLock { files in
      files[path, default: SharedFile()].region(holder, region, bytes: bytes, extends: extends)
        .map { UInt(bitPattern: $0) }
    }
    target?.pointee = address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    return SQLITE_OK
  }

  private func lockSlots(offset: Int32, count: Int32, flags: Int32) -> Int32 {
    system.shared.withLock { files in
      files[path, default: SharedFile()].lockSlots(
        holder, offset: offset, count: count, flags: flags)
    } ? SQLITE_OK : SQLITE_BUSY
  }

  private func unmap() -> Int32 {
    system.shared.withLock { files in
      files[path]?.unmap(holder)
      if files[path]?.isUnused == true { files[path] = nil }
    }
    return SQLITE_OK
  }
}

/// What xOpen left behind SQLite's own part. No method: a C function captures nothing.
private func opened(_ file: UnsafeMutablePointer<sqlite3_file>?) -> SimulatedDatabaseFile {
  let handle = UnsafeMutableRawPointer(file)?
    .assumingMemoryBound(to: SimulatedFileSystem.FileHandle.self)
  guard let raw = handle?.pointee.file else { preconditionFailure("a file that is not open") }
  return Unmanaged<SimulatedDatabaseFile>.fromOpaque(raw).takeUnretainedValue()
}
