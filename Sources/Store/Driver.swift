// # The store
//
// Rows that one node owns. A caller hands in a body; the driver runs it against a session on a
// thread of its own, inside a transaction, and resumes the caller when the outcome is durable.
//
// Terms: a *driver* is one database (a SQLite file, a PostgreSQL server, one in memory); a
// *session* is what a body sees of it, valid for the length of the body; a *schema* is the
// tables of one module, built by numbered *migrations*.
//
// A body must not wait for anything but its session: others queue behind it. It may run in one
// transaction with strangers' bodies, but never sees them half done, and when it throws only its
// own changes are undone. Statements are written for every dialect: `$1`, `$2` for values,
// `INTEGER`, `BIGINT`, `TEXT`, `BLOB`-like types as `Dialect` names them.

/// One database.
package protocol Driver: Sendable {
  var dialect: Dialect { get }

  /// Runs `body` in a transaction and returns once its changes survive a power cut. When this
  /// throws, nothing of it is kept, unless the error is the loss of a remote server.
  @discardableResult
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result

  /// Runs `body` against one unchanging state that holds every write that had returned.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Session) throws -> Result
  ) async throws -> Result

  /// Returns when everything asked for so far is done. Later calls fail with `.closed`.
  func close() async
}

package enum Dialect: Sendable {
  case sqlite
  case postgres
}

/// A database within one transaction, for the body it was handed to and no longer.
package protocol Session: AnyObject {
  var dialect: Dialect { get }

  /// Runs one statement to its end. Returns how many rows it changed.
  @discardableResult
  func execute(_ sql: String, _ values: [Value]) throws(DatabaseError) -> Int

  /// Runs one statement and shows `each` of its rows, until that returns false.
  func query(_ sql: String, _ values: [Value], each: (any Row) throws -> Bool) throws

  /// Several statements without values: for migrations.
  func executeScript(_ sql: String) throws(DatabaseError)
}

extension Session {
  @discardableResult
  package func execute(_ sql: String) throws(DatabaseError) -> Int { try execute(sql, []) }

  /// All rows, as `transform` sees them.
  package func rows<Result>(
    _ sql: String, _ values: [Value] = [], _ transform: (any Row) throws -> Result
  ) throws -> [Result] {
    var results: [Result] = []
    try query(sql, values) { row in
      results.append(try transform(row))
      return true
    }
    return results
  }

  /// The first row; nil when there is none.
  package func first<Result>(
    _ sql: String, _ values: [Value] = [], _ transform: (any Row) throws -> Result
  ) throws -> Result? {
    var result: Result?
    try query(sql, values) { row in
      result = try transform(row)
      return false
    }
    return result
  }
}
