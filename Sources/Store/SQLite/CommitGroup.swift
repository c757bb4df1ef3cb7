import Primitives

/// Group commit: whatever waits is run in one transaction, each body in a savepoint of its own,
/// and settled after one COMMIT and thus one fsync.
///
/// Also a body that throws is answered after the commit: what it saw, and threw about, may have
/// been the work of a neighbour that is not durable yet.
/// Guard: confinement to the writer's thread; the statistics have a lock.
final class CommitGroup: @unchecked Sendable {
  private let connection: Connection
  private let statistics: Locked<Database.Statistics>
  /// Each gets the error that undid the whole transaction, or nil after the commit.
  private var unsettled: [(DatabaseError?) -> Void] = []
  private var beginFailure: DatabaseError?

  init(_ connection: Connection) {
    self.connection = connection
    statistics = Locked(Database.Statistics())
  }

  var counts: Database.Statistics { statistics.withLock { $0 } }

  /// The worker's batch: all these bodies call `perform` or `close`.
  func commit(_ bodies: [@Sendable () -> Void]) {
    begin()
    for body in bodies { body() }
    settle(end())
  }

  /// Runs `body` in the transaction at hand; `report` is called when the outcome is known.
  func perform<Result: Sendable>(
    _ body: (any Session) throws -> Result,
    _ report: @escaping (Swift.Result<Result, any Error>) -> Void
  ) {
    if let beginFailure {
      unsettled.append { _ in report(.failure(beginFailure)) }
      return
    }
    let result = Swift.Result { try inSavepoint(body) }
    statistics.withLock {
      $0.writes += 1
      if case .failure = result { $0.failedWrites += 1 }
    }
    unsettled.append { undone in
      if let undone { report(.failure(undone)) } else { report(result) }
    }
    if case .failure(let error) = result, !connection.isInTransaction {
      // SQLite has undone everything so far. What is still to come gets a new transaction.
      settle(error as? DatabaseError ?? Self.undone)
      begin()
    }
  }

  /// Closes the connection after the commit that covers everything queued before.
  func close(_ report: @escaping () -> Void) {
    unsettled.append { [connection] _ in
      connection.close()
      report()
    }
  }

  private static let undone = DatabaseError(
    .device, "the transaction was undone because a statement in it failed badly: try again")

  private func inSavepoint<Result>(_ body: (any Session) throws -> Result) throws -> Result {
    try connection.control(.savepoint)
    do {
      let result = try body(connection)
      if connection.hasDanglingReference {
        throw DatabaseError(
          .constraint(.foreignKey),
          "ending a write: a reference in it points at a row that is missing")
      }
      try connection.control(.release)
      return result
    } catch {
      if connection.isInTransaction {
        try connection.control(.rollbackToSavepoint)
        try connection.control(.release)
      }
      throw error
    }
  }

  private func begin() {
    do throws(DatabaseError) {
      beginFailure = nil
      try connection.control(.beginWriting)
    } catch {
      beginFailure = error
    }
  }

  /// Nil when everything is durable.
  private func end() -> DatabaseError? {
    guard beginFailure == nil else { return nil }
    do throws(DatabaseError) {
      try connection.control(.commit)
      statistics.withLock { $0.commits += 1 }
      return nil
    } catch {
      // Fails when SQLite has undone the transaction already.
      if connection.isInTransaction { try? connection.control(.rollback) }
      return error
    }
  }

  private func settle(_ failure: DatabaseError?) {
    let settling = unsettled
    unsettled.removeAll(keepingCapacity: true)
    for report in settling { report(failure) }
  }
}
