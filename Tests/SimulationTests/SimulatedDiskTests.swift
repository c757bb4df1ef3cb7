import IO
import Primitives
import Simulation
import Store
import Testing

@Suite struct SimulatedDiskTests {
  private func disk(
    seed: UInt64, _ body: (inout SimulatedDisk.Conditions) -> Void = { _ in }
  ) -> SimulatedDisk {
    var conditions = SimulatedDisk.Conditions()
    body(&conditions)
    return SimulatedDisk(conditions: conditions, seed: seed)
  }

  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func `synced bytes in a synced folder survive`(seed: UInt64) async throws {
    let disk = disk(seed: seed)
    try await disk.create("/file", with: [1, 2, 3], mode: 0o600)
    disk.crash()
    await #expect(throws: SystemError.self) { try await disk.read("/file", limit: 10) }
    disk.restart()
    #expect(try await disk.read("/file", limit: 10) == [1, 2, 3])
  }

  /// What some seeds must show, because none of it was promised.
  @Test func `unsynced bytes, names and renames are lost in some seed and kept in another`()
    async throws
  {
    var bytes: Set<[UInt8]> = [], names: Set<[String]> = [], renamed: Set<[String]> = []
    for seed in UInt64(1)...60 {
      let disk = disk(seed: seed)
      try await disk.makeFolders("/a", mode: 0o700)
      try await disk.create("/file", with: [UInt8](repeating: 0, count: 2048), mode: 0o600)
      let file = try await disk.open("/file", .writing)
      try await file.write([UInt8](repeating: 1, count: 1024), at: 512)
      _ = try await disk.open("/a/new", .creating(mode: 0o600))
      try await disk.rename("/file", to: "/other")
      disk.crash()
      disk.restart()
      let root = try await disk.list("/", limit: 10)
      let name = root.contains("file") ? "/file" : "/other"
      let content = try await disk.read(name, limit: 4096)
      #expect(content.count == 2048)
      bytes.insert([content[0], content[512], content[1024], content[1536]])
      names.insert(try await disk.list("/a", limit: 10))
      renamed.insert(root)
    }
    // Sectors are torn apart, but nothing else changes.
    #expect(bytes == [[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0]])
    #expect(names == [[], ["new"]])
    #expect(renamed == [["a", "file"], ["a", "other"]])
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `a replaced file is the old or the new one, whole`(seed: UInt64) async throws {
    let disk = disk(seed: seed)
    let old = [UInt8](repeating: 1, count: 3000), new = [UInt8](repeating: 2, count: 5000)
    try await disk.create("/file", with: old, mode: 0o600)
    disk.crash(atChange: disk.changes + Int(seed % 6) + 1)
    var isAcknowledged = true
    do { try await disk.replace("/file", with: new, mode: 0o600) } catch { isAcknowledged = false }
    disk.crash()
    disk.restart()
    let found = try await disk.read("/file", limit: 10_000)
    #expect(isAcknowledged ? found == new : found == old || found == new)
  }

  @Test func `a full disk refuses and keeps what it has`() async throws {
    let disk = disk(seed: 1) { $0.capacity = 100 }
    try await disk.create("/file", with: [UInt8](repeating: 1, count: 80), mode: 0o600)
    let file = try await disk.open("/file", .writing)
    await #expect { try await file.write([UInt8](repeating: 2, count: 30), at: 80) } throws: {
      ($0 as? SystemError)?.code == .diskFull
    }
    #expect(try await file.info().size == 80)
  }

  @Test func `a plan makes the disk fail where it says`() async throws {
    let disk = disk(seed: 1)
    try await disk.makeFolders("/state", mode: 0o700)
    var rule = FaultPlan.Rule(.diskError)
    rule.paths = ["/state/"]
    disk.inject(FaultPlan(seed: 1, [rule]))
    await #expect(throws: SystemError.self) {
      try await disk.create("/state/file", with: [1], mode: 0o600)
    }
    try await disk.create("/file", with: [1], mode: 0o600)
    #expect(try await disk.info("/state/file") == nil)
  }

  @Test func `a lock is held by one until it is released or the machine crashes`() async throws {
    let disk = disk(seed: 1)
    let first = try await disk.lock("/lock")
    await #expect(throws: SystemError.self) { try await disk.lock("/lock") }
    first.release()
    let second = try await disk.lock("/lock")
    disk.crash()
    disk.restart()
    _ = try await disk.lock("/lock")
    second.release()
  }

  // MARK: - SQLite

  private func survivors(seed: UInt64, lies: Bool) async throws -> Int? {
    let disk = disk(seed: seed) { $0.lies = lies }
    let system = SimulatedFileSystem(disk)
    try await disk.makeFolders("/state", mode: 0o700)
    func open() async throws -> Database {
      try await Database.open("/state/db", disk: disk, fileSystem: system.name)
    }
    let database = try await open()
    try await database.write { try $0.executeScript("CREATE TABLE rows (number INTEGER)") }
    for number in 0..<20 {
      try await database.write {
        try $0.execute("INSERT INTO rows VALUES ($1)", [.integer(number)])
      }
    }
    disk.crash()
    await database.close()
    disk.restart()
    let again = try await open()
    let count = try? await again.read {
      try $0.first("SELECT count(*) FROM rows") { try $0.integer(0) }
    }
    await again.close()
    return count ?? nil
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `committed rows survive`(seed: UInt64) async throws {
    #expect(try await survivors(seed: seed, lies: false) == 20)
  }

  @Test func `a disk that lies about syncing is found out`() async throws {
    var counts: [Int?] = []
    for seed in UInt64(1)...20 { counts.append(try? await survivors(seed: seed, lies: true)) }
    #expect(counts.contains { $0 != 20 })
  }
}
