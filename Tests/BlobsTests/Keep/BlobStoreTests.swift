import IO
import Primitives
import Security
import Simulation
import Store
import Testing

@testable import Blobs

struct BlobStoreTests {
  private let disk = SimulatedDisk(seed: 1)
  private let database: MemoryDatabase
  private let store: BlobStore

  init() async throws {
    database = try MemoryDatabase()
    try await database.migrate([BlobSchema.schema], at: WallTime(nanoseconds: 0))
    var limits = BlobStore.Limits()
    limits.packBytes = 3 << 20
    store = BlobStore(database, disk: disk, folder: "/blobs", limits: limits)
    try await disk.makeFolders("/blobs", mode: 0o700)
    try await store.open()
  }

  private func bytes(_ count: Int, seed: Int = 0) -> [UInt8] {
    // A chunk differs from others in its first bytes alone: filling all of them takes long.
    var bytes = [UInt8](repeating: UInt8(seed), count: count)
    for place in stride(from: 0, to: count, by: Manifest.chunkSize) {
      bytes[place] = UInt8(place >> 20 + 1)
    }
    return bytes
  }

  private func add(_ bytes: [UInt8]) async throws -> Manifest {
    let writer = BlobWriter(store)
    var builder = ManifestBuilder()
    for chunk in try builder.feed(bytes[...]) { try await writer.keep(chunk.bytes, chunk.digest) }
    let (last, manifest) = builder.finish()
    if let last { try await writer.keep(last.bytes, last.digest) }
    try await writer.seal([manifest])
    await writer.close()
    return manifest
  }

  private func read(_ manifest: Manifest) async throws -> [UInt8] {
    var all: [UInt8] = []
    for digest in manifest.chunks { all += try await store.chunk(digest) ?? [] }
    return all
  }

  private func packs() async throws -> Int { try await disk.list("/blobs", limit: 100).count }

  @Test(arguments: [
    (0, 0), (1, 0), (64 << 10, 0), (64 << 10 | 1, 1), (1 << 20, 1), (3 << 20 | 7, 1), (5 << 20, 2),
  ])
  func `what was added is read again`(count: Int, inPacks: Int) async throws {
    let content = bytes(count)
    let manifest = try await add(content)
    #expect(try await store.manifest(of: manifest.id) == manifest)
    #expect(try await read(manifest) == content)
    #expect(try await store.blobs(limit: 9).map(\.id) == [manifest.id])
    #expect(try await packs() == inPacks)
  }

  @Test func `equal chunks are kept once, and stay as long as one blob has them`() async throws {
    let shared = bytes(2 << 20)
    let first = try await add(shared + bytes(70_000, seed: 1))
    let changes = disk.changes
    let again = try await add(shared + bytes(70_000, seed: 1))
    #expect(again == first && disk.changes == changes)
    let second = try await add(shared + bytes(100, seed: 2))
    #expect(try await packs() == 1)
    #expect(try await store.remove(first.id))
    #expect(try await store.remove(first.id) == false)
    #expect(try await store.collect() == BlobStore.Collected(chunks: 1, bytes: 70_000, packs: 0))
    #expect(try await read(second) == shared + bytes(100, seed: 2))
    try await store.remove(second.id)
    let rest = try await store.collect()
    #expect(rest.chunks == 3 && rest.packs == 1)
    #expect(try await packs() == 0)
  }

  @Test func `a chunk that a writer found does not go away under it`() async throws {
    let content = bytes(1 << 20)
    let manifest = try await add(content)
    let writer = BlobWriter(store)
    #expect(try await writer.has(manifest.chunks[0]))
    try await store.remove(manifest.id)
    #expect(try await store.collect().chunks == 0)
    try await writer.seal([manifest])
    await writer.close()
    #expect(try await store.collect().chunks == 0)
    #expect(try await read(manifest) == content)
  }

  @Test func `what was never sealed goes`() async throws {
    let writer = BlobWriter(store)
    let content = bytes(1 << 20)
    try await writer.keep(content, Digest.sha256(of: content))
    try await writer.checkpoint()
    #expect(try await store.collect().chunks == 0)
    await writer.close()
    #expect(try await store.collect() == .init(chunks: 1, bytes: 1 << 20, packs: 1))
  }

  @Test func `a byte that changed on the disk is not given to anybody`() async throws {
    let manifest = try await add(bytes(1 << 20))
    let name = try #require(try await disk.list("/blobs", limit: 9).first)
    let file = try await disk.open("/blobs/\(name)", .writing)
    try await file.write([1, 2, 3], at: 77)
    await #expect(throws: BlobError.self) { try await store.chunk(manifest.chunks[0]) }
  }

  @Test func `a full disk loses nothing that was there`() async throws {
    let content = bytes(1 << 20)
    let manifest = try await add(content)
    disk.change { $0.capacity = 2 << 20 }
    let error = await #expect(throws: BlobError.self) { try await add(bytes(4 << 20, seed: 3)) }
    #expect(error?.code == .full)
    #expect(try await store.collect().bytes >= 0)
    #expect(try await read(manifest) == content)
    disk.change { $0.capacity = .max }
    #expect(try await read(try await add(bytes(4 << 20, seed: 3))).count == 4 << 20)
  }

  @Test func `after a crash a fetch goes on with what had come`() async throws {
    let content = bytes(5 << 20)
    var builder = ManifestBuilder()
    let chunks = try builder.feed(content[...])
    let manifest = builder.finish().manifest
    let writer = BlobWriter(store)
    try await writer.begin(manifest)
    for chunk in chunks.prefix(3) { try await writer.keep(chunk.bytes, chunk.digest) }
    // The process ends: what it wrote is in its files, and nothing was committed.
    let next = BlobStore(database, disk: disk, folder: "/blobs")
    try await next.open()
    #expect(try await next.partial(of: manifest.id) == manifest)
    #expect(try await next.held(manifest.chunks).missing == [3, 4])
    #expect(try await next.collect().chunks == 0)
    #expect(try await next.manifest(of: manifest.id) == nil)
  }
}
