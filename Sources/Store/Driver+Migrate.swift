package import Primitives

extension Driver {
  /// Brings the tables to what this program knows, each migration in a transaction of its own.
  /// Give the schemas of all modules at once: one that is missing here was made by a newer
  /// program, which is refused before anything is touched, as is a migration that was edited.
  /// Returns how many were applied.
  @discardableResult
  package func migrate(_ schemas: [Schema], at time: WallTime) async throws -> Int {
    let applied = try await write { session in
      try session.executeScript(
        """
        CREATE TABLE IF NOT EXISTS migrations (
          schema_name TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL,
          fingerprint TEXT NOT NULL, applied_at BIGINT NOT NULL,
          PRIMARY KEY (schema_name, number))
        """)
      return try Applied.all(session)
    }
    try check(applied, against: schemas)
    var count = 0
    for schema in schemas {
      let known = applied.count { $0.schema == schema.name }
      for (index, migration) in schema.migrations.enumerated().dropFirst(known) {
        try await apply(migration, number: index + 1, of: schema.name, at: time)
        count += 1
      }
    }
    return count
  }

  private func apply(
    _ migration: Schema.Migration, number: Int, of schema: String, at time: WallTime
  ) async throws {
    try await write { session in
      try session.executeScript(migration.sql)
      try session.execute(
        """
        INSERT INTO migrations (schema_name, number, name, fingerprint, applied_at)
        VALUES ($1, $2, $3, $4, $5)
        """,
        [
          .text(schema), .integer(number), .text(migration.name), .text(migration.fingerprint),
          .integer(time.nanoseconds),
        ])
    }
  }

  private func check(_ applied: [Applied], against schemas: [Schema]) throws(DatabaseError) {
    for row in applied {
      guard let schema = schemas.first(where: { $0.name == row.schema }),
        row.number <= schema.migrations.count
      else {
        throw DatabaseError(
          .newerSchema,
          "a newer program has used this database (migration \(row.number) of \(row.schema), "
            + "\"\(row.name)\", is unknown here): update this program, or restore "
            + "a backup from before"
        )
      }
      let migration = schema.migrations[row.number - 1]
      guard migration.fingerprint == row.fingerprint else {
        throw DatabaseError(
          .changedMigration,
          "migration \(row.number) of \(row.schema), \"\(row.name)\", is not the one that was "
            + "applied: use the program that made this database, or undo the edit")
      }
    }
  }
}

/// A migration that the database has seen.
private struct Applied: Sendable {
  var schema: String
  var number: Int
  var name: String
  var fingerprint: String

  /// Numbers of one schema have no gaps: they are applied in order.
  static func all(_ session: any Session) throws -> [Applied] {
    try session.rows(
      "SELECT schema_name, number, name, fingerprint FROM migrations ORDER BY schema_name, number"
    ) { row in
      Applied(
        schema: try row.text(0), number: try row.integer(1), name: try row.text(2),
        fingerprint: try row.text(3))
    }
  }
}
