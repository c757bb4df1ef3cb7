import IO

extension Database {
  /// Writes a copy of the state at this moment into a new file (mode 0600) that survives a power
  /// cut once this returns. Reads and writes go on meanwhile. The copy is compact and opens like
  /// the original.
  package func backup(to target: String) async throws {
    let disk = RealDisk()
    let temporary = target + ".part"
    let source = path
    do throws(SystemError) {
      if try await disk.info(target) != nil {
        throw SystemError(.alreadyExists, "\(target) exists: choose another name")
      }
      // One that a crash left.
      if try await disk.info(temporary) != nil { try await disk.remove(temporary) }
      try await disk.create(temporary, with: [], mode: 0o600)
    } catch {
      throw DatabaseError(.cannotOpen, "making a backup: \(error.message)", cause: error)
    }
    do {
      try await BlockingPool.shared.run {
        let connection = try Connection(path: source, role: .backup, limits: Limits())
        try connection.administer("VACUUM INTO $1", [.text(temporary)])
      }
      try await disk.open(temporary, .writing).sync()
      try await disk.rename(temporary, to: target)
      try await disk.syncFolder(Self.folder(of: target))
    } catch {
      // The failure that led here is the one to report.
      try? await disk.remove(temporary)
      throw error
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
