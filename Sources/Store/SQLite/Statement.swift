import CSQLite

/// A prepared statement and, while it steps, its current row.
/// Guard: confinement to its connection's thread.
final class Statement: Row {
  let sql: String
  private let path: String
  private let database: OpaquePointer
  private let statement: OpaquePointer
  /// For each place of SQLite's the index of the value that goes there.
  private let places: [Int]
  private let valueCount: Int
  private(set) var isRunning = false

  /// What follows the first statement of `sql` is an error.
  convenience init(_ sql: String, database: OpaquePointer, path: String) throws(DatabaseError) {
    var rest = sql[...]
    guard let prepared = try Self.prepare(&rest, database: database, path: path) else {
      throw DatabaseError(.misuse, "preparing a statement: it is empty")
    }
    guard !rest.contains(where: { !$0.isWhitespace && $0 != ";" }) else {
      sqlite3_finalize(prepared)
      throw DatabaseError(
        .misuse, "preparing \(Self.shortened(sql)): there is a second statement behind the first")
    }
    try self.init(prepared, sql: sql, database: database, path: path)
  }

  private init(
    _ statement: OpaquePointer, sql: String, database: OpaquePointer, path: String
  ) throws(DatabaseError) {
    self.sql = sql
    self.path = path
    self.database = database
    self.statement = statement
    var places: [Int] = []
    for place in 0..<sqlite3_bind_parameter_count(statement) {
      guard let name = sqlite3_bind_parameter_name(statement, place + 1) else {
        places.append(Int(place))
        continue
      }
      guard name.pointee == UInt8(ascii: "$"), let number = Int(String(cString: name + 1)),
        number >= 1
      else {
        sqlite3_finalize(statement)
        throw DatabaseError(
          .misuse, "preparing \(Self.shortened(sql)): write values as $1, $2, and so on")
      }
      places.append(number - 1)
    }
    self.places = places
    valueCount = (places.max() ?? -1) + 1
  }

  deinit { sqlite3_finalize(statement) }

  /// Takes the first statement off `sql`; nil when there was only space and comments.
  static func first(
    of sql: inout Substring, database: OpaquePointer, path: String
  ) throws(DatabaseError) -> Statement? {
    let whole = sql
    guard let prepared = try prepare(&sql, database: database, path: path) else { return nil }
    let text = String(whole[..<sql.startIndex])
    return try Statement(prepared, sql: text, database: database, path: path)
  }

  private static func prepare(
    _ sql: inout Substring, database: OpaquePointer, path: String
  ) throws(DatabaseError) -> OpaquePointer? {
    let text = String(sql)
    guard !text.utf8.contains(0) else {
      throw DatabaseError(.misuse, "preparing \(shortened(text)): it holds a zero byte")
    }
    var prepared: OpaquePointer?
    var used = 0
    let status = text.withCString { start in
      var tail: UnsafePointer<CChar>?
      let status = sqlite3_prepare_v3(
        database, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &tail)
      used = tail.map { start.distance(to: $0) } ?? text.utf8.count
      return status
    }
    guard status == SQLITE_OK else {
      throw DatabaseError(
        sqlite: status, "preparing \(shortened(text))", path: path,
        detail: String(cString: sqlite3_errmsg(database)))
    }
    sql = sql[sql.utf8.index(sql.startIndex, offsetBy: used)...]
    return prepared
  }

  // MARK: - Running

  /// Runs it with these values and shows each row, until `each` returns false.
  func run(_ values: [Value], each: (Statement) throws -> Bool) throws {
    try bind(values)
    defer { reset() }
    while try step() {
      if try !each(self) { return }
    }
  }

  /// Runs it to its end; rows are passed over.
  func run(_ values: [Value] = []) throws(DatabaseError) {
    try bind(values)
    defer { reset() }
    while try step() {}
  }

  private func bind(_ values: [Value]) throws(DatabaseError) {
    precondition(!isRunning, "a statement was run within itself")
    guard values.count == valueCount else {
      throw DatabaseError(
        .misuse,
        "running \(Self.shortened(sql)): it takes \(valueCount) values and got \(values.count)")
    }
    isRunning = true
    for (place, index) in places.enumerated() {
      let status = bind(values[index], at: Int32(place + 1))
      guard status == SQLITE_OK else {
        let error = failure(status)
        reset()
        throw error
      }
    }
  }

  private func bind(_ value: Value, at place: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, place)
    case .integer(let value): return sqlite3_bind_int64(statement, place, value)
    case .real(let value): return sqlite3_bind_double(statement, place, value)
    case .text(var value):
      return value.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { text in
          // A null pointer would bind NULL.
          guard let base = text.baseAddress else {
            return apus_sqlite3_bind_text(statement, place, "", 0)
          }
          return apus_sqlite3_bind_text(statement, place, base, UInt64(text.count))
        }
      }
    case .blob(let value):
      if value.isEmpty { return sqlite3_bind_zeroblob(statement, place, 0) }
      return value.withUnsafeBytes {
        apus_sqlite3_bind_blob(statement, place, $0.baseAddress, UInt64($0.count))
      }
    }
  }

  /// True on a row, false at the end.
  private func step() throws(DatabaseError) -> Bool {
    let status = sqlite3_step(statement)
    if status == SQLITE_ROW { return true }
    if status == SQLITE_DONE { return false }
    throw failure(status)
  }

  private func reset() {
    // Repeats the error that `step` has reported.
    sqlite3_reset(statement)
    sqlite3_clear_bindings(statement)
    isRunning = false
  }

  private func failure(_ status: Int32) -> DatabaseError {
    DatabaseError(
      sqlite: status, "running \(Self.shortened(sql))", path: path,
      detail: String(cString: sqlite3_errmsg(database)))
  }

  /// For messages: on one line, of bounded length.
  private static func shortened(_ sql: String) -> String {
    let words = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > 200 ? "\"\(words.prefix(200))...\"" : "\"\(words)\""
  }

  // MARK: - The current row

  var columnCount: Int { Int(sqlite3_column_count(statement)) }

  func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
  }

  func integer64(_ column: Int) throws(DatabaseError) -> Int64 {
    try expect(SQLITE_INTEGER, in: column, "an integer")
    return sqlite3_column_int64(statement, Int32(column))
  }

  func real(_ column: Int) throws(DatabaseError) -> Double {
    if sqlite3_column_type(statement, Int32(column)) != SQLITE_INTEGER {
      try expect(SQLITE_FLOAT, in: column, "a real number")
    }
    return sqlite3_column_double(statement, Int32(column))
  }

  func text(_ column: Int) throws(DatabaseError) -> String {
    try expect(SQLITE_TEXT, in: column, "text")
    let start = sqlite3_column_text(statement, Int32(column))
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
    try expect(SQLITE_BLOB, in: column, "a blob")
    let start = sqlite3_column_blob(statement, Int32(column))
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  private func expect(_ type: Int32, in column: Int, _ wanted: String) throws(DatabaseError) {
    precondition(isRunning, "a row was looked at after its time")
    guard column >= 0, column < columnCount else {
      throw DatabaseError(
        .misuse, "reading \(Self.shortened(sql)): it has \(columnCount) columns, not \(column + 1)")
    }
    guard sqlite3_column_type(statement, Int32(column)) == type else {
      let name = sqlite3_column_name(statement, Int32(column)).map { String(cString: $0) } ?? "?"
      throw DatabaseError(
        .wrongType, "reading \(Self.shortened(sql)): column \(name) is not \(wanted)")
    }
  }
}
