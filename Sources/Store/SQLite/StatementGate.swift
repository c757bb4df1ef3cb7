import CSQLite

/// Keeps bodies from ending a transaction that is not theirs alone, and from changing how the
/// database is kept. SQLite asks when a statement is prepared, also when it prepares one again.
/// Guard: confinement to its connection's thread.
final class StatementGate {
  private var isOpen = false

  private static let harmlessPragmas: Set<String> = [
    "defer_foreign_keys", "foreign_key_check", "integrity_check", "quick_check", "table_info",
  ]

  /// From now on statements need to be harmless, but for those within `whileOpen`. The gate must
  /// outlive the connection.
  func close(_ database: OpaquePointer) {
    sqlite3_set_authorizer(
      database,
      { context, action, first, _, _, _ in
        guard let context else { return SQLITE_DENY }
        let gate = Unmanaged<StatementGate>.fromOpaque(context).takeUnretainedValue()
        return gate.answer(action, first.map { String(cString: $0) }) ? SQLITE_OK : SQLITE_DENY
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  func whileOpen<Result>(
    _ body: () throws(DatabaseError) -> Result
  ) throws(DatabaseError) -> Result {
    isOpen = true
    defer { isOpen = false }
    return try body()
  }

  private func answer(_ action: Int32, _ subject: String?) -> Bool {
    if isOpen { return true }
    switch action {
    case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH: return false
    case SQLITE_PRAGMA: return Self.harmlessPragmas.contains(subject ?? "")
    default: return true
    }
  }
}
