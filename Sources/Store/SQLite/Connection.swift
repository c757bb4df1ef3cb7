import CSQLite
import Primitives

/// One connection to a SQLite database.
/// Guard: used from one thread at a time, which its owner (a worker or a lock) sees to.
final class Connection: Session, @unchecked Sendable {
  enum Role {
    case writer
    case reader
    /// For a copy of everything: changes nothing either, but `query_only` would forbid VACUUM INTO.
    case backup
  }

  enum Control: String, CaseIterable {
    case begin = "BEGIN"
    case beginWriting = "BEGIN IMMEDIATE"
    case commit = "COMMIT"
    case rollback = "ROLLBACK"
    case savepoint = "SAVEPOINT body"
    case release = "RELEASE body"
    case rollbackToSavepoint = "ROLLBACK TO body"
  }

  let path: String
  let dialect = Dialect.sqlite
  private let limits: Database.Limits
  private let gate = StatementGate()
  private var database: OpaquePointer?
  private var statements: [String: Statement] = [:]
  private var controls: [Control: Statement] = [:]

  /// Blocks while the file is opened and, after a crash, recovered.
  /// `fileSystem` names a VFS that SQLite knows; nil is the system's files.
  init(
    path: String, role: Role, limits: Database.Limits, fileSystem: String? = nil
  ) throws(DatabaseError) {
    self.path = path
    self.limits = limits
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let memory = path == Self.memory ? SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY : 0
    let status = sqlite3_open_v2(path, &database, flags | memory, fileSystem)
    guard status == SQLITE_OK, let database else {
      let detail = String(cString: sqlite3_errstr(status))
      sqlite3_close_v2(database)
      database = nil
      throw DatabaseError(sqlite: status, "opening \(path)", path: path, detail: detail)
    }
    do throws(DatabaseError) {
      try configure(database, role)
      for control in Control.allCases {
        controls[control] = try Statement(control.rawValue, database: database, path: path)
      }
      gate.close(database)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  static let memory = ":memory:"

  /// Harmless when repeated. Later calls fail with `.closed`.
  func close() {
    guard let database else { return }
    statements = [:]
    controls = [:]
    sqlite3_close_v2(database)
    self.database = nil
  }

  // MARK: - Session

  func execute(_ sql: String, _ values: [Value]) throws(DatabaseError) -> Int {
    let statement = try statement(sql)
    let database = try open()
    let before = sqlite3_total_changes64(database)
    try statement.run(values)
    return Int(sqlite3_total_changes64(database) - before)
  }

  func query(_ sql: String, _ values: [Value], each: (any Row) throws -> Bool) throws {
    try statement(sql).run(values) { try each($0) }
  }

  func executeScript(_ sql: String) throws(DatabaseError) {
    let database = try open()
    var rest = sql[...]
    while !rest.isEmpty {
      try Statement.first(of: &rest, database: database, path: path)?.run()
    }
  }

  // MARK: - Transactions

  func control(_ control: Control) throws(DatabaseError) {
    guard let statement = controls[control] else { throw Self.closed }
    try gate.whileOpen { () throws(DatabaseError) in try statement.run() }
  }

  /// For what bodies may not: pragmas, VACUUM.
  func administer(_ sql: String, _ values: [Value] = []) throws(DatabaseError) {
    let database = try open()
    try gate.whileOpen { () throws(DatabaseError) in
      try Statement(sql, database: database, path: path).run(values)
    }
  }

  /// False once SQLite has undone the transaction by itself, as it may when the disk is full.
  var isInTransaction: Bool { database.map { sqlite3_get_autocommit($0) == 0 } ?? false }

  /// A foreign key that was to be checked at the end of the transaction points nowhere.
  var hasDanglingReference: Bool {
    var current: Int32 = 0
    var highest: Int32 = 0
    guard let database else { return false }
    sqlite3_db_status(database, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
    return current != 0
  }

  // MARK: - Helpers

  private static let closed = DatabaseError(.closed, "the database is closed")

  private func open() throws(DatabaseError) -> OpaquePointer {
    guard let database else { throw Self.closed }
    return database
  }

  /// A kept one, or a fresh one when that is running further up the stack.
  private func statement(_ sql: String) throws(DatabaseError) -> Statement {
    let kept = statements[sql]
    if let kept, !kept.isRunning { return kept }
    let statement = try Statement(sql, database: try open(), path: path)
    guard kept == nil else { return statement }
    if statements.count >= limits.statements {
      // Rare: the program's own statements fit, only composed ones vary.
      statements = statements.filter { $0.value.isRunning }
    }
    statements[sql] = statement
    return statement
  }

  private func configure(
    _ database: OpaquePointer, _ role: Role
  ) throws(DatabaseError) {
    sqlite3_busy_timeout(database, Int32(limits.busyTimeout.nanoseconds / 1_000_000))
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, Int32(limits.valueBytes))
    _ = apus_sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1)
    // A misspelt column in double quotes must not turn into a text.
    _ = apus_sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0)
    _ = apus_sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0)
    var pragmas = [
      "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "temp_store = MEMORY",
      "cache_size = -\(limits.cacheBytes / 1024)",
    ]
    switch role {
    case .writer:
      pragmas += [
        "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
        "wal_autocheckpoint = \(limits.checkpointPages)",
        "journal_size_limit = \(limits.journalBytes)",
        "max_page_count = \(limits.databaseBytes / 4096)",
      ]
    case .reader:
      pragmas.append("query_only = ON")
    case .backup: break
    }
    for pragma in pragmas {
      try Statement("PRAGMA \(pragma)", database: database, path: path).run()
    }
    // Reads the first page, so that a file that is no database is found out now.
    try Statement("SELECT count(*) FROM sqlite_schema", database: database, path: path).run()
  }
}
