import IO
import Primitives
import Security
import Simulation
import Store
import Testing

@testable import Blobs

struct BlobKeepingTests {
  // MARK: - Reading

  @Test(
    arguments: [
      0..<0, 0..<1, 5..<5, 1_048_575..<1_048_577, 1_048_576..<2_097_152, 0..<3_145_735,
      3_145_734..<9_000_000, 8_000_000..<9_000_000,
    ] as [Range<Int64>])
  func `a range of a blob is read as it was written`(range: Range<Int64>) async throws {
    let kept = try await KeptBlobs()
    let bytes = KeptBlobs.bytes(3 << 20 | 7, 1)
    let manifest = try await kept.add(bytes)
    let inside = range.clamped(to: 0..<manifest.size)
    #expect(
      try await kept.read(manifest, range)
        == Array(bytes[Int(inside.lowerBound)..<Int(inside.upperBound)]))
    #expect(try await kept.read(manifest) == bytes)
  }

  @Test func `who reads gets an error in place of a byte that has changed`() async throws {
    let kept = try await KeptBlobs()
    let manifest = try await kept.add(KeptBlobs.bytes(2 << 20, 1))
    try await kept.damagePacks()
    let error = await #expect(throws: BlobError.self) { try await kept.read(manifest) }
    #expect(error?.code == .damaged)
    #expect(try await kept.store.raw(manifest.chunks[0])?.count == 1 << 20)
    #expect(try await kept.read(manifest, 1 << 20..<2 << 20).count == 1 << 20)
  }

  // MARK: - Pins and quotas

  @Test func `beyond the quota the least recently used goes, and pins stay`() async throws {
    let kept = try await KeptBlobs()
    kept.store.quota.node = 35_000
    var blobs: [Manifest] = []
    for number in 0..<3 {
      kept.setTime(Int64(number))
      blobs.append(try await kept.add(KeptBlobs.bytes(10_000, number)))
    }
    try await kept.store.pin(blobs[0].id, "me")
    kept.setTime(10)
    #expect(try await kept.read(blobs[1]).count == 10_000)
    let next = try await kept.add(KeptBlobs.bytes(10_000, 3))
    #expect(
      try await kept.areHere(blobs[0], blobs[1], blobs[2], next) == [true, true, false, true])
    #expect(kept.store.bytes == 30_000)
  }

  @Test func `a quota that is lowered makes room at once, and pins stay`() async throws {
    let kept = try await KeptBlobs()
    var blobs: [Manifest] = []
    for number in 0..<4 {
      kept.setTime(Int64(number))
      blobs.append(try await kept.add(KeptBlobs.bytes(10_000, number)))
    }
    try await kept.store.pin(blobs[0].id, "me")
    var quota = BlobStore.Quota()
    quota.node = 25_000
    try await kept.store.limit(to: quota)
    #expect(
      try await kept.areHere(blobs[0], blobs[1], blobs[2], blobs[3]) == [
        true, false, false, true,
      ])
    #expect(kept.store.bytes == 20_000)
    quota.node = 0
    try await kept.store.limit(to: quota)
    #expect(kept.store.bytes == 10_000 && kept.store.quota == quota)
  }

  @Test func `what is pinned is not given up for what is new`() async throws {
    let kept = try await KeptBlobs()
    kept.store.quota.node = 25_000
    let first = try await kept.add(KeptBlobs.bytes(20_000, 1))
    try await kept.store.pin(first.id, "me")
    let error = await #expect(throws: BlobError.self) {
      try await kept.add(KeptBlobs.bytes(10_000, 2))
    }
    #expect(error?.code == .full)
    #expect(try await kept.areHere(first) == [true])
    #expect(try await kept.store.unpin(first.id, "me"))
    try await kept.add(KeptBlobs.bytes(10_000, 2))
    #expect(try await kept.areHere(first) == [false])
    #expect(kept.store.bytes == 10_000)
  }

  @Test func `an owner has a bound that others do not feel`() async throws {
    let kept = try await KeptBlobs()
    kept.store.quota.owners["a"] = 25_000
    kept.setTime(1)
    let first = try await kept.add(KeptBlobs.bytes(20_000, 1), owner: "a")
    let other = try await kept.add(KeptBlobs.bytes(90_000, 2), owner: "b")
    let again = try await kept.add(KeptBlobs.bytes(20_000, 1), owner: "a")
    #expect(again == first)
    let second = try await kept.add(KeptBlobs.bytes(10_000, 3), owner: "a")
    #expect(try await kept.areHere(first, second, other) == [false, true, true])
    #expect(try await kept.store.usage().owners == ["a": 10_000, "b": 90_000])
    let error = await #expect(throws: BlobError.self) {
      try await kept.add(KeptBlobs.bytes(26_000, 4), owner: "a")
    }
    #expect(error?.code == .full)
  }

  @Test func `copies for an owner are counted, and refused beyond the bound`() async throws {
    let kept = try await KeptBlobs()
    kept.store.quota.owner = 25_000
    let first = try await kept.add(KeptBlobs.bytes(20_000, 1))
    let second = try await kept.add(KeptBlobs.bytes(10_000, 2))
    for blob in [first, second] { try await kept.store.pin(blob.id, "share:of a") }
    try await kept.store.makeRoom(for: first.id, first.size, of: "a")
    try await kept.store.give(first.id, first.size, to: "a")
    try await kept.store.makeRoom(for: first.id, first.size, of: "a")
    let full = await #expect(throws: BlobError.self) {
      try await kept.store.makeRoom(for: second.id, second.size, of: "a")
    }
    let refused = await #expect(throws: BlobError.self) {
      try await kept.store.give(second.id, second.size, to: "a")
    }
    #expect(full?.code == .full && refused?.code == .full)
    #expect(try await kept.store.usage().owners == ["a": 20_000])
  }

  @Test func `pins of a kind end but for those that are named`() async throws {
    let kept = try await KeptBlobs()
    let blob = try await kept.add(KeptBlobs.bytes(5_000, 1))
    for who in ["share:1", "share:2", "user"] { try await kept.store.pin(blob.id, who) }
    try await kept.store.unpinAll(
      of: "share:", but: [BlobStore.Pin(blob: blob.id, who: "share:2")])
    #expect(try await kept.store.pins(of: blob.id) == ["share:2", "user"])
  }

  @Test func `a blob of two owners stays until both let go, and a pinned one is refused`()
    async throws
  {
    let kept = try await KeptBlobs()
    let blob = try await kept.add(KeptBlobs.bytes(5_000, 1), owner: "a")
    try await kept.add(KeptBlobs.bytes(5_000, 1), owner: "b")
    try await kept.store.pin(blob.id, "c")
    let error = await #expect(throws: BlobError.self) { try await kept.store.remove(blob.id) }
    #expect(error?.code == .refused)
    try await kept.store.remove(blob.id, of: "a")
    try await kept.store.unpin(blob.id, "c")
    #expect(try await kept.areHere(blob) == [true])
    try await kept.store.remove(blob.id, of: "b")
    #expect(try await kept.areHere(blob) == [false])
  }

  // MARK: - Folders

  @Test func `what is in a folder stays as long as the folder does`() async throws {
    let kept = try await KeptBlobs()
    let alone = try await kept.add(KeptBlobs.bytes(2_000, 1), owner: "a")
    let writer = BlobWriter(kept.store)
    let inside = try await kept.keep(KeptBlobs.bytes(3_000, 2), writer)
    try await writer.enclose([alone, inside])
    let listing = try await kept.keep(KeptBlobs.bytes(500, 3), writer)
    try await writer.sealFolder(listing, size: 5_000)
    await writer.close()
    try await kept.store.remove(inside.id)
    #expect(try await kept.store.evict(to: 5_500) == 5_500)
    #expect(try await kept.areHere(inside, alone) == [true, true])
    try await kept.store.remove(listing.id)
    #expect(try await kept.areHere(inside, alone) == [false, true])
    #expect(try await kept.store.collect().bytes == 3_500)
  }

  @Test func `a folder that was never sealed leaves nothing`() async throws {
    let kept = try await KeptBlobs()
    let writer = BlobWriter(kept.store)
    let inside = try await kept.keep(KeptBlobs.bytes(3_000, 2), writer)
    try await writer.enclose([inside])
    #expect(try await kept.areHere(inside) == [true])
    // The process ends here.
    let next = BlobStore(
      kept.database, disk: kept.disk, folder: "/blobs", limits: kept.store.limits)
    try await next.open()
    #expect(try await next.manifest(of: inside.id) == nil)
    #expect(try await next.collect().bytes == 3_000)
    await writer.close()
  }

  // MARK: - Damage

  @Test func `damage is found, and fetching anew mends it`() async throws {
    let kept = try await KeptBlobs()
    let bytes = KeptBlobs.bytes(2 << 20 | 50_000, 1)
    let (blob, other) = (
      try await kept.add(bytes), try await kept.add(KeptBlobs.bytes(1_000, 2))
    )
    #expect(try await kept.store.verify().isSound)
    try await kept.damagePacks()
    _ = try await kept.disk.open("/blobs/stray", .creating(mode: 0o600))
    var seen: [BlobStore.VerifyProgress] = []
    let found = try await kept.store.verify { seen.append($0) }
    #expect(found.damaged == [blob.chunks[0]] && found.strays == ["stray"])
    #expect(seen.count == 4 && seen.last?.bytes == kept.store.bytes)
    #expect(try await kept.store.mend(found) == [.init(id: blob.id, chunks: [0])])
    #expect(try await kept.store.map(of: blob.id)?.1.missing == [0])
    #expect(try await kept.areHere(blob, other) == [false, true])
    #expect(try await kept.store.collect().chunks == 0)
    #expect(try await kept.add(bytes) == blob)
    #expect(try await kept.read(blob) == bytes)
    #expect(try await kept.store.verify().isSound)
    #expect(try await kept.store.damages(limit: 9).isEmpty)
  }

  @Test func `lost rows and wrong counts are found`() async throws {
    let kept = try await KeptBlobs()
    let blob = try await kept.add(KeptBlobs.bytes(2 << 20, 1))
    let other = try await kept.add(KeptBlobs.bytes(900, 2))
    try await kept.database.write { session in
      try session.execute(
        "DELETE FROM blob_chunks WHERE digest = $1", [.blob(blob.chunks[1].bytes)])
      try session.execute(
        "UPDATE blob_chunks SET uses = 7 WHERE digest = $1", [.blob(other.chunks[0].bytes)])
    }
    let found = try await kept.store.verify()
    #expect(found.missing == [blob.chunks[1]] && found.miscounted == 1)
    #expect(try await kept.store.mend(found) == [.init(id: blob.id, chunks: [1])])
    try await kept.store.remove(other.id)
    #expect(try await kept.store.collect().bytes == 900)
  }

  @Test func `after a sync that failed nothing counts as written`() async throws {
    let kept = try await KeptBlobs()
    let writer = BlobWriter(kept.store)
    let bytes = KeptBlobs.bytes(1 << 20, 1)
    let manifest = try await kept.keep(bytes, writer)
    kept.disk.change { $0.errors = 1 }
    await #expect(throws: BlobError.self) { try await writer.seal([manifest]) }
    kept.disk.change { $0.errors = 0 }
    // The next sync would succeed, and the bytes are not on the disk.
    await #expect(throws: BlobError.self) { try await writer.seal([manifest]) }
    #expect(try await !writer.has(manifest.chunks[0]))
    #expect(try await kept.keep(bytes, writer) == manifest)
    try await writer.seal([manifest])
    await writer.close()
    #expect(try await kept.read(manifest) == bytes)
    #expect(try await kept.store.collect().packs == 1)
  }

  // MARK: - Room

  @Test func `what is removed gives its room back, also amid others`() async throws {
    let kept = try await KeptBlobs()
    let writer = BlobWriter(kept.store)
    var blobs: [Manifest] = []
    for number in 0..<4 {
      blobs.append(try await kept.keep(KeptBlobs.bytes(1 << 20, number * 10), writer))
    }
    try await writer.seal(blobs)
    await writer.close()
    kept.disk.change { $0.capacity = 5 << 20 }
    await #expect(throws: BlobError.self) { try await kept.add(KeptBlobs.bytes(2 << 20, 77)) }
    try await kept.store.remove(blobs[1].id)
    #expect(try await kept.store.collect().bytes >= 1 << 20)
    let added = try await kept.add(KeptBlobs.bytes(2 << 20, 77))
    for blob in [blobs[0], blobs[2], blobs[3], added] {
      #expect(try await kept.read(blob).count == Int(blob.size))
    }
  }

  @Test func `two who keep the same chunk at once leave one of it`() async throws {
    let kept = try await KeptBlobs()
    let bytes = KeptBlobs.bytes(50_000, 1)
    let writers = (BlobWriter(kept.store), BlobWriter(kept.store))
    let manifest = try await kept.keep(bytes, writers.0)
    #expect(try await kept.keep(bytes, writers.1) == manifest)
    try await writers.1.seal([manifest])
    try await writers.0.seal([manifest])
    await writers.0.close()
    await writers.1.close()
    #expect(kept.store.bytes == 50_000)
    #expect(try await kept.disk.list("/blobs", limit: 9).count == 2)
    #expect(try await kept.store.collect().packs == 1)
    #expect(try await kept.read(manifest) == bytes)
    #expect(try await kept.store.verify().isSound)
  }

  @Test func `a collect passes over what is leased`() async throws {
    let kept = try await KeptBlobs { $0.batch = 2 }
    let writer = BlobWriter(kept.store)
    var digests: [Digest] = []
    for number in 0..<20 {
      let bytes = KeptBlobs.bytes(100, number)
      digests.append(Digest.sha256(of: bytes))
      try await writer.keep(bytes, digests[number])
    }
    try await writer.checkpoint()
    let other = BlobWriter(kept.store)
    let held = digests.sorted().prefix(10)
    #expect(try await other.found(Array(held)).count == 10)
    await writer.close()
    #expect(try await kept.store.collect().chunks == 10)
    await other.close()
    #expect(try await kept.store.collect().chunks == 10)
    #expect(kept.store.bytes == 0)
  }
}
