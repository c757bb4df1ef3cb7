import CSQLite

extension DatabaseError {
  /// From an extended result code. `doing` completes "while ..." and may hold a statement.
  init(sqlite status: Int32, _ doing: String, path: String, detail: String) {
    code = Self.code(for: status)
    message = "\(doing): \(detail)\(Self.advice(code, path: path))"
    cause = nil
  }

  private static func code(for status: Int32) -> Code {
    switch status & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .diskFull
    case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
    case SQLITE_CONSTRAINT: .constraint(constraint(for: status))
    case SQLITE_READONLY: .readOnly
    case SQLITE_CANTOPEN, SQLITE_PERM: .cannotOpen
    case SQLITE_IOERR: .device
    case SQLITE_NOMEM: .outOfMemory
    case SQLITE_TOOBIG: .tooBig
    case SQLITE_ERROR, SQLITE_MISUSE, SQLITE_RANGE, SQLITE_AUTH, SQLITE_MISMATCH: .misuse
    default: .other(status)
    }
  }

  /// SQLITE_CONSTRAINT_* are macros that combine two numbers (sqlite.org/rescode.html).
  private static func constraint(for status: Int32) -> Constraint {
    switch status >> 8 {
    case 6, 8, 10: .unique
    case 3: .foreignKey
    case 5: .notNull
    case 1: .check
    default: .other
    }
  }

  private static func advice(_ code: Code, path: String) -> String {
    switch code {
    case .damaged:
      ". \(path) is damaged or no database of ours: stop the node, keep a copy of the file, and "
        + "put a backup in its place; or move it with its -wal and -shm files away to start empty"
    case .diskFull:
      ". Nothing that was acknowledged is lost: make room for \(path) and try again"
    case .busy:
      ". Another process has \(path) open and locked: end it first"
    case .cannotOpen:
      ". Look at whether \(path) and its folder may be read and written by this user"
    case .device:
      ". Look at the state of the device that holds \(path)"
    case .constraint, .readOnly, .outOfMemory, .tooBig, .misuse, .wrongType, .newerSchema,
      .changedMigration, .closed, .overloaded, .other:
      ""
    }
  }
}
