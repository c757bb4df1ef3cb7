import Glibc
import IO
import Store
import Testing

@Suite struct DatabaseFileTests {
  let folder: TemporaryFolder
  let disk = RealDisk()

  init() throws { folder = try TemporaryFolder() }

  @Test func `only the owner can read the files`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    for name in try await disk.list(folder.path, limit: 10) {
      #expect(try await disk.info(folder.file(name))?.mode == 0o600, "\(name)")
    }
    #expect(try await disk.list(folder.path, limit: 10).count == 3)
    await database.close()
  }

  @Test func `closing leaves one file that holds everything`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    try await database.insert(1)
    await database.close()
    #expect(try await disk.list(folder.path, limit: 10) == ["db"])
    let again = try await Database.open(folder.file("db"))
    #expect(try await again.ids == [1])
    await again.close()
  }

  @Test func `a file that others can read is refused and the mending named`() async throws {
    try await disk.create(folder.file("db"), with: [], mode: 0o644)
    let error = await #expect(throws: DatabaseError.self) {
      _ = try await Database.open(folder.file("db"))
    }
    #expect(error?.code == .cannotOpen)
    #expect(error?.cause?.code == .notPermitted)
    #expect(error?.message.contains("chmod 600 \(folder.file("db"))") == true)
  }

  @Test(arguments: ["link", "folder", "missing/db"])
  func `what is no regular file is refused`(name: String) async throws {
    try await disk.create(folder.file("real"), with: [], mode: 0o600)
    symlink("real", folder.file("link"))
    try await disk.makeFolders(folder.file("folder"), mode: 0o700)
    let error = await #expect(throws: DatabaseError.self) {
      _ = try await Database.open(folder.file(name))
    }
    #expect(error?.code == .cannotOpen)
  }

  @Test func `a file that is no database is named with what to do`() async throws {
    let text = Array(String(repeating: "This is not a database. ", count: 500).utf8)
    try await disk.create(folder.file("db"), with: text, mode: 0o600)
    let error = await #expect(throws: DatabaseError.self) {
      _ = try await Database.open(folder.file("db"))
    }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains(folder.file("db")) == true)
    #expect(error?.message.contains("backup") == true)
  }

  @Test func `damage further in is found out when it is read`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    for id in 1...200 { try await database.insert(id, bytes: 500) }
    await database.close()
    let file = try await disk.open(folder.file("db"), .writing)
    let size = try await file.info().size
    try await file.write(Array(repeating: 0xa5, count: Int(size) - 4096), at: 4096)

    let damaged = try await Database.open(folder.file("db"))
    let error = await #expect(throws: DatabaseError.self) { _ = try await damaged.ids }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains("backup") == true)
    await damaged.close()
  }

  @Test func `a backup is whole, closed to others and opens like the original`() async throws {
    let database = try await Database.open(folder.file("db"))
    try await database.makeTable()
    for id in 1...100 { try await database.insert(id) }
    try await database.backup(to: folder.file("copy"))
    try await database.insert(101)
    #expect(try await disk.info(folder.file("copy"))?.mode == 0o600)
    let copy = try await Database.open(folder.file("copy"))
    #expect(try await copy.ids == Array(1...100))
    await copy.close()

    let error = await #expect(throws: DatabaseError.self) {
      try await database.backup(to: folder.file("copy"))
    }
    #expect(error?.cause?.code == .alreadyExists)
    await database.close()
  }

  @Test func `a full disk refuses new rows and loses none that were acknowledged`() async throws {
    var limits = Database.Limits()
    limits.databaseBytes = 400 << 10
    let database = try await Database.open(folder.file("db"), limits: limits)
    try await database.makeTable()
    let acknowledged = Numbers()
    let errors = await withTaskGroup(of: DatabaseError?.self) { group in
      for id in 0..<200 {
        group.addTask {
          do {
            try await database.insert(id, bytes: 8000)
            acknowledged.add(id)
            return nil
          } catch { return error as? DatabaseError }
        }
      }
      return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
    }
    #expect(errors.count + acknowledged.all.count == 200)
    #expect(!errors.isEmpty && errors.allSatisfy { $0.code == .diskFull })
    #expect(try await database.ids == acknowledged.all.sorted())
    await database.close()

    let roomier = try await Database.open(folder.file("db"))
    try await roomier.insert(1000)
    #expect(try await roomier.ids == acknowledged.all.sorted() + [1000])
    await roomier.close()
  }
}
