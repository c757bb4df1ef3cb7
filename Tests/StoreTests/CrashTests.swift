import Glibc
import IO
import Store
import Testing

/// Writes pairs of rows (n, and -n) from several tasks at once, for ever or until one fails, and
/// says which pairs were acknowledged.
private func writePairs(
  _ database: Database, tasks: Int, count: Int, _ acknowledged: @escaping @Sendable (Int) -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for task in 0..<tasks {
      group.addTask {
        for step in 0..<count {
          let number = task * count + step + 1
          try await database.write { session in
            for id in [number, -number] {
              try session.execute("INSERT INTO t VALUES ($1, NULL)", [.integer(id)])
            }
          }
          acknowledged(number)
        }
      }
    }
    try await group.waitForAll()
  }
}

@Suite struct CrashTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func expectWhole(_ path: String, holds acknowledged: [Int]) async throws {
    let database = try await Database.open(path)
    let found = Set(try await database.ids)
    #expect(found.isSuperset(of: acknowledged))
    #expect(found.allSatisfy { found.contains(-$0) })
    // And goes on as before.
    try await database.insert(1_000_000)
    await database.close()
  }

  @Test func `files copied while writes go on hold every write acknowledged before`() async throws {
    let disk = RealDisk()
    var limits = Database.Limits()
    // A power cut sees both files at one moment, a copy does not: the log must only grow.
    limits.checkpointPages = 0
    let database = try await Database.open(folder.file("db"), limits: limits)
    try await database.makeTable()
    let acknowledged = Numbers()
    var copies: [(name: String, acknowledged: [Int])] = []
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await writePairs(database, tasks: 8, count: 100) { acknowledged.add($0) }
      }
      for copy in 0..<5 {
        while acknowledged.all.count < copy * 150 { await Task.yield() }
        let before = acknowledged.all
        for suffix in ["", "-wal"] {
          let bytes = try await disk.read(folder.file("db\(suffix)"), limit: 64 << 20)
          try await disk.create(folder.file("copy\(copy)\(suffix)"), with: bytes, mode: 0o600)
        }
        copies.append((folder.file("copy\(copy)"), before))
      }
      try await group.waitForAll()
    }
    await database.close()
    #expect(copies.last.map { $0.acknowledged.count >= 600 } == true)
    for copy in copies { try await expectWhole(copy.name, holds: copy.acknowledged) }
  }

  @Test func `a log cut anywhere opens with whole writes only`() async throws {
    let disk = RealDisk()
    var limits = Database.Limits()
    limits.checkpointPages = 0
    let database = try await Database.open(folder.file("db"), limits: limits)
    try await database.makeTable()
    try await writePairs(database, tasks: 2, count: 20) { _ in }
    let file = try await disk.read(folder.file("db"), limit: 1 << 20)
    let log = try await disk.read(folder.file("db-wal"), limit: 16 << 20)
    await database.close()
    // The first bytes of the log make the table.
    for cut in stride(from: 32_000, to: log.count, by: log.count / 23) {
      let path = folder.file("cut\(cut)")
      try await disk.create(path, with: file, mode: 0o600)
      try await disk.create(path + "-wal", with: Array(log[..<cut]), mode: 0o600)
      try await expectWhole(path, holds: [])
    }
  }

  @Test func `writes whose commit the device refuses fail and leave no trace`() async throws {
    let path = folder.file("db")
    let record = folder.file("acknowledged")
    await #expect(processExitsWith: .exitCode(42)) {
      [path = path as String, record = record as String] in
      var limits = Database.Limits()
      limits.checkpointPages = 0
      let database = try await Database.open(path, limits: limits)
      try await database.makeTable()
      // From here on the log may not grow beyond this: COMMIT is where that shows.
      signal(SIGXFSZ, SIG_IGN)
      var size = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &size)
      let acknowledged = Numbers()
      do {
        try await writePairs(database, tasks: 4, count: 1000) { acknowledged.add($0) }
      } catch let error as DatabaseError where error.code == .device {
        await database.close()
        let text = acknowledged.all.map { "\($0)\n" }.joined()
        try await RealDisk().create(record, with: Array(text.utf8), mode: 0o600)
        exit(42)
      }
    }
    let text = String(
      decoding: try await RealDisk().read(record, limit: 1 << 20), as: UTF8.self)
    let acknowledged = text.split(separator: "\n").compactMap { Int($0) }
    #expect(acknowledged.count > 10)
    let database = try await Database.open(path)
    #expect(try await database.ids == acknowledged.flatMap { [$0, -$0] }.sorted())
    await database.close()
  }

  @Test(arguments: [1, 40, 333])
  func `a killed process keeps every write it acknowledged`(kills: Int) async throws {
    let path = folder.file("db")
    let record = folder.file("acknowledged")
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, record = record as String, kills = kills as Int] in
      let database = try await Database.open(path)
      try await database.makeTable()
      let descriptor = open(record, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      let acknowledged = Numbers()
      try await writePairs(database, tasks: 8, count: 1000) { number in
        var bytes = Int64(number)
        write(descriptor, &bytes, 8)
        acknowledged.add(number)
        if acknowledged.all.count >= kills { kill(getpid(), SIGKILL) }
      }
    }
    let bytes = try await RealDisk().read(record, limit: 1 << 20)
    let acknowledged = stride(from: 0, to: bytes.count, by: 8).map { start in
      bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    #expect(acknowledged.count >= kills)
    try await expectWhole(path, holds: acknowledged)
  }
}
