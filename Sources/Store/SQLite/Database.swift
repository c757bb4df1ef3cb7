import CSQLite
package import IO
import Primitives

/// A SQLite file: one thread that writes, with group commit, and others that read. Readers see
/// the last committed state and never wait for a write or its fsync.
package final class Database: Driver {
  package struct Limits: Sendable {
    /// Writes that share one transaction at most.
    package var batch = 1024
    /// Writes that may wait; more are refused with `.overloaded`.
    package var waitingWrites = 65_536
    package var readers = 1
    /// Reads that may wait; more are refused with `.overloaded`.
    package var waitingReads = 65_536
    /// How long to wait for another process's lock.
    package var busyTimeout = Duration.seconds(5)
    /// The largest text, blob or row.
    package var valueBytes = 64 << 20
    /// Page cache of each connection.
    package var cacheBytes = 4 << 20
    /// Prepared statements kept by each connection.
    package var statements = 256
    /// Pages in the write-ahead log that make a commit copy them into the file; 0 is never.
    package var checkpointPages = 1000
    /// What the write-ahead log is cut down to after that.
    package var journalBytes = 16 << 20
    /// The largest file, above which writes fail as on a full disk.
    package var databaseBytes = 1 << 40
    package init() {}
  }

  package struct Statistics: Sendable, Equatable {
    package var writes = 0
    /// Of these the ones whose body threw.
    package var failedWrites = 0
    package var commits = 0
    /// Asked for and not answered yet.
    package var waitingWrites = 0
    package init() {}
  }

  package let path: String
  package let dialect = Dialect.sqlite
  private let limits: Limits
  private let group: CommitGroup
  private let writer: Worker
  private let readers: [Reader]
  private let state = Locked(State())

  private struct State {
    var isClosed = false
    var waitingWrites = 0
    var waitingReads = 0
    var nextReader = 0
  }

  private struct Reader: Sendable {
    let connection: Connection
    let worker: Worker
  }

  private init(_ writing: Connection, _ reading: [Connection], _ limits: Limits) {
    path = writing.path
    self.limits = limits
    let group = CommitGroup(writing)
    self.group = group
    writer = Worker(
      name: "store-write", batchLimit: limits.batch, limits: Self.queue(limits.waitingWrites)
    ) { group.commit($0) }
    readers = reading.map {
      Reader(
        connection: $0,
        worker: Worker(name: "store-read", limits: Self.queue(limits.waitingReads)))
    }
  }

  /// Who is admitted here is never refused there, and neither is whoever closes.
  private static func queue(_ admitted: Int) -> Worker.Limits {
    var limits = Worker.Limits()
    limits.waiting = admitted + 64
    return limits
  }

  /// Opens the file, or makes it (mode 0600) in a folder that exists. After a crash this takes
  /// what was committed from the write-ahead log. Another disk needs a file system of SQLite's
  /// (a VFS, by its name) that leads to the same files.
  package static func open(
    _ path: String, limits: Limits = Limits(), disk: any Disk = RealDisk(),
    fileSystem: String? = nil
  ) async throws -> Database {
    try await prepareFile(path, on: disk)
    return try await BlockingPool.shared.run {
      let writer = try Connection(
        path: path, role: .writer, limits: limits, fileSystem: fileSystem)
      let readers = try (0..<max(1, limits.readers)).map { _ in
        try Connection(path: path, role: .reader, limits: limits, fileSystem: fileSystem)
      }
      return Database(writer, readers, limits)
    }
  }

  package var statistics: Statistics {
    var statistics = group.counts
    statistics.waitingWrites = state.withLock { $0.waitingWrites }
    return statistics
  }

  @discardableResult
  package func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try admitWrite()
    defer { state.withLock { $0.waitingWrites -= 1 } }
    return try await writer.settle { [group] report in group.perform(body, report) }
  }

  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    let reader = try admitRead()
    defer { state.withLock { $0.waitingReads -= 1 } }
    return try await reader.worker.run {
      try reader.connection.control(.begin)
      // Nothing was written, so there is nothing to keep.
      defer { if reader.connection.isInTransaction { try? reader.connection.control(.rollback) } }
      return try body(reader.connection)
    }
  }

  package func close() async {
    state.withLock { $0.isClosed = true }
    for reader in readers {
      // The closure throws nothing.
      try? await reader.worker.run { reader.connection.close() }
    }
    // Last, because the last connection to close moves the write-ahead log into the file.
    try? await writer.settle { [group] report in group.close { report(.success(())) } }
  }

  private static let closed = DatabaseError(.closed, "the database is closed")

  private func admitWrite() throws(DatabaseError) {
    try state.withLock { state throws(DatabaseError) in
      if state.isClosed { throw Self.closed }
      guard state.waitingWrites < limits.waitingWrites else {
        throw DatabaseError(
          .overloaded, "\(limits.waitingWrites) writes to \(path) wait already: try again later")
      }
      state.waitingWrites += 1
    }
  }

  private func admitRead() throws(DatabaseError) -> Reader {
    try state.withLock { state throws(DatabaseError) in
      if state.isClosed { throw Self.closed }
      guard state.waitingReads < limits.waitingReads else {
        throw DatabaseError(
          .overloaded, "\(limits.waitingReads) reads of \(path) wait already: try again later")
      }
      state.waitingReads += 1
      state.nextReader += 1
      return readers[state.nextReader % readers.count]
    }
  }

  /// SQLite gives its -wal and -shm files the mode of this one.
  private static func prepareFile(
    _ path: String, on disk: any Disk
  ) async throws(DatabaseError) {
    do throws(SystemError) {
      guard let info = try await disk.info(path) else {
        try await disk.create(path, with: [], mode: 0o600)
        return
      }
      guard info.kind == .file else {
        throw SystemError(.invalidInput, "\(path) is not a regular file: move it away")
      }
      guard !info.isOpenToOthers else {
        throw SystemError(
          .notPermitted, "\(path) can be read or written by others: run chmod 600 \(path)")
      }
    } catch {
      throw DatabaseError(.cannotOpen, "opening a database: \(error.message)", cause: error)
    }
  }
}
