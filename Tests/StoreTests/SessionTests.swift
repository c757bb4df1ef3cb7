import Store
import Testing

@Suite struct SessionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let values: [Value] = [
    .null, 0, .integer(Int64.min), .integer(Int64.max), 0.5, -1e300, "", "text", "a\0b", "häß 🐜",
    .blob([]), .blob([0]), .blob(Array(repeating: 255, count: 100_000)), .flag(true),
  ]

  @Test(arguments: DriverKind.allCases, values)
  func `a value comes back as it went in`(kind: DriverKind, value: Value) async throws {
    let driver = try await kind.open(in: folder)
    let found = try await driver.write { session in
      try session.executeScript("CREATE TABLE v (v)")
      try session.execute("INSERT INTO v VALUES ($1)", [value])
      return try session.first("SELECT v FROM v") { row -> Value in
        if row.isNull(0) { return .null }
        return switch value {
        case .integer, .null: .integer(try row.integer64(0))
        case .real: .real(try row.real(0))
        case .text: .text(try row.text(0))
        case .blob: .blob(try row.blob(0))
        }
      }
    }
    #expect(found == value)
    await driver.close()
  }

  @Test(arguments: DriverKind.allCases)
  func `values go to the numbers they are written as`(kind: DriverKind) async throws {
    let driver = try await kind.open(in: folder)
    let found = try await driver.read { session in
      try session.rows("SELECT $2, $1, $2", ["one", "two"]) { row in
        [try row.text(0), try row.text(1), try row.text(2)]
      }
    }
    #expect(found == [["two", "one", "two"]])
    await driver.close()
  }

  @Test(
    arguments: [
      ("SELECT 1; SELECT 2", []),
      ("", []),
      ("-- nothing", []),
      ("SELEKT 1", []),
      ("SELECT $1", []),
      ("SELECT 1", [1]),
      ("SELECT ?1", [1]),
      ("SELECT :name", [1]),
      ("SELECT \"no such column\"", []),
      ("SELECT 1\0", []),
    ] as [(String, [Value])])
  func `a wrong statement is misuse and harms nothing`(sql: String, values: [Value]) async throws {
    let driver = try MemoryDatabase()
    let error = await #expect(throws: DatabaseError.self) {
      try await driver.write { _ = try $0.execute(sql, values) }
    }
    #expect(error?.code == .misuse)
    #expect(try await driver.read { try $0.first("SELECT 1") { try $0.integer(0) } } == 1)
  }

  @Test(arguments: [
    "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "RELEASE body", "ROLLBACK TO body",
    "PRAGMA synchronous = OFF", "PRAGMA journal_mode = DELETE", "ATTACH '/tmp/x' AS x",
  ])
  func `a body cannot reach beyond its transaction`(sql: String) async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    let error = await #expect(throws: DatabaseError.self) {
      try await database.write { session in
        try session.execute("INSERT INTO t VALUES (1, NULL)")
        try session.execute(sql)
      }
    }
    #expect(error?.code == .misuse)
    #expect(try await database.ids == [])
    await database.close()
  }

  @Test(arguments: [
    ("SELECT 'text'", "integer"), ("SELECT 1", "text"), ("SELECT 1.5", "integer"),
    ("SELECT x'00'", "text"), ("SELECT 'text'", "blob"), ("SELECT NULL", "integer"),
    ("SELECT 'text'", "real"),
  ])
  func `reading a column as another type is an error`(sql: String, type: String) async throws {
    let driver = try MemoryDatabase()
    let error = await #expect(throws: DatabaseError.self) {
      try await driver.read { session in
        try session.rows(sql) { row in
          switch type {
          case "integer": _ = try row.integer(0)
          case "real": _ = try row.real(0)
          case "text": _ = try row.text(0)
          default: _ = try row.blob(0)
          }
        }.count
      }
    }
    #expect(error?.code == .wrongType)
  }

  @Test(arguments: [
    ("INSERT INTO p VALUES (1, 'secret', 1)", DatabaseError.Constraint.unique),
    ("INSERT INTO p VALUES (2, 'secret', 2)", .unique),
    ("INSERT INTO p VALUES (3, NULL, 2)", .notNull),
    ("INSERT INTO p VALUES (4, 'x', -1)", .check),
    ("INSERT INTO c VALUES (9)", .foreignKey),
    ("INSERT INTO d VALUES (9)", .foreignKey),
  ])
  func `a broken rule is named`(sql: String, rule: DatabaseError.Constraint) async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.write { session in
      try session.executeScript(
        """
        CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n CHECK (n > 0));
        CREATE TABLE c (p REFERENCES p);
        CREATE TABLE d (p REFERENCES p DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO p VALUES (1, 'secret', 1);
        """)
    }
    let error = await #expect(throws: DatabaseError.self) {
      try await database.write { _ = try $0.execute(sql) }
    }
    #expect(error?.code == .constraint(rule))
    await database.close()
  }

  @Test func `an error names the statement and not the values`() async throws {
    let driver = try MemoryDatabase()
    try await driver.makeTable()
    let error = await #expect(throws: DatabaseError.self) {
      try await driver.write { session in
        try session.execute("INSERT INTO t VALUES ($1, $2)", [4_711_471_1, "secret"])
        try session.execute("INSERT INTO t VALUES ($1, $2)", [4_711_471_1, "secret"])
      }
    }
    #expect(error?.message.contains("INSERT INTO t VALUES ($1, $2)") == true)
    #expect(error?.message.contains("secret") == false)
    #expect(error?.message.contains("47114711") == false)
  }

  @Test(arguments: DriverKind.allCases)
  func `a query can run within the rows of the same query`(kind: DriverKind) async throws {
    let driver = try await kind.open(in: folder)
    try await driver.makeTable()
    for id in 1...3 { try await driver.insert(id) }
    let pairs = try await driver.read { session in
      let sql = "SELECT id FROM t ORDER BY id"
      return try session.rows(sql) { outer in
        let first = try outer.integer(0)
        return try session.rows(sql) { first * 10 + (try $0.integer(0)) }
      }
    }
    #expect(pairs == [[11, 12, 13], [21, 22, 23], [31, 32, 33]])
    await driver.close()
  }

  @Test func `more statements than are kept still work`() async throws {
    var limits = Database.Limits()
    limits.statements = 4
    let database = try await Database.open(folder.file("db"), limits: limits)
    let sum = try await database.read { session in
      try (0..<50).reduce(0) { sum, number in
        sum + (try session.first("SELECT \(number)") { try $0.integer(0) } ?? 0)
      }
    }
    #expect(sum == 49 * 50 / 2)
    await database.close()
  }

  @Test func `the rows changed are counted`() async throws {
    let driver = try MemoryDatabase()
    try await driver.makeTable()
    for id in 1...5 { try await driver.insert(id) }
    let counts = try await driver.write { session in
      [
        try session.execute("DELETE FROM t WHERE id > $1", [3]),
        try session.execute("DELETE FROM t WHERE id > $1", [3]),
        try session.execute("UPDATE t SET body = NULL"),
      ]
    }
    #expect(counts == [2, 0, 3])
  }
}
