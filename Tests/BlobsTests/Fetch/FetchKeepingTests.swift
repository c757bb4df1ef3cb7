import Calls
import HTTP
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

  @Test func `who comes while a fetch is being made durable needs no source`() async throws {
    let bytes = content(3 * Self.chunk)
    let source = try ScriptedSource(bytes)
    try await withFetcher { rig in
      let (arrived, release) = (Gate(), Gate())
      rig.here.hooks.ask { step in
        guard case .sync = step else { return }
        arrived.open()
        await release.wait()
      }
      try rig.connect(node(1), source)
      let (fetcher, id) = (rig.fetcher, source.manifest.id)
      async let one = fetcher.fetch(id, from: FetchSources(only: [node(1)]))
      await arrived.wait()
      async let two = fetcher.fetch(id, from: FetchSources(only: []))
      // Until the second one waits for the first.
      for _ in 0..<200 { await rig.loop.yieldTurn() }
      release.open()
      #expect(try await one == source.manifest)
      #expect(try await two == source.manifest)
    }
  }

  @Test func `of a source no more than two chunks are lost when the process is killed`()
    async throws
  {
    let bytes = content(12 * Self.chunk)
    let pieces = Locked(0)
    let source = try ScriptedSource(bytes) { reply in
      if reply.content == .chunk { pieces.withLock { $0 += 1 } }
      return [reply]
    }
    let kept = 5
    try await withFetcher { rig in
      let begun = Locked(0)
      let release = Gate()
      // The disk takes some writes, and the others once it is told.
      rig.here.hooks.ask { step in
        guard case .write = step else { return }
        let number = begun.withLock { begun in
          begun += 1
          return begun
        }
        if number > kept { await release.wait() }
      }
      var limits = ServerLimits()
      limits.streamWindow = 64 << 10
      try rig.connect(node(1), source, limits: limits)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: rig.loop) {
          try await rig.fetcher.fetch(source.manifest.id, from: FetchSources(only: [node(1)]))
        }
        // Until one chunk is held by the disk, and the one behind it has come.
        while begun.withLock({ $0 }) <= kept || pieces.withLock({ $0 }) < 4 * (kept + 2) {
          await rig.loop.yieldTurn()
        }
        for _ in 0..<1_000 { await rig.loop.yieldTurn() }
        // Of four pieces a chunk; three more may be on their way.
        #expect(pieces.withLock { $0 } <= 4 * (kept + 2) + 3)
        let found = try await rig.here.reopened().held(source.manifest.chunks)
        #expect(found.held == kept)
        release.open()
        try await group.waitForAll()
      }
      #expect(try await rig.here.bytes(of: source.manifest.id) == bytes)
    }
  }

  // MARK: - Hope

  private static var shortOfHope: Fetcher.Limits {
    var limits = Fetcher.Limits()
    limits.hope = .seconds(60)
    limits.tick = .milliseconds(1)
    return limits
  }

  @Test func `a fetch that waited long for its turn begins with hope`() async throws {
    var limits = Self.shortOfHope
    limits.courses = 1
    let (one, two) = (
      try ScriptedSource(content(Self.chunk)), try ScriptedSource(content(Self.chunk, seed: 2))
    )
    try await withFetcher(limits: limits) { rig in
      let (arrived, release) = (Gate(), Gate())
      rig.here.hooks.ask { step in
        guard case .sync = step else { return }
        arrived.open()
        await release.wait()
      }
      try rig.connect(node(1), one)
      try rig.connect(node(2), two)
      let fetcher = rig.fetcher
      async let first = fetcher.fetch(one.manifest.id, from: FetchSources(only: [node(1)]))
      await arrived.wait()
      async let second = fetcher.fetch(two.manifest.id, from: FetchSources(only: [node(2)]))
      rig.clock.push(by: .seconds(70))
      release.open()
      #expect(try await first == one.manifest)
      #expect(try await second == two.manifest)
    }
  }

  @Test func `a disk that is slow for long is waited for`() async throws {
    let source = try ScriptedSource(content(12 * Self.chunk))
    try await withFetcher(limits: Self.shortOfHope) { rig in
      let (arrived, release) = (Gate(), Gate())
      rig.here.hooks.ask { step in
        guard case .write = step else { return }
        arrived.open()
        await release.wait()
      }
      try rig.connect(node(1), source)
      let fetcher = rig.fetcher
      async let fetching = fetcher.fetch(
        source.manifest.id, from: FetchSources(only: [node(1)]))
      await arrived.wait()
      await rig.clock.pushAndShow(.seconds(70), on: rig.loop)
      release.open()
      #expect(try await fetching == source.manifest)
    }
  }

  /// Sends its manifest in as many parts; `before` each.
  private func trickler(
    _ bytes: [UInt8], parts: Int, sent: Tally, before: @escaping @Sendable () async -> Void
  ) throws -> ScriptedSource {
    try ScriptedSource(bytes) { reply in
      guard reply.content == .manifest else { return [reply] }
      let size = (reply.bytes.count + parts - 1) / parts
      return stride(from: 0, to: reply.bytes.count, by: size).map { start in
        var part = reply
        part.offset = UInt32(start)
        part.bytes = Array(reply.bytes[start..<min(start + size, reply.bytes.count)])
        return part
      }
    } before: { reply in
      guard reply.content == .manifest else { return }
      await before()
      sent.count.withLock { $0 += 1 }
    }
  }

  @Test func `a manifest that takes longer than hope comes all the same`() async throws {
    let bytes = content(20 * Self.chunk)
    let sent = Tally()
    var limits = Self.shortOfHope
    limits.manifestRate = 1
    try await withFetcher(limits: limits) { rig in
      let (clock, loop) = (rig.clock, rig.loop)
      // Together longer than hope.
      let source = try trickler(bytes, parts: 9, sent: sent) {
        await clock.pushAndShow(.seconds(9), on: loop)
      }
      try rig.connect(node(1), source)
      let id = source.manifest.id
      #expect(
        try await rig.fetcher.fetch(id, from: FetchSources(only: [node(1)])) == source.manifest)
      #expect(sent.count.withLock { $0 } == 9)
    }
  }

  @Test func `who trickles a manifest makes way for others`() async throws {
    let bytes = content(40 * Self.chunk)
    let sent = Tally()
    var limits = Self.shortOfHope
    limits.manifestSources = 1
    limits.manifestRate = 1 << 20
    try await withFetcher(limits: limits) { rig in
      let (clock, loop) = (rig.clock, rig.loop)
      let trickler = try trickler(bytes, parts: 1_000, sent: sent) {
        await clock.pushAndShow(.seconds(2), on: loop)
      }
      try rig.connect(node(1), trickler)
      try rig.connect(node(2), try ScriptedSource(bytes))
      let id = trickler.manifest.id
      try await rig.fetcher.fetch(id, from: FetchSources(only: [node(1), node(2)]))
      #expect(sent.count.withLock { $0 } < 50)
      #expect(!rig.hasFaults)
    }
  }
}

private final class Tally: Sendable {
  let count = Locked(0)
}
