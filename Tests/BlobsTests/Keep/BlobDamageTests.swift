import Glibc
import IO
import Primitives
import Security
import Simulation
import Store
import Testing

@testable import Blobs

struct BlobDamageTests {
  // MARK: - What is no damage

  @Test(arguments: [
    SystemError(errno: EMFILE, "opening"), SystemError(errno: EACCES, "opening"),
    SystemError(.overloaded, "too many calls wait"), SystemError(errno: EINTR, "reading"),
  ])
  func `what merely cannot be read now is no damage`(failure: SystemError) async throws {
    let kept = try await KeptBlobs()
    let blob = try await kept.add(KeptBlobs.bytes(2 << 20, 1))
    kept.hooks.ask { _ throws(SystemError) in throw failure }
    let error = await #expect(throws: BlobError.self) { try await kept.store.verify() }
    #expect(error?.cause as? SystemError == failure)
    // Found before it began to fail.
    let found = BlobStore.Verified(damaged: blob.chunks)
    await #expect(throws: BlobError.self) { try await kept.store.mend(found) }
    kept.hooks.ask(nil)
    #expect(try await kept.store.verify().isSound)
    #expect(try await kept.areHere(blob) == [true])
  }

  @Test(arguments: [true, false])
  func `a disk that is not mounted has lost nothing`(isFolderThere: Bool) async throws {
    let kept = try await KeptBlobs { $0.packBytes = 1 << 20 }
    let blob = try await kept.add(KeptBlobs.bytes(3 << 20, 1))
    try await kept.damagePacks()
    let found = try await kept.store.verify()
    #expect(found.damaged.count == 3)
    for name in try await kept.disk.list("/blobs", limit: 9) {
      try await kept.disk.remove("/blobs/\(name)")
    }
    if !isFolderThere { try await kept.disk.remove("/blobs") }
    let next = BlobStore(kept.database, disk: kept.disk, folder: "/blobs")
    let verifying = await #expect(throws: BlobError.self) { try await next.verify() }
    #expect(verifying?.code == .failed)
    await #expect(throws: BlobError.self) { try await next.mend(found) }
    #expect(try await kept.areHere(blob) == [true])
    #expect(try await next.collect() == BlobStore.Collected())
  }

  @Test func `what can be read again is not given up`() async throws {
    let kept = try await KeptBlobs()
    let bytes = KeptBlobs.bytes(2 << 20, 1)
    let blob = try await kept.add(bytes)
    kept.hooks.ask { step throws(SystemError) in
      if case .read(let path) = step { throw SystemError(errno: EIO, "reading \(path)") }
    }
    let found = try await kept.store.verify()
    #expect(found.damaged == blob.chunks.sorted())
    kept.hooks.ask(nil)
    #expect(try await kept.store.mend(found) == [])
    #expect(try await kept.read(blob) == bytes)
  }

  // MARK: - What is

  @Test func `a pack that is lost is damage, and others stay`() async throws {
    let kept = try await KeptBlobs { $0.packBytes = 1 << 20 }
    let (lost, other) = (
      try await kept.add(KeptBlobs.bytes(1 << 20, 1)), try await kept.add(KeptBlobs.bytes(5_000, 2))
    )
    let name = try #require(try await kept.disk.list("/blobs", limit: 9).first)
    try await kept.disk.remove("/blobs/\(name)")
    let found = try await kept.store.verify()
    #expect(found.damaged == lost.chunks)
    #expect(try await kept.store.mend(found) == [.init(id: lost.id, chunks: [0])])
    #expect(try await kept.areHere(lost, other) == [false, true])
    #expect(try await kept.store.verify().isSound)
  }

  // MARK: - After a crash

  @Test func `a chunk that is about to be wiped is not named again`() async throws {
    let kept = try await KeptBlobs()
    let bytes = KeptBlobs.bytes(2 << 20, 1)
    let writer = BlobWriter(kept.store)
    var builder = ManifestBuilder()
    let chunks = try builder.feed(bytes[...])
    let manifest = builder.finish().manifest
    try await writer.begin(manifest)
    for chunk in chunks { try await writer.keep(chunk.bytes, chunk.digest) }
    // Another writer has named the first one elsewhere, where it is gone since.
    try await kept.database.write { session in
      try session.execute(
        "INSERT INTO blob_holes (pack, place, length) VALUES (1, 0, $1)", [.integer(1 << 20)])
    }
    // The process ends here.
    let next = BlobStore(
      kept.database, disk: kept.disk, folder: "/blobs", limits: kept.store.limits)
    try await next.open()
    #expect(try await next.held(manifest.chunks).missing == [0])
    try await next.collect()
    #expect(try await next.verify().isSound)
    await writer.close()
  }
}
