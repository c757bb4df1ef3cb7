import IO
import Primitives
import Store
import Testing

@testable import Blobs

/// Files that are written while they come.
struct FileFollowingTests {
  private static let chunk = Manifest.chunkSize

  private let folder: TemporaryFolder
  private let here: TestStore

  init() async throws {
    folder = try TemporaryFolder()
    here = try await TestStore()
  }

  /// Chunks of zeros, equal ones, and a short one at the end.
  private static let bytes: [UInt8] = {
    var bytes = content(7 * chunk + 77)
    bytes.replaceSubrange(chunk..<2 * chunk, with: [UInt8](repeating: 0, count: chunk))
    bytes.replaceSubrange(4 * chunk..<5 * chunk, with: bytes[..<chunk])
    return bytes
  }()

  @Test(arguments: [(step: 1, reads: 0), (2, 4), (100, 6)])
  func `what passed by while it came is not read again`(step: Int, reads: Int) async throws {
    let (chunks, manifest) = try cut(Self.bytes)
    let read = Locked(0)
    here.hooks.ask { if case .read = $0 { read.withLock { $0 += 1 } } }
    let bring: TreeWriter.Bringing = { [store = here.store] tap throws(BlobError) in
      let writer = BlobWriter(store)
      try await writer.begin(manifest)
      for (place, chunk) in chunks.enumerated() {
        let bytes = PageBuffer(chunk.bytes)
        try await writer.keep(bytes, chunk.digest)
        if (place + 1).isMultiple(of: step) { tap.offer(chunk.digest, bytes) }
      }
      try await writer.seal([manifest])
      await writer.close()
    }
    try await TreeWriter(here.store).write(manifest.id, to: folder.file("out"), bring: bring)
    #expect(try await RealDisk().read(folder.file("out"), limit: 64 << 20) == Self.bytes)
    #expect(read.withLock { $0 } == reads)
  }

  @Test func `a file that does not come leaves nothing behind`() async throws {
    let (chunks, manifest) = try cut(Self.bytes)
    let bring: TreeWriter.Bringing = { [store = here.store] tap throws(BlobError) in
      let writer = BlobWriter(store)
      try await writer.begin(manifest)
      try await writer.keep(chunks[0].bytes, chunks[0].digest)
      tap.offer(chunks[0].digest, PageBuffer(chunks[0].bytes))
      await writer.close()
      throw BlobError(.notFound, "nobody has the others")
    }
    let error = await #expect(throws: BlobError.self) {
      try await TreeWriter(here.store).write(manifest.id, to: folder.file("out"), bring: bring)
    }
    #expect(error?.code == .notFound)
    #expect(try await RealDisk().list(folder.path, limit: 9).isEmpty)
  }

  @Test func `whoever listens to a fetch and does not keep up holds it not up`() async throws {
    let bytes = content(12 * Self.chunk)
    let source = try ScriptedSource(bytes)
    let (tap, deaf) = (FetchTap(), FetchTap())
    try await withFetcher { rig in
      try rig.connect(node(1), source)
      async let heard = Self.digests(tap)
      async let fetching = rig.fetcher.fetch(
        source.manifest.id, from: FetchSources(only: [node(1)]), past: deaf)
      try await rig.fetcher.fetch(
        source.manifest.id, from: FetchSources(only: [node(1)]), past: tap)
      _ = try await fetching
      tap.close()
      deaf.close()
      #expect(await Set(heard).isSubset(of: source.manifest.chunks))
      // Eight have room.
      #expect(await Self.digests(deaf).count == 8)
    }
  }

  /// Of all that runs past it until it is closed.
  private static func digests(_ tap: FetchTap) async -> [Digest] {
    var digests: [Digest] = []
    while let chunk = await tap.take() {
      digests.append(chunk.digest)
      tap.done(chunk)
    }
    return digests
  }
}
