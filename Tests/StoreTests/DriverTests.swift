import Primitives
import Store
import Testing

@Suite struct DriverTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: DriverKind.allCases)
  func `a body that throws leaves nothing behind`(kind: DriverKind) async throws {
    let driver = try await kind.open(in: folder)
    try await driver.makeTable()
    await #expect(throws: Refused()) {
      try await driver.write { session in
        try session.execute("INSERT INTO t VALUES (1, NULL)")
        throw Refused()
      }
    }
    try await driver.insert(2)
    #expect(try await driver.ids == [2])
    await driver.close()
  }

  @Test(arguments: DriverKind.allCases)
  func `a reader cannot write`(kind: DriverKind) async throws {
    let driver = try await kind.open(in: folder)
    try await driver.makeTable()
    let error = await #expect(throws: DatabaseError.self) {
      try await driver.read { _ = try $0.execute("INSERT INTO t VALUES (1, NULL)") }
    }
    #expect(error?.code == .readOnly)
    try await driver.insert(2)
    #expect(try await driver.ids == [2])
    await driver.close()
  }

  @Test(arguments: DriverKind.allCases)
  func `a closed database says so`(kind: DriverKind) async throws {
    let driver = try await kind.open(in: folder)
    await driver.close()
    await driver.close()
    let writing = await #expect(throws: DatabaseError.self) { try await driver.insert(1) }
    let reading = await #expect(throws: DatabaseError.self) { _ = try await driver.ids }
    #expect(writing?.code == .closed)
    #expect(reading?.code == .closed)
  }

  // MARK: - Migrations

  private static let first = Schema.Migration("people", "CREATE TABLE people (name TEXT)")
  private static let second = Schema.Migration(
    "ages", "ALTER TABLE people ADD age BIGINT; CREATE INDEX ages ON people (age)")
  private static let time = WallTime(nanoseconds: 1_700_000_000_000_000_000)

  @Test(arguments: DriverKind.allCases)
  func `migrations run once and in order`(kind: DriverKind) async throws {
    let driver = try await kind.open(in: folder)
    let old = Schema("accounts", [Self.first])
    let new = Schema("accounts", [Self.first, Self.second])
    let other = Schema("jobs", [Schema.Migration("jobs", "CREATE TABLE jobs (id BIGINT)")])
    #expect(try await driver.migrate([old], at: Self.time) == 1)
    #expect(try await driver.migrate([old], at: Self.time) == 0)
    #expect(try await driver.migrate([new, other], at: Self.time) == 2)
    #expect(try await driver.migrate([new, other], at: Self.time) == 0)
    try await driver.write { session in
      try session.execute("INSERT INTO people (name, age) VALUES ($1, $2)", ["Ada", 36])
    }
    await driver.close()
  }

  @Test(arguments: [
    ([Schema("accounts", [first])], DatabaseError.Code.newerSchema),
    ([], .newerSchema),
    ([Schema("accounts", [first, Schema.Migration("ages", "SELECT 1")])], .changedMigration),
    ([Schema("accounts", [second, first])], .changedMigration),
  ])
  func `a database that does not fit the program is refused and untouched`(
    schemas: [Schema], code: DatabaseError.Code
  ) async throws {
    let driver = try MemoryDatabase()
    try await driver.migrate([Schema("accounts", [Self.first, Self.second])], at: Self.time)
    let more = Schema("more", [Schema.Migration("more", "CREATE TABLE more (id BIGINT)")])
    let error = await #expect(throws: DatabaseError.self) {
      try await driver.migrate([more] + schemas, at: Self.time)
    }
    #expect(error?.code == code)
    let tables = try await driver.read { session in
      try session.first("SELECT count(*) FROM sqlite_schema WHERE name = 'more'") {
        try $0.integer(0)
      }
    }
    #expect(tables == 0)
  }

  @Test func `a migration that fails half way is undone and can be mended`() async throws {
    let driver = try MemoryDatabase()
    let broken = Schema.Migration("ages", "ALTER TABLE people ADD age BIGINT; CREATE TABEL x")
    await #expect(throws: DatabaseError.self) {
      try await driver.migrate([Schema("accounts", [Self.first, broken])], at: Self.time)
    }
    let mended = Schema("accounts", [Self.first, Self.second])
    #expect(try await driver.migrate([mended], at: Self.time) == 1)
  }

  @Test func `every migration is on record with its time`() async throws {
    let driver = try MemoryDatabase()
    try await driver.migrate([Schema("accounts", [Self.first, Self.second])], at: Self.time)
    let rows = try await driver.read { session in
      try session.rows("SELECT number, name, applied_at FROM migrations ORDER BY number") {
        "\(try $0.integer(0)) \(try $0.text(1)) \(try $0.integer(2))"
      }
    }
    #expect(rows == ["1 people \(Self.time.nanoseconds)", "2 ages \(Self.time.nanoseconds)"])
  }
}
