import CSQLite
import Glibc
import IO
import Primitives

// # SQLite on the simulated disk
//
// SQLite reaches files through a table of functions, its VFS. This one leads to a
// `SimulatedDisk`, so that a database crashes as files do: what SQLite did not sync is lost or
// torn. Locks and the shared memory of the write-ahead log live here, within the process.
//
// After a crash close the database, then restart the disk, then open it again.

/// Hand `name` to `Database.open`. Keep it for as long as the database is open.
/// Guard: immutable but for `shared`, which is locked.
package final class SimulatedFileSystem: @unchecked Sendable {
  package let name: String
  let disk: SimulatedDisk
  /// By path of the database.
  let shared = Locked<[String: SharedFile]>([:])
  private let table: UnsafeMutablePointer<sqlite3_vfs>

  /// Calls that SQLite is answered with; the values of sqlite3.h that Swift does not import.
  enum Status {
    static let read = SQLITE_IOERR | 1 << 8
    static let shortRead = SQLITE_IOERR | 2 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let sync = SQLITE_IOERR | 4 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let delete = SQLITE_IOERR | 10 << 8

    static func of(_ error: SystemError, else status: Int32) -> Int32 {
      error.code == .diskFull ? SQLITE_FULL : status
    }
  }

  package init(_ disk: SimulatedDisk) {
    self.disk = disk
    table = .allocate(capacity: 1)
    name = "apus-simulated-\(UInt(bitPattern: table))"
    var vfs = sqlite3_vfs()
    vfs.iVersion = 2
    vfs.szOsFile = Int32(MemoryLayout<FileHandle>.size)
    vfs.mxPathname = 512
    vfs.zName = UnsafePointer(strdup(name))
    vfs.pAppData = Unmanaged.passUnretained(self).toOpaque()
    Self.fill(&vfs)
    table.initialize(to: vfs)
    sqlite3_vfs_register(table, 0)
  }

  deinit {
    sqlite3_vfs_unregister(table)
    free(UnsafeMutablePointer(mutating: table.pointee.zName))
    table.deallocate()
  }

  /// What SQLite allocates for a file: its own part, and ours.
  struct FileHandle {
    var base: sqlite3_file
    var file: UnsafeMutableRawPointer?
  }

  private static func fill(_ vfs: inout sqlite3_vfs) {
    vfs.xOpen = { vfs, name, file, flags, outFlags in
      guard let system = SimulatedFileSystem.of(vfs), let file else { return SQLITE_MISUSE }
      let path = name.map { String(cString: $0) }
      outFlags?.pointee = flags
      return system.open(path, file, flags)
    }
    vfs.xDelete = { vfs, name, syncsFolder in
      guard let system = SimulatedFileSystem.of(vfs), let name else { return SQLITE_MISUSE }
      return system.delete(String(cString: name), syncsFolder: syncsFolder != 0)
    }
    vfs.xAccess = { vfs, name, flags, result in
      guard let system = SimulatedFileSystem.of(vfs), let name else { return SQLITE_MISUSE }
      let path = String(cString: name)
      // As SQLite's own: an empty file is as good as none.
      let isThere = system.disk.image.withLock { image in
        image.number(of: path).map { !image.files[$0].content.isEmpty } ?? false
      }
      result?.pointee = isThere || flags != SQLITE_ACCESS_EXISTS ? 1 : 0
      return SQLITE_OK
    }
    vfs.xFullPathname = { _, name, count, out in
      guard let name, let out, strlen(name) < Int(count) else { return SQLITE_CANTOPEN }
      strcpy(out, name)
      return SQLITE_OK
    }
    // Time and random numbers come from the system: they end up in salts and nowhere else.
    let system = sqlite3_vfs_find(nil)?.pointee
    vfs.xRandomness = system?.xRandomness
    vfs.xSleep = system?.xSleep
    vfs.xCurrentTime = system?.xCurrentTime
    vfs.xCurrentTimeInt64 = system?.xCurrentTimeInt64
    vfs.xGetLastError = { _, _, _ in 0 }
  }

  private static func of(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedFileSystem? {
    guard let context = vfs?.pointee.pAppData else { return nil }
    return Unmanaged<SimulatedFileSystem>.fromOpaque(context).takeUnretainedValue()
  }

  private func open(
    _ path: String?, _ handle: UnsafeMutablePointer<sqlite3_file>, _ flags: Int32
  ) -> Int32 {
    handle.pointee.pMethods = nil
    let creates = flags & SQLITE_OPEN_CREATE != 0
    let result = disk.image.withLock { image in
      Result { () throws(SystemError) in
        guard let path else { return (image.openNameless(), image.generation, false) }
        let isNew = image.number(of: path) == nil
        let opening = FileOpening(
          writes: true, creation: creates ? .ifMissing(mode: 0o600) : .never)
        return (try image.open(path, opening), image.generation, isNew)
      }
    }
    guard case .success(let (number, generation, isNew)) = result else { return SQLITE_CANTOPEN }
    let file = SimulatedDatabaseFile(
      self, path: path ?? "a temporary file", number: number, generation: generation)
    // As SQLite's own: journals sync the folder with their first sync, others never.
    file.syncsFolder =
      isNew && flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL) != 0
    file.isTemporary = flags & SQLITE_OPEN_DELETEONCLOSE != 0 && path != nil
    UnsafeMutableRawPointer(handle).assumingMemoryBound(to: FileHandle.self).pointee.file =
      Unmanaged.passRetained(file).toOpaque()
    handle.pointee.pMethods = SimulatedDatabaseFile.methods
    return SQLITE_OK
  }

  private func delete(_ path: String, syncsFolder: Bool) -> Int32 {
    let result = disk.image.withLock { image in
      Result { () throws(SystemError) in
        try image.remove(path)
        if syncsFolder { try image.syncFolder(DiskImage.folder(of: path)) }
      }
    }
    switch result {
    case .success: return SQLITE_OK
    case .failure(let error):
      return error.code == .notFound ? SQLITE_IOERR | 23 << 8 : Status.delete
    }
  }
}
