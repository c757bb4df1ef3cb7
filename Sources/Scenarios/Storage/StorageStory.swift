import Glibc
import IO
import Primitives
import Simulation
import Store

/// One seed of `storage-crash`: a machine that lives several times.
struct StorageStory: DiskStory {
  /// One transfer between accounts, in two rows and a filler that makes it span pages.
  struct Transfer: Sendable {
    var number: Int
    var from: Int
    var to: Int
    var amount: Int
    var filler: Int
    /// Its body throws at the end, so that it must leave nothing.
    var givesUp: Bool
  }

  private struct GivenUp: Error {}

  private static let accounts = 8
  private static let lives = 5
  private static let path = "/state/apus.db"
  private static let settings = "/state/settings"
  private static let schema = Schema(
    "ledger",
    [
      Schema.Migration(
        "accounts", "CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance BIGINT NOT NULL)"),
      Schema.Migration(
        "entries",
        """
        CREATE TABLE entries (transfer BIGINT NOT NULL, account INTEGER NOT NULL,
          amount BIGINT NOT NULL, filler BLOB NOT NULL, PRIMARY KEY (transfer, account))
        """),
    ])

  let disk: SimulatedDisk
  private let fileSystem: SimulatedFileSystem
  private var random: SeededRandom
  private(set) var steps: [DiskStoryStep] = []
  private(set) var crashes = 0
  private(set) var acknowledged = 0
  private(set) var doubted = 0
  private(set) var doubtedKept = 0

  /// The share of calls that the disk refuses.
  private var errors: Double
  private var nextNumber = 1
  /// By number.
  private var mustBeThere: [Int: Transfer] = [:]
  private var mayBeThere: [Int: Transfer] = [:]
  /// What the settings file may hold; the first was acknowledged.
  private var settingsVersions: [Int] = [0]

  init(seed: UInt64) {
    random = SeededRandom(seed: seed).branch(7)
    var conditions = SimulatedDisk.Conditions()
    // Every fourth machine has a bad disk, every fifth a small one.
    errors = seed % 4 == 0 ? 0.002 : 0
    conditions.errors = errors
    if seed % 5 == 0 { conditions.capacity = 300_000 }
    disk = SimulatedDisk(conditions: conditions, seed: seed)
    fileSystem = SimulatedFileSystem(disk)
  }

  // MARK: - The story

  mutating func tell() async throws(BrokenPromise) {
    for life in 1...Self.lives {
      note(1, life, "life \(life) begins")
      // The last one goes on until it has seen everything.
      if life < Self.lives {
        disk.crash(atChange: disk.changes + Int.random(in: 1...400, using: &random))
      } else {
        errors = 0
        disk.change { $0.errors = 0 }
      }
      try await live(isLast: life == Self.lives)
      if life == Self.lives { return }
      crashes += 1
      if !disk.hasCrashed { disk.crash() }
      note(2, life, "the power fails")
      disk.restart()
    }
  }

  private mutating func live(isLast: Bool) async throws(BrokenPromise) {
    guard let database = try await open(isLast: isLast) else { return }
    try await check(database)
    if !isLast {
      for _ in 0..<60 where !disk.hasCrashed {
        await step(database)
      }
    }
    await database.close()
  }

  /// Nil when the power failed meanwhile or the disk would not.
  private mutating func open(isLast: Bool) async throws(BrokenPromise) -> Database? {
    do {
      try await disk.makeFolders("/state", mode: 0o700)
      var limits = Database.Limits()
      limits.checkpointPages = 20
      let database = try await Database.open(
        Self.path, limits: limits, disk: disk, fileSystem: fileSystem.name)
      do {
        try await database.migrate([Self.schema], at: SimulatedClock.epoch)
        return database
      } catch {
        await database.close()
        throw error
      }
    } catch {
      note(3, 0, "opening failed: \(error)")
      if isLast || !disk.hasCrashed && !isBadDisk(error) {
        throw BrokenPromise("the database does not open: \(error)")
      }
      return nil
    }
  }

  private func isBadDisk(_ error: any Error) -> Bool {
    if let error = error as? DatabaseError {
      return [.device, .diskFull, .cannotOpen].contains(error.code)
    }
    return error is SystemError
  }

