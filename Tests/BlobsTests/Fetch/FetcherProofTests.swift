import Testing

@testable import Blobs

struct FetcherProofTests {
  @Test(arguments: [1, 3 << 20])
  func `who has a blob proves it, and who knows its name does not`(count: Int) async throws {
    let bytes = content(count)
    let (there, other) = (try await TestStore(), try await TestStore())
    try await there.add(bytes)
    try await other.add(content(5, seed: 9))
    try await withFetcher { rig in
      let manifest = try await rig.here.add(bytes)
      try rig.connect(node(1), ChunkService(there.store) { _, _ in true })
      try rig.connect(node(2), ChunkService(other.store) { _, _ in true })
      try rig.connect(node(3), ChunkService(there.store) { _, _ in false })
      #expect(await rig.fetcher.proves(node(1), manifest))
      for stranger: UInt8 in [2, 3, 4] {
        #expect(await !rig.fetcher.proves(node(stranger), manifest))
      }
    }
  }

  @Test func `of nothing there is nothing to prove`() async throws {
    try await withFetcher { rig in
      let manifest = try await rig.here.add([])
      #expect(await rig.fetcher.proves(node(9), manifest))
    }
  }
}
