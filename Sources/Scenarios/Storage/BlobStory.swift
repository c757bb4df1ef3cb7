import Blobs
import IO
import Primitives
import Security
import Simulation
import Store

/// One seed of `blob-store`: what is done and what of it was acknowledged.
struct BlobStory: DiskStory {
  /// A file that anybody can make again from its number.
  struct Blob: Sendable {
    var number: Int
    var chunks: [[UInt8]]
    var manifest: Manifest
    /// The file in it, when it is a folder.
    var member: Int?
  }

  /// What the store must say about a blob.
  enum Standing: Sendable {
    case there
    /// A change to it was not acknowledged: it may be there or not.
    case doubtful
    /// There, and one of its chunks is not what it was.
    case damaged
  }

  /// A fetch that may go on in another life.
  struct Fetch: Sendable {
    var blob: Blob
    /// Chunks that are on the disk for sure, and those that were kept since.
    var saved: Set<Int> = []
    var kept: Set<Int> = []

    mutating func save() { saved.formUnion(kept) }
  }

  private static let lives = 6
  private static let path = "/state/apus.db"
  static let folder = "/state/blobs"

  let disk: SimulatedDisk
  private let fileSystem: SimulatedFileSystem
  var random: SeededRandom
  private(set) var steps: [DiskStoryStep] = []
  var crashes = 0
  var acknowledged = 0
  var doubted = 0
  var repaired = 0
  /// The most bytes that a kill made a fetch repeat.
  var repeated = 0

  private var errors: Double
  var nextNumber = 1
  var known: [Int: Blob] = [:]
  var standing: [Int: Standing] = [:]
  var fetch: Fetch?
  /// Fetches that ended in doubt leave what they had.
  var begun: [BlobID] = []
  /// The chunk that is not what it was: files that are added with it are damaged from the start.
  var victim: Digest?
  private var wasKilled = false

  init(seed: UInt64) {
    random = SeededRandom(seed: seed).branch(11)
    var conditions = SimulatedDisk.Conditions()
    // Every fourth machine has a bad disk, every fifth a small one.
    errors = seed % 4 == 0 ? 0.002 : 0
    conditions.errors = errors
    if seed % 5 == 0 { conditions.capacity = 9_000_000 }
    disk = SimulatedDisk(conditions: conditions, seed: seed)
    fileSystem = SimulatedFileSystem(disk)
  }

  // MARK: - The story

  mutating func tell() async throws(BrokenPromise) {
    for life in 1...Self.lives {
      note(1, life, "life \(life) begins")
      // The last one goes on until it has seen everything.
      let isLast = life == Self.lives
      if isLast {
        errors = 0
        disk.change { ($0.errors, $0.capacity) = (0, .max) }
      } else {
        disk.crash(atChange: disk.changes + Int.random(in: 1...250, using: &random))
      }
      try await live(isLast: isLast)
      if isLast { return }
      crashes += 1
      if !disk.hasCrashed { disk.crash() }
      wasKilled = random.chance(0.4)
      note(2, life, wasKilled ? "the process is killed" : "the power fails")
      if wasKilled { disk.restartProcess() } else { disk.restart() }
    }
  }

  private mutating func live(isLast: Bool) async throws(BrokenPromise) {
    guard let (database, store) = try await open(isLast: isLast) else { return }
    // What the disk refuses to read is no finding.
    disk.change { $0.errors = 0 }
    try await check(store, afterKill: wasKilled)
    disk.change { [errors] in $0.errors = errors }
    if isLast {
      try await empty(store)
    } else {
      for _ in 0..<40 where !disk.hasCrashed { try await step(store) }
    }
    await database.close()
  }

  /// Nil when the power failed meanwhile or the disk would not.
  private mutating func open(
    isLast: Bool
  ) async throws(BrokenPromise) -> (Database, BlobStore)? {
    do {
      try await disk.makeFolders("/state", mode: 0o700)
      var limits = Database.Limits()
      limits.checkpointPages = 40
      let database = try await Database.open(
        Self.path, limits: limits, disk: disk, fileSystem: fileSystem.name)
      do {
        try await database.migrate([BlobSchema.schema], at: SimulatedClock.epoch)
        var limits = BlobStore.Limits()
        limits.rowBytes = 2_000
        limits.alignment = 64 << 10
        limits.packBytes = 3 << 20
        limits.batch = 8
        let store = BlobStore(
          database, disk: disk, folder: Self.folder, limits: limits,
          clock: { SimulatedClock.epoch })
        try await store.open()
        return (database, store)
      } catch {
        await database.close()
        throw error
      }
    } catch {
      note(3, 0, "opening failed: \(error)")
      // A life that never began says nothing about what a kill left.
      if isLast || !disk.hasCrashed && errors == 0 && !isFull(error) {
        throw BrokenPromise("the store does not open: \(error)")
      }
      return nil
    }
  }

