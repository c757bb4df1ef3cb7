import Primitives
import Testing

@testable import Blobs

struct EvictionTests {
  /// Ten files of 9,000 bytes in a folder.
  private func addFolder(_ kept: KeptBlobs, owner: String? = nil) async throws -> Manifest {
    let writer = BlobWriter(kept.store, owner: owner)
    var inside: [Manifest] = []
    for number in 0..<10 {
      inside.append(try await kept.keep(KeptBlobs.bytes(9_000, 100 + number), writer))
    }
    try await writer.enclose(inside)
    let listing = try await kept.keep(KeptBlobs.bytes(500, 3), writer)
    try await writer.sealFolder(listing, size: 90_000)
    await writer.close()
    return listing
  }

  @Test func `a folder that goes gives the room of what was in it`() async throws {
    let kept = try await KeptBlobs()
    kept.store.quota.node = 130_000
    kept.setTime(1)
    let folder = try await addFolder(kept)
    kept.setTime(2)
    let others = (
      try await kept.add(KeptBlobs.bytes(15_000, 1)), try await kept.add(KeptBlobs.bytes(15_000, 2))
    )
    let new = try await kept.add(KeptBlobs.bytes(60_000, 5))
    #expect(try await kept.areHere(folder, others.0, others.1, new) == [false, true, true, true])
    #expect(kept.store.bytes == 90_000)
  }

  @Test func `an owner's folder counts as large as it was counted`() async throws {
    let kept = try await KeptBlobs()
    kept.store.quota.owners["a"] = 130_000
    kept.setTime(1)
    let folder = try await addFolder(kept, owner: "a")
    kept.setTime(2)
    let other = try await kept.add(KeptBlobs.bytes(30_000, 1), owner: "a")
    let new = try await kept.add(KeptBlobs.bytes(60_000, 5), owner: "a")
    #expect(try await kept.areHere(folder, other, new) == [false, true, true])
    #expect(try await kept.store.usage().owners == ["a": 90_000])
  }

  @Test func `what a writer holds does not go, and others do in its place`() async throws {
    let kept = try await KeptBlobs { $0.batch = 2 }
    var blobs: [Manifest] = []
    for number in 0..<7 {
      kept.setTime(Int64(number))
      blobs.append(try await kept.add(KeptBlobs.bytes(10_000, number)))
    }
    let writer = BlobWriter(kept.store)
    writer.hold(blobs.prefix(5).map(\.id))
    #expect(try await kept.store.evict(to: 60_000) == 60_000)
    #expect(try await kept.areHere(blobs[0], blobs[5], blobs[6]) == [true, false, true])
    #expect(try await kept.store.evict(to: 0) == 50_000)
    await writer.close()
    #expect(try await kept.store.evict(to: 0) == 0)
  }
}
