import Glibc
import Synchronization

extension Disk {
  /// The whole file. One larger than `limit` is an error.
  package func read(
    _ path: String, limit: Int, followsLinks: Bool = false
  ) async throws(SystemError) -> [UInt8] {
    let file = try await open(path, FileOpening(writes: false, followsLinks: followsLinks))
    // The size is no promise: files under /proc say 0, and others grow.
    let bytes = try await file.read(at: 0, count: limit + 1)
    guard bytes.count <= limit else {
      throw SystemError(
        .invalidInput, "reading \(path): it is larger than the \(limit) bytes allowed here")
    }
    return bytes
  }

  /// Makes a new file with these bytes that survives a power cut once this returns. Fails with
  /// `.alreadyExists` when something is there.
  package func create(_ path: String, with bytes: [UInt8], mode: UInt32) async throws(SystemError) {
    try await write(bytes, toNew: path, mode: mode)
    try await syncFolder(Self.folder(of: path))
  }

  /// Puts these bytes in place of what the file held. At any crash, power cut or full disk the
  /// path names either the old content or the new one, whole; the new one once this returns.
  package func replace(_ path: String, with bytes: [UInt8], mode: UInt32) async throws(SystemError)
  {
    let temporary = Self.temporaryName(for: path)
    try await write(bytes, toNew: temporary, mode: mode)
    do {
      try await rename(temporary, to: path)
    } catch {
      await discard(temporary)
      throw error
    }
    try await syncFolder(Self.folder(of: path))
  }

  /// Removes what crashes in the middle of `replace` left in a folder. Only for the process
  /// that holds the folder's lock. Returns how many there were.
  @discardableResult
  package func removeLeftovers(in folder: String, limit: Int = 100_000) async throws(SystemError)
    -> Int
  {
    var count = 0
    for name in try await list(folder, limit: limit) where isTemporary(name) {
      try await remove(folder + "/" + name)
      count += 1
    }
    return count
  }

  private func write(_ bytes: [UInt8], toNew path: String, mode: UInt32) async throws(SystemError) {
    let file = try await open(path, .creating(mode: mode))
    do {
      try await file.write(bytes, at: 0)
      try await file.sync()
    } catch {
      await discard(path)
      throw error
    }
  }

  private func discard(_ path: String) async {
    // The failure that led here is the one to report; `removeLeftovers` finds the file.
    try? await remove(path)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Beside the file, because a rename cannot leave its file system; unlike any other, because
  /// two replacements of one file may overlap.
  private static func temporaryName(for path: String) -> String {
    let number = replacements.wrappingAdd(1, ordering: .relaxed).newValue
    let folder = folder(of: path)
    let name = path.split(separator: "/").last ?? ""
    let temporary = ".\(name).\(getpid())-\(number)\(temporarySuffix)"
    return path.contains("/") ? "\(folder == "/" ? "" : folder)/\(temporary)" : temporary
  }

  private func isTemporary(_ name: String) -> Bool {
    name.hasPrefix(".") && name.hasSuffix(temporarySuffix)
  }
}

private let temporarySuffix = ".apus-new"
private let replacements = Atomic<Int>(0)