  func isFull(_ error: any Error) -> Bool {
    (error as? BlobError)?.code == .full || (error as? DatabaseError)?.code == .diskFull
      || (error as? SystemError)?.code == .diskFull
  }

  /// Whether the disk may be blamed for it.
  func isExpected(_ error: BlobError) -> Bool {
    disk.hasCrashed || error.code == .full || errors > 0 && error.code != .damaged
  }

  // MARK: - Checks

  private mutating func check(
    _ store: BlobStore, afterKill: Bool
  ) async throws(BrokenPromise) {
    do throws(BlobError) {
      let found = try await store.verify()
      guard found.missing.isEmpty, found.miscounted == 0, found.strays.isEmpty,
        found.bytes == store.bytes
      else { throw BlobError(.damaged, "the store is not sound: \(found)") }
      guard found.damaged.isEmpty || standing.values.contains(where: { $0 == .damaged }) else {
        throw BlobError(.damaged, "chunks are damaged: \(found.damaged)")
      }
      var here: Set<BlobID> = []
      for (id, _) in try await store.blobs(limit: 10_000) { here.insert(id) }
      for number in standing.keys.sorted() {
        try await check(number, here, store)
      }
      let expected = Set(known.values.map(\.manifest.id))
      guard here.isSubset(of: expected) else {
        throw BlobError(.damaged, "a file is there that was removed, or never added")
      }
      try await checkFetch(store, afterKill: afterKill)
      note(9, here.count, "\(here.count) files are there and whole")
    } catch {
      if disk.hasCrashed { return }
      throw BrokenPromise(error.message)
    }
  }

  private mutating func check(
    _ number: Int, _ here: Set<BlobID>, _ store: BlobStore
  ) async throws(BlobError) {
    guard let blob = known[number], let was = standing[number] else { return }
    let isHere = here.contains(blob.manifest.id)
    switch (was, isHere) {
    case (.there, false):
      throw BlobError(.notFound, "file \(number) was acknowledged and is lost")
    case (.doubtful, false):
      forget(number)
      return
    case (.damaged, false):
      // A repair had begun when the power failed.
      return
    case (.there, true), (.doubtful, true), (.damaged, true): break
    }
    do throws(BlobError) {
      for (place, chunk) in blob.manifest.chunks.enumerated() {
        guard try await store.chunk(chunk) == blob.chunks[place] else {
          throw BlobError(.notFound, "file \(number) is served without chunk \(place)")
        }
      }
      if was == .doubtful { stand(number) }
    } catch {
      guard error.code == .damaged, has(victim, blob) else { throw error }
      standing[number] = .damaged
    }
  }

  private mutating func checkFetch(
    _ store: BlobStore, afterKill: Bool
  ) async throws(BlobError) {
    guard var fetch, standing[fetch.blob.number] == nil else { return }
    let map = try await store.map(of: fetch.blob.manifest.id)?.1
    for chunk in fetch.saved.sorted() where map?[chunk] != true {
      throw BlobError(.notFound, "a fetch has lost chunk \(chunk), which was on the disk")
    }
    let lost = fetch.kept.filter { map?[$0] != true }
      .reduce(0) { $0 + fetch.blob.manifest.length(of: $1) }
    if afterKill {
      repeated = max(repeated, lost)
      guard lost <= 1 << 20 else {
        throw BlobError(.notFound, "after a kill a fetch repeats \(lost) bytes")
      }
    }
    fetch.saved = Set((map.map { map in (0..<map.count).filter { map[$0] } }) ?? [])
    fetch.kept = []
    self.fetch = fetch
  }

  /// At the end nothing is left of anything.
  private mutating func empty(_ store: BlobStore) async throws(BrokenPromise) {
    do throws(BlobError) {
      for blob in known.values.sorted(by: { $0.number < $1.number }) {
        try await store.remove(blob.manifest.id)
      }
      for id in begun { try await store.remove(id) }
      try await store.collect()
      let left = try await store.verify()
      guard left.chunks == 0, store.bytes == 0, left.isSound else {
        throw BlobError(.failed, "\(left.chunks) chunks are left of nothing")
      }
    } catch {
      throw BrokenPromise("emptying failed: \(error)")
    }
  }

  /// It is there, and as sound as its chunks are.
  mutating func stand(_ number: Int) {
    guard let blob = known[number] else { return }
    standing[number] = has(victim, blob) ? .damaged : .there
  }

  func has(_ chunk: Digest?, _ blob: Blob) -> Bool {
    chunk.map { blob.manifest.chunks.contains($0) } ?? false
  }

  mutating func forget(_ number: Int) {
    known[number] = nil
    standing[number] = nil
  }

  mutating func note(_ kind: Int, _ detail: Int, _ text: String) {
    steps.append(DiskStoryStep(kind: kind, change: disk.changes, detail: detail, text: text))
  }
}
