package import IO

/// The state folder, made if need be and held by this process alone.
package struct StateLock: Sendable {
  package let folder: StateFolder
  private let lock: any DiskLock

  package static func take(_ folder: StateFolder, disk: any Disk) async throws -> StateLock {
    try await disk.makeFolders(folder.path, mode: 0o700)
    do throws(SystemError) {
      let lock = try await disk.lock(folder.lock)
      try await disk.removeLeftovers(in: folder.path)
      return StateLock(folder: folder, lock: lock)
    } catch {
      guard case .locked(let process) = error.code else { throw error }
      throw NodeError(
        .alreadyRunning(process: process ?? 0),
        "the state folder \(folder.path) is in use by the process \(process ?? 0); stop that node "
          + "with `apus down`, or give this one a folder of its own with APUS_HOME")
    }
  }

  package func release() { lock.release() }
}
