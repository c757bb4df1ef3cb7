import IO
import Primitives
import Security
import Simulation
import Store

@testable import Blobs

/// A store on a disk in memory, with a clock that moves when it is told to.
final class KeptBlobs: Sendable {
  let disk = SimulatedDisk(seed: 1)
  /// Through which the store sees the disk.
  let hooks: HookedDisk
  let database: MemoryDatabase
  let store: BlobStore
  private let time = HandMovedClock()

  init(_ change: (inout BlobStore.Limits) -> Void = { _ in }) async throws {
    database = try MemoryDatabase()
    try await database.migrate([BlobSchema.schema], at: WallTime(nanoseconds: 0))
    var limits = BlobStore.Limits()
    limits.rowBytes = 1_000
    limits.alignment = 4_096
    change(&limits)
    let time = time
    hooks = HookedDisk(disk)
    store = BlobStore(
      database, disk: hooks, folder: "/blobs", limits: limits,
      clock: { WallTime(nanoseconds: time.now) })
    try await store.open()
  }

  func setTime(_ now: Int64) { time.set(now) }

  static func bytes(_ count: Int, _ seed: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: seed), count: count)
    for place in stride(from: 0, to: count, by: Manifest.chunkSize) {
      bytes[place] = UInt8(truncatingIfNeeded: place >> 20 + seed + 1)
    }
    return bytes
  }

  @discardableResult
  func add(_ bytes: [UInt8], owner: String? = nil) async throws -> Manifest {
    let writer = BlobWriter(store, owner: owner)
    do {
      let manifest = try await keep(bytes, writer)
      try await writer.seal([manifest])
      await writer.close()
      return manifest
    } catch {
      await writer.close()
      throw error
    }
  }

  func keep(_ bytes: [UInt8], _ writer: BlobWriter) async throws -> Manifest {
    var builder = ManifestBuilder()
    for chunk in try builder.feed(bytes[...]) { try await writer.keep(chunk.bytes, chunk.digest) }
    let (last, manifest) = builder.finish()
    if let last { try await writer.keep(last.bytes, last.digest) }
    return manifest
  }

  func read(_ manifest: Manifest, _ range: Range<Int64>? = nil) async throws -> [UInt8] {
    var all: [UInt8] = []
    try await store.read(manifest.id, range) { all += $0 }
    return all
  }

  func areHere(_ manifests: Manifest...) async throws -> [Bool] {
    var here: [Bool] = []
    for manifest in manifests { here.append(try await store.manifest(of: manifest.id) != nil) }
    return here
  }

  /// Writes over the first bytes of every pack.
  func damagePacks() async throws {
    for name in try await disk.list("/blobs", limit: 100) {
      try await disk.open("/blobs/\(name)", .writing).write([9, 9, 9], at: 0)
    }
  }
}

private final class HandMovedClock: Sendable {
  private let time = Locked<Int64>(0)
  var now: Int64 { time.withLock { $0 } }
  func set(_ now: Int64) { time.withLock { $0 = now } }
}
