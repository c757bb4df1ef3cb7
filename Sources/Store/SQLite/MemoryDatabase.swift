import Primitives

/// A database in memory without a thread: bodies run where the caller is. For tests and for the
/// simulator, which need the same order of events every time.
package final class MemoryDatabase: Driver {
  private let connection: Connection
  private let lock = Locked(())

  package init() throws(DatabaseError) {
    connection = try Connection(path: Connection.memory, role: .writer, limits: Database.Limits())
  }

  package let dialect = Dialect.sqlite

  @discardableResult
  package func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try lock.withLock { _ in try transaction(.beginWriting, .commit, body) }
  }

  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try lock.withLock { _ in
      try connection.administer("PRAGMA query_only = ON")
      defer {
        // Only fails on a closed connection.
        try? connection.administer("PRAGMA query_only = OFF")
      }
      return try transaction(.begin, .rollback, body)
    }
  }

  package func close() async { lock.withLock { _ in connection.close() } }

  private func transaction<Result: Sendable>(
    _ begin: Connection.Control, _ end: Connection.Control,
    _ body: @Sendable (any Session) throws -> Result
  ) throws -> Result {
    try connection.control(begin)
    do {
      let result = try body(connection)
      try connection.control(end)
      return result
    } catch {
      if connection.isInTransaction { try connection.control(.rollback) }
      throw error
    }
  }
}