  private mutating func step(_ database: Database) async {
    if random.chance(0.15) {
      await replaceSettings()
    } else {
      await transfer(database)
    }
  }

  private mutating func replaceSettings() async {
    let version = settingsVersions[settingsVersions.count - 1] + 1
    settingsVersions.append(version)
    do throws(SystemError) {
      try await disk.replace(Self.settings, with: Self.content(version), mode: 0o600)
      settingsVersions = [version]
      note(4, version, "settings \(version) replaced")
    } catch {
      note(5, version, "settings \(version) in doubt: \(error)")
    }
  }

  // MARK: - Transfers

  /// Up to five writes that share a commit.
  private mutating func transfer(_ database: Database) async {
    let group = (0..<Int.random(in: 1...5, using: &random)).map { _ in drawTransfer() }
    let plug = Plug()
    let outcomes = await withTaskGroup(of: (Int, Result<Void, any Error>).self) { tasks in
      // The first commit waits until the others queue behind it: always the same ones.
      tasks.addTask {
        let outcome = await Self.outcome { try await database.write { _ in plug.hold() } }
        plug.end()
        return (0, outcome)
      }
      while !plug.isHolding, !plug.hasEnded { await Task.yield() }
      // The disk refused even to begin.
      if plug.hasEnded { return [Int: Result<Void, any Error>]() }
      for transfer in group {
        tasks.addTask {
          (
            transfer.number,
            await Self.outcome { try await database.write { try Self.enter(transfer, $0) } }
          )
        }
      }
      while database.statistics.waitingWrites <= group.count { await Task.yield() }
      plug.release()
      var outcomes: [Int: Result<Void, any Error>] = [:]
      for await (number, outcome) in tasks { outcomes[number] = outcome }
      return outcomes
    }
    for transfer in group {
      guard let outcome = outcomes[transfer.number] else { continue }
      settle(transfer, outcome)
    }
  }

  private mutating func drawTransfer() -> Transfer {
    defer { nextNumber += 1 }
    let from = Int.random(in: 0..<Self.accounts, using: &random)
    let to = (from + Int.random(in: 1..<Self.accounts, using: &random)) % Self.accounts
    return Transfer(
      number: nextNumber, from: from, to: to, amount: Int.random(in: 1...100, using: &random),
      filler: random.chance(0.2) ? Int.random(in: 0...20_000, using: &random) : 40,
      givesUp: random.chance(0.1))
  }

  private mutating func settle(_ transfer: Transfer, _ outcome: Result<Void, any Error>) {
    switch outcome {
    case .success:
      acknowledged += 1
      mustBeThere[transfer.number] = transfer
      note(6, transfer.number, "transfer \(transfer.number) acknowledged")
    case .failure(let error):
      if error is GivenUp {
        note(7, transfer.number, "transfer \(transfer.number) gave up")
        return
      }
      doubted += 1
      if !transfer.givesUp { mayBeThere[transfer.number] = transfer }
      note(8, transfer.number, "transfer \(transfer.number) in doubt: \(error)")
    }
  }

