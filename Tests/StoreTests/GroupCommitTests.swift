import IO
import Testing

@testable import Store

@Suite struct GroupCommitTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs `write` for each number below `count` while the writer stands still, so that they are
  /// queued in order and share one batch. Returns what failed; the one that held the writer up is
  /// number -1.
  private func together(
    _ database: Database, count: Int, _ write: @escaping @Sendable (Int) async throws -> Void,
    whileHeld: (inout ThrowingTaskGroup<Void, any Error>) async throws -> Void = { _ in }
  ) async throws -> [Int: any Error] {
    let loop = try EventLoop()
    defer { loop.stop() }
    let (barrier, isHeld, outcomes) = (Barrier(), Gate(), Outcomes())
    // On one loop, a task that counts as waiting has been queued by the time others run.
    try await loop.run {
      try await withThrowingTaskGroup(of: Void.self) { group in
        defer { barrier.open() }
        group.addTask {
          await outcomes.add(-1) {
            try await database.write { _ in
              isHeld.open()
              barrier.wait()
            }
          }
        }
        await isHeld.wait()
        for number in 0..<count {
          group.addTask { await outcomes.add(number) { try await write(number) } }
          while database.statistics.waitingWrites < number + 2 { await loop.yieldTurn() }
        }
        try await whileHeld(&group)
        barrier.open()
        try await group.waitForAll()
      }
    }
    return outcomes.errors
  }

  @Test func `a thousand writes that wait are two commits`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    let before = database.statistics
    let errors = try await together(database, count: 1000) { try await database.insert($0) }
    #expect(errors.isEmpty)
    #expect(database.statistics.writes - before.writes == 1001)
    // The one that held the others up, and theirs.
    #expect(database.statistics.commits - before.commits == 2)
    #expect(try await database.ids == Array(0..<1000))
    await database.close()
  }

  @Test func `a write that fails among others fails alone`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    let errors = try await together(database, count: 100) { number in
      try await database.write { session in
        try session.execute("INSERT INTO t VALUES ($1, NULL)", [.integer(number)])
        if number % 10 == 0 { throw Refused() }
        if number % 10 == 5 { try session.execute("INSERT INTO t VALUES (1, NULL)") }
      }
    }
    let expected = (0..<100).filter { $0 % 5 == 0 }
    #expect(errors.keys.sorted() == expected)
    #expect(errors[0] as? Refused == Refused())
    #expect((errors[15] as? DatabaseError)?.code == .constraint(.unique))
    #expect(try await database.ids == (0..<100).filter { $0 % 5 != 0 })
    #expect(database.statistics.failedWrites == 20)
    await database.close()
  }

  @Test func `when the transaction is lost, whoever shared it fails and the rest goes on`()
    async throws
  {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    let errors = try await together(database, count: 30) { number in
      try await database.write { session in
        try session.execute("INSERT INTO t VALUES ($1, NULL)", [.integer(number)])
        // What SQLite does by itself on some failures of the device.
        if number == 20 { try (session as? Connection)?.control(.rollback) }
      }
    }
    #expect(errors.keys.sorted() == Array(0...20))
    #expect(errors.values.allSatisfy { $0 is DatabaseError })
    #expect(try await database.ids == Array(21..<30))
    await database.close()
  }

  @Test func `another process's lock fails everybody and passes`() async throws {
    var limits = Database.Limits()
    limits.busyTimeout = .zero
    let database = try await Database.open(folder.file("db"), limits: limits)
    try await database.makeTable()
    let other = try Connection(path: database.path, role: .writer, limits: limits)
    try other.control(.beginWriting)
    let error = await #expect(throws: DatabaseError.self) { try await database.insert(1) }
    #expect(error?.code == .busy)
    try other.control(.rollback)
    other.close()
    try await database.insert(2)
    #expect(try await database.ids == [2])
    await database.close()
  }

  @Test func `a reader keeps its state while others write, and sees the next one after`()
    async throws
  {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    try await database.insert(1)
    let hasRead = Gate()
    let barrier = Barrier()
    async let counts = database.read { session in
      let count = { try session.first("SELECT count(*) FROM t") { try $0.integer(0) } }
      let before = try count()
      hasRead.open()
      barrier.wait()
      return [before, try count()]
    }
    await hasRead.wait()
    // Neither waits for the other.
    try await database.insert(2)
    barrier.open()
    let seen = try await counts
    #expect(seen == [1, 1])
    #expect(try await database.ids == [1, 2])
    await database.close()
  }

  @Test func `closing waits for what was asked before`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    let isClosed = Gate()
    let errors = try await together(database, count: 50) {
      try await database.insert($0)
    } whileHeld: { group in
      group.addTask {
        await database.close()
        isClosed.open()
      }
      // Closing refuses what comes later, and is not over before what came earlier.
      while (try? await database.ids) != nil { await Task.yield() }
      #expect(!isClosed.isOpen)
    }
    #expect(errors.isEmpty)
    #expect(isClosed.isOpen)
    let again = try await Database.open(folder.file("db"))
    #expect(try await again.ids == Array(0..<50))
    await again.close()
  }

  @Test func `more writes than may wait are refused at once`() async throws {
    var limits = Database.Limits()
    limits.waitingWrites = 5
    let database = try await Database.open(folder.file("db"), limits: limits)
    try await database.makeTable()
    let errors = try await together(database, count: 4) {
      try await database.insert($0)
    } whileHeld: { _ in
      let error = await #expect(throws: DatabaseError.self) { try await database.insert(99) }
      #expect(error?.code == .overloaded)
    }
    #expect(errors.isEmpty)
    try await database.insert(4)
    #expect(try await database.ids == Array(0...4))
    await database.close()
  }
}
