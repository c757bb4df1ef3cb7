import Calls
import IO
import Primitives
import Testing

@testable import Blobs

/// What a fetch leaves in the store, and who waits for whom.
struct FetchKeepingTests {
  private static let chunk = Manifest.chunkSize

  @Test func `what a fetch found here stays until it is done`() async throws {
    let (old, new) = (content(5_000, seed: 1), content(6_000, seed: 2))
    let there = try await TestStore(seed: 5)
    let second = try await there.add(new)
    try await withFetcher { rig in
      let first = try await rig.here.add(old)
      let store = rig.here.store
      // Asked once it is known here what is missing.
      let service = ChunkService(there.store) { _, _ in
        do {
          try await store.remove(first.id)
          try await store.collect()
        } catch { Issue.record(error) }
        return true
      }
      try rig.connect(node(1), service)
      try await rig.fetcher.fetch([second, first], from: FetchSources(only: [node(1)]))
      #expect(try await rig.here.bytes(of: first.id) == old)
      #expect(try await rig.here.bytes(of: second.id) == new)
    }
  }

  @Test func `of many small files those that came stay when the others do not`() async throws {
    let there = try await TestStore(seed: 5)
    var manifests: [Manifest] = []
    for number in 0..<9 {
      let bytes = content(100 + number, seed: number)
      manifests.append(number < 6 ? try await there.add(bytes) : try cut(bytes).1)
    }
    try await withFetcher { [manifests] rig in
      try rig.connect(node(1), ChunkService(there.store, mayRead: { _, _ in true }))
      let sources = FetchSources(only: [node(1)])
      let error = await #expect(throws: BlobError.self) {
        try await rig.fetcher.fetch(manifests, from: sources)
      }
      #expect(error?.code == .notFound)
      try await rig.here.store.collect()
      #expect(try await rig.here.chunkCount() == 6)
    }
  }
}