  private static func outcome(_ body: () async throws -> Void) async -> Result<Void, any Error> {
    do {
      try await body()
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  private static func enter(_ transfer: Transfer, _ session: any Session) throws {
    let filler = [UInt8](
      repeating: UInt8(truncatingIfNeeded: transfer.number), count: transfer.filler)
    for (account, amount) in [(transfer.from, -transfer.amount), (transfer.to, transfer.amount)] {
      try session.execute(
        "INSERT INTO entries (transfer, account, amount, filler) VALUES ($1, $2, $3, $4)",
        [.integer(transfer.number), .integer(account), .integer(amount), .blob(filler)])
      try session.execute(
        """
        INSERT INTO accounts (id, balance) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET balance = balance + excluded.balance
        """, [.integer(account), .integer(amount)])
    }
    if transfer.givesUp { throw GivenUp() }
  }

  // MARK: - Checks

  private struct Found: Sendable {
    var integrity = ""
    var entries: [Int: [(account: Int, amount: Int, filler: [UInt8])]] = [:]
    var balances: [Int: Int] = [:]
  }

  /// While the disk behaves: what it refuses to read is no finding.
  private mutating func check(_ database: Database) async throws(BrokenPromise) {
    disk.change { $0.errors = 0 }
    let errors = self.errors
    defer { disk.change { $0.errors = errors } }
    let found: Found
    do {
      found = try await database.read { try Self.look($0) }
    } catch {
      if disk.hasCrashed || isBadDisk(error) { return }
      throw BrokenPromise("reading failed: \(error)")
    }
    guard found.integrity == "ok" else {
      throw BrokenPromise("the database is damaged: \(found.integrity)")
    }
    var balances: [Int: Int] = [:]
    for (number, rows) in found.entries {
      guard let transfer = mustBeThere[number] ?? mayBeThere[number] else {
        throw BrokenPromise("transfer \(number) is there, which gave up")
      }
      let filler = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: transfer.filler)
      let isWhole =
        rows.count == 2 && rows.allSatisfy { $0.filler == filler }
        && rows.contains { $0.account == transfer.from && $0.amount == -transfer.amount }
        && rows.contains { $0.account == transfer.to && $0.amount == transfer.amount }
      guard isWhole else { throw BrokenPromise("transfer \(number) is half there") }
      for row in rows { balances[row.account, default: 0] += row.amount }
    }
    let missing = mustBeThere.keys.filter { found.entries[$0] == nil }.sorted()
    guard missing.isEmpty else {
      throw BrokenPromise("acknowledged and lost: transfers \(missing.prefix(10))")
    }
    guard balances == found.balances else {
      throw BrokenPromise(
        "the balances are not the sum of the entries",
        drawing: TextDrawing.comparison(
          "account", expected: balances.sorted { $0.key < $1.key }.map { ("\($0)", "\($1)") },
          actual: Dictionary(
            uniqueKeysWithValues: found.balances.map { ("\($0.key)", "\($0.value)") })))
    }
    for (number, transfer) in mayBeThere where found.entries[number] != nil {
      doubtedKept += 1
      mustBeThere[number] = transfer
    }
    mayBeThere = mayBeThere.filter { found.entries[$0.key] == nil }
    try await checkSettings()
    note(9, found.entries.count, "\(found.entries.count) transfers are there and whole")
  }

  private static func look(_ session: any Session) throws -> Found {
    var found = Found()
    found.integrity = try session.first("PRAGMA integrity_check") { try $0.text(0) } ?? "no answer"
    try session.query("SELECT transfer, account, amount, filler FROM entries", []) { row in
      found.entries[try row.integer(0), default: []].append(
        (try row.integer(1), try row.integer(2), try row.blob(3)))
      return true
    }
    try session.query("SELECT id, balance FROM accounts", []) { row in
      found.balances[try row.integer(0)] = try row.integer(1)
      return true
    }
    return found
  }

  private mutating func checkSettings() async throws(BrokenPromise) {
    do throws(SystemError) {
      guard try await disk.info(Self.settings) != nil else {
        if settingsVersions[0] == 0 { return }
        throw SystemError(.notFound, "")
      }
      let bytes = try await disk.read(Self.settings, limit: 1 << 20)
      let whole = settingsVersions.first { Self.content($0) == bytes }
      if let whole {
        settingsVersions = [whole]
        return
      }
    } catch {
      if disk.hasCrashed || error.code != .notFound { return }
    }
    throw BrokenPromise("the settings file is none of the versions \(settingsVersions)")
  }

  private static func content(_ version: Int) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: version), count: 700 + version * 13)
  }

  private mutating func note(_ kind: Int, _ detail: Int, _ text: String) {
    steps.append(DiskStoryStep(kind: kind, change: disk.changes, detail: detail, text: text))
  }
}

/// Keeps the writing thread inside a body until told otherwise.
private final class Plug: Sendable {
  private let state = Locked((isHolding: false, isReleased: false, hasEnded: false))

  var hasEnded: Bool { state.withLock { $0.hasEnded } }
  func end() { state.withLock { $0.hasEnded = true } }

  var isHolding: Bool { state.withLock { $0.isHolding } }

  func hold() {
    state.withLock { $0.isHolding = true }
    while !state.withLock({ $0.isReleased }) { sched_yield() }
  }

  func release() { state.withLock { $0.isReleased = true } }
}
