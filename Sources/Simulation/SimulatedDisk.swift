package import IO
package import Primitives

/// A disk in memory that fails, fills up and loses what was not synced. `SimulatedFileSystem`
/// gives SQLite the same one.
package final class SimulatedDisk: Disk {
  package struct Conditions: Sendable {
    /// Bytes that fit.
    package var capacity = Int.max
    /// The share of reads and changes that fail.
    package var errors = 0.0
    /// What is written as a whole or not at all.
    package var sectorBytes = 512
    /// A disk that says it has synced and has not: to see that what relies on it is found out.
    package var lies = false
    /// What fault plans call the machine.
    package var node = "0"
    package init() {}
  }

  let image: Locked<DiskImage>

  package init(conditions: Conditions = Conditions(), seed: UInt64) {
    image = Locked(DiskImage(conditions: conditions, seed: seed))
  }

  // MARK: - Faults

  /// Changes so far: the unit of `crash(atChange:)`.
  package var changes: Int { image.withLock { $0.changes } }
  package var hasCrashed: Bool { image.withLock { $0.hasCrashed } }

  /// The power fails now: every call fails until `restart`.
  package func crash() { image.withLock { $0.crash() } }

  /// The power fails in the middle of a change to come, so that a part of it may be kept.
  package func crash(atChange number: Int) { image.withLock { $0.crashesAt = number } }

  /// The machine comes back, with what it had synced and any part of the rest.
  package func restart() { image.withLock { $0.restart() } }

  /// Only the process was killed: another one finds what it had written, synced or not.
  package func restartProcess() { image.withLock { $0.restartProcess() } }

  package func change(_ body: @Sendable (inout Conditions) -> Void) {
    image.withLock { body(&$0.conditions) }
  }

  package func inject(_ plan: FaultPlan?) { image.withLock { $0.plan = plan } }

  /// The time that a fault plan goes by.
  package func setTime(_ now: Instant) { image.withLock { $0.now = now } }

  // MARK: - Disk

  package func open(_ path: String, _ opening: FileOpening) async throws(SystemError)
    -> any DiskFile
  {
    try image.withLock { image throws(SystemError) in
      SimulatedFile(
        self, number: try image.open(path, opening), path: path, generation: image.generation)
    }
  }

  package func info(_ path: String) async throws(SystemError) -> FileInfo? {
    try image.withLock { image throws(SystemError) in
      try image.checkAlive(path)
      return image.number(of: path).map { Self.info(image.files[$0]) }
    }
  }

  package func list(_ folder: String, limit: Int) async throws(SystemError) -> [String] {
    let names = try image.withLock { image throws(SystemError) in try image.list(folder) }
    guard names.count <= limit else {
      throw SystemError(
        .invalidInput, "listing \(folder): it holds more than the \(limit) names allowed here")
    }
    return names
  }

  package func makeFolders(_ path: String, mode: UInt32) async throws(SystemError) {
    try image.withLock { image throws(SystemError) in try image.makeFolders(path, mode: mode) }
  }

  package func rename(_ path: String, to other: String) async throws(SystemError) {
    try image.withLock { image throws(SystemError) in try image.rename(path, to: other) }
  }

  package func remove(_ path: String) async throws(SystemError) {
    try image.withLock { image throws(SystemError) in try image.remove(path) }
  }

  package func syncFolder(_ folder: String) async throws(SystemError) {
    try image.withLock { image throws(SystemError) in try image.syncFolder(folder) }
  }

  package func lock(_ path: String) async throws(SystemError) -> any DiskLock {
    try image.withLock { image throws(SystemError) in
      try image.lock(path)
      return SimulatedLock(self, path: path, generation: image.generation)
    }
  }

  fileprivate static func info(_ file: DiskImage.File) -> FileInfo {
    FileInfo(
      kind: file.isFolder ? .folder : .file, size: Int64(file.content.count), mode: file.mode,
      owner: 0, modified: SimulatedClock.epoch)
  }
}

private final class SimulatedFile: DiskFile {
  private let disk: SimulatedDisk
  private let number: Int
  private let path: String
  private let generation: Int

  init(_ disk: SimulatedDisk, number: Int, path: String, generation: Int) {
    self.disk = disk
    self.number = number
    self.path = path
    self.generation = generation
  }

  func info() async throws(SystemError) -> FileInfo {
    try use { image, number throws(SystemError) in SimulatedDisk.info(image.files[number]) }
  }

  func read(at offset: Int64, count: Int) async throws(SystemError) -> [UInt8] {
    try use { image, number throws(SystemError) in
      Array(try image.read(number, self.path, at: Int(offset), count: count))
    }
  }

  func write(_ bytes: [UInt8], at offset: Int64) async throws(SystemError) {
    try use { image, number throws(SystemError) in
      try image.write(number, self.path, bytes, at: Int(offset))
    }
  }

  func read(into buffer: PageBuffer, at offset: Int64, count: Int) async throws(SystemError) {
    buffer.clear()
    _ = buffer.append(try await read(at: offset, count: min(count, buffer.capacity))[...])
  }

  func write(_ buffer: PageBuffer, at offset: Int64) async throws(SystemError) {
    try await write(buffer.array, at: offset)
  }

  func discard(_ range: Range<Int64>) async throws(SystemError) {
    try use { image, number throws(SystemError) in
      try image.discard(number, self.path, Int(range.lowerBound)..<Int(range.upperBound))
    }
  }

  func truncate(to size: Int64) async throws(SystemError) {
    try use { image, number throws(SystemError) in
      try image.truncate(number, self.path, to: Int(size))
    }
  }

  func sync() async throws(SystemError) {
    try use { image, number throws(SystemError) in try image.sync(number, self.path) }
  }

  private func use<Result: Sendable>(
    _ body: (inout DiskImage, Int) throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    try disk.image.withLock { image throws(SystemError) in
      guard image.generation == generation else {
        throw SystemError(.closed, "\(path) was opened before the crash")
      }
      return try body(&image, number)
    }
  }
}

private final class SimulatedLock: DiskLock {
  private let disk: SimulatedDisk
  private let path: String
  private let generation: Int

  init(_ disk: SimulatedDisk, path: String, generation: Int) {
    self.disk = disk
    self.path = path
    self.generation = generation
  }

  deinit { release() }

  func release() { disk.image.withLock { $0.unlock(path, generation: generation) } }
}
