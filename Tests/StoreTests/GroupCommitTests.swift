import IO
import Testing

@testable import Store

@Suite struct GroupCommitTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs `writes` while the writer stands still, so that they share one batch.
  private func together(
    _ database: Database, count: Int, _ write: @escaping @Sendable (Int) async throws -> Void
  ) async -> [Int: any Error] {
    let barrier = Barrier()
    let isHeld = Gate()
    let errors = await withTaskGroup(of: (Int, (any Error)?).self) { group in
      group.addTask {
        do {
          try await database.write { _ in
            isHeld.open()
            barrier.wait()
          }
          return (-1, nil)
        } catch { return (-1, error) }
      }
      await isHeld.wait()
      for number in 0..<count {
        // One after the other, so that they are queued in order.
        let before = database.statistics.waitingWrites
        group.addTask {
          do {
            try await write(number)
            return (number, nil)
          } catch { return (number, error) }
        }
        while database.statistics.waitingWrites == before { await Task.yield() }
      }
      barrier.open()
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    return errors
  }

  @Test func `a thousand writes that wait are two commits`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    let before = database.statistics
    let errors = await together(database, count: 1000) { try await database.insert($0) }
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
    let errors = await together(database, count: 100) { number in
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
    let errors = await together(database, count: 30) { number in
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
    let barrier = Barrier()
    let isHeld = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await database.write { _ in
          isHeld.open()
          barrier.wait()
        }
      }
      await isHeld.wait()
      for id in 0..<50 { group.addTask { try await database.insert(id) } }
      while database.statistics.waitingWrites < 51 { await Task.yield() }
      group.addTask {
        await database.close()
        #expect(database.statistics.waitingWrites == 0)
      }
      barrier.open()
      try await group.waitForAll()
    }
    let again = try await Database.open(folder.file("db"))
    #expect(try await again.ids == Array(0..<50))
    await again.close()
  }

  @Test func `more writes than may wait are refused at once`() async throws {
    var limits = Database.Limits()
    limits.waitingWrites = 5
    let database = try await Database.open(folder.file("db"), limits: limits)
    try await database.makeTable()
    let errors = await together(database, count: 4) { number in
      try await database.insert(number)
      if number == 3 { return }
    }
    #expect(errors.isEmpty)
    let barrier = Barrier()
    let isHeld = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await database.write { _ in
          isHeld.open()
          barrier.wait()
        }
      }
      await isHeld.wait()
      for id in 10..<14 { group.addTask { try await database.insert(id) } }
      while database.statistics.waitingWrites < 5 { await Task.yield() }
      let error = await #expect(throws: DatabaseError.self) { try await database.insert(99) }
      #expect(error?.code == .overloaded)
      barrier.open()
      try await group.waitForAll()
    }
    await database.close()
  }
}
