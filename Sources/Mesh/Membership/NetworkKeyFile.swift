package import IO
import Primitives

/// Where a backup of the network key is kept offline: one line, sealed under a password, in a
/// file of mode 0600.
package enum NetworkKeyFile {
  /// Writes a backup to a new file. One that is there is never replaced: it may be the only one.
  package static func write(
    _ backup: String, to path: String, disk: any Disk
  ) async throws {
    do throws(SystemError) {
      try await disk.create(path, with: Array((backup + "\n").utf8), mode: 0o600)
    } catch {
      guard error.code == .alreadyExists else { throw error }
      throw NetworkError(
        .exists, "\(path) is there already and is not overwritten; name another file", cause: error)
    }
  }

  /// The backup in a file that nobody else can read or replace.
  package static func read(
    _ path: String, disk: any Disk, limits: NetworkKey.Limits = NetworkKey.Limits()
  ) async throws -> String {
    guard let info = try await disk.info(path) else {
      throw NetworkError(.notFound, "there is no file \(path)")
    }
    guard info.kind == .file else {
      throw NetworkError(.violation, "\(path) is no regular file; name the file itself")
    }
    guard !info.isOpenToOthers else {
      throw NetworkError(.denied, "\(path) is open to other users; run: chmod 600 \(path)")
    }
    let bytes = try await disk.read(path, limit: limits.backupBytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
