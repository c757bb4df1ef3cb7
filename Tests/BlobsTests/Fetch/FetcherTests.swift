import Calls
import IO
import Primitives
import Simulation
import Testing

@testable import Blobs

struct FetcherTests {
  private static let chunk = Manifest.chunkSize

  /// Looks often, and gives up a source that says nothing soon.
  private static var hasty: Fetcher.Limits {
    var limits = Fetcher.Limits()
    limits.tick = .milliseconds(5)
    // Longer than a busy machine keeps an honest one from its turn.
    limits.core.patience = .milliseconds(800)
    limits.core.silences = 2
    limits.attempts = 2
    limits.core.lookout = .milliseconds(5)
    limits.pause = .milliseconds(5)
    return limits
  }

  /// A holder that is another node's store.
  private func holder(_ bytes: [UInt8]) async throws -> (ChunkService, Manifest) {
    let there = try await TestStore(seed: 2)
    let manifest = try await there.add(bytes)
    return (ChunkService(there.store, mayRead: { _, _ in true }), manifest)
  }

  @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 5 * chunk + 7])
  func `what one source has is here afterwards`(count: Int) async throws {
    let bytes = content(count)
    let (service, manifest) = try await holder(bytes)
    try await withFetcher { rig in
      try rig.connect(node(1), service)
      let last = Locked<FetchProgress?>(nil)
      let fetched = try await rig.fetcher.fetch(
        manifest.id, from: FetchSources(only: [node(1)])
      ) { progress in last.withLock { $0 = progress } }
      #expect(fetched == manifest)
      #expect(try await rig.here.bytes(of: manifest.id) == bytes)
      #expect(last.withLock { $0?.bytes } == Int64(count))
      // The second time nobody is asked.
      try await rig.fetcher.fetch(manifest.id, from: FetchSources(only: []))
    }
  }

  @Test func `equal chunks are sent once`() async throws {
    let bytes = [UInt8](repeating: 7, count: 9 * Self.chunk)
    let source = try ScriptedSource(bytes)
    try await withFetcher { rig in
      try rig.connect(node(1), source)
      try await rig.fetcher.fetch(source.manifest.id, from: FetchSources(only: [node(1)]))
      #expect(source.sent == [0])
      #expect(try await rig.here.bytes(of: source.manifest.id) == bytes)
    }
  }

  // MARK: - Liars

  /// How a source lies, and what it is told of it. What it says before the lie is true.
  private static let lies: [(String, FetchFault?, ScriptedSource.Script)] = [
    (
      "other bytes", nil,
      { reply in
        var reply = reply
        if reply.content == .chunk { reply.bytes[reply.bytes.count - 1] ^= 1 }
        return [reply]
      }
    ),
    (
      "another chunk", .unasked,
      { reply in
        var reply = reply
        if reply.content == .chunk { reply.number += 1_000 }
        return [reply]
      }
    ),
    ("everything twice", nil, { $0.content == .chunk ? [$0, $0] : [$0] }),
    (
      "endless data", nil,
      { reply in
        if reply.content != .chunk { return [reply] }
        return (0..<64).map { piece in
          var more = reply
          more.offset += UInt32(piece * reply.bytes.count)
          return more
        }
      }
    ),
    (
      "too long a chunk", .wrongLength,
      { reply in
        var reply = reply
        if reply.content == .chunk { reply.bytes += [UInt8](repeating: 0, count: 1 << 20) }
        return [reply]
      }
    ),
    (
      "gaps", .wrongLength,
      { reply in
        var reply = reply
        if reply.content == .chunk, reply.offset > 0 { reply.offset += 1 }
        return [reply]
      }
    ),
    (
      "nothing at all in many messages", .empty,
      { $0.content == .chunk ? [FilesV1.AskReply()] : [$0] }
    ),
    (
      "another size", nil,
      { reply in
        var reply = reply
        if !reply.holdings.isEmpty { reply.holdings[0].size += 1 }
        return [reply]
      }
    ),
    (
      "a size beyond all", .wrongHolding,
      { reply in
        var reply = reply
        if !reply.holdings.isEmpty { reply.holdings[0].size = .max }
        return [reply]
      }
    ),
    (
      "a manifest of other chunks", nil,
      { reply in
        var reply = reply
        if reply.content == .manifest { reply.bytes[20] ^= 1 }
        return [reply]
      }
    ),
    (
      "a map that does not fit", .wrongHolding,
      { reply in
        var reply = reply
        if !reply.holdings.isEmpty {
          reply.holdings[0].state = .some
          reply.holdings[0].map = [1, 2, 3]
        }
        return [reply]
      }
    ),
    ("silence from the start", .silent, { _ in [] }),
    ("silence instead of chunks", .silent, { $0.content == .chunk ? [] : [$0] }),
  ]

  @Test(arguments: lies.indices)
  func `a liar is found out, and all comes right from the other`(lie: Int) async throws {
    let bytes = content(3 * Self.chunk + 99)
    let (_, fault, script) = Self.lies[lie]
    let liar = try ScriptedSource(bytes, script)
    try await withFetcher(limits: Self.hasty) { rig in
      try rig.connect(node(1), liar)
      let sources = FetchSources()
      sources.add(node(1))
      // The honest one comes when the liar is known for what it is.
      async let fetching = rig.fetcher.fetch(liar.manifest.id, from: sources)
      while !rig.hasFaults { await rig.loop.yieldTurn() }
      #expect(try await rig.here.bytes(of: liar.manifest.id) == nil)
      try rig.connect(node(2), try ScriptedSource(bytes))
      sources.add(node(2))
      sources.close()
      _ = try await fetching
      #expect(try await rig.here.bytes(of: liar.manifest.id) == bytes)
      #expect(rig.faults(of: node(2)).isEmpty)
      if let fault { #expect(rig.faults(of: node(1)).first == fault) }
    }
  }

  @Test(arguments: lies.indices)
  func `from a liar alone no byte comes to the disk`(lie: Int) async throws {
    let bytes = content(3 * Self.chunk)
    let liar = try ScriptedSource(bytes, Self.lies[lie].2)
    try await withFetcher(limits: Self.hasty) { rig in
      try rig.connect(node(1), liar)
      let error = await #expect(throws: BlobError.self) {
        try await rig.fetcher.fetch(liar.manifest.id, from: FetchSources(only: [node(1)]))
      }
      #expect(error?.code == .notFound)
      #expect(!rig.faults(of: node(1)).isEmpty)
      // What it sent rightly before the lie may be kept.
      let right = Self.lies[lie].0 == "everything twice" || Self.lies[lie].0 == "endless data"
      #expect(try await rig.here.chunkCount() <= (right ? 1 : 0))
      #expect(try await rig.here.bytes(of: liar.manifest.id) == nil)
    }
  }

  // MARK: - Sources that come and go

  @Test func `a source that dies is replaced, and what it brought stays`() async throws {
    let bytes = content(6 * Self.chunk)
    try await withFetcher(limits: Self.hasty) { rig in
      let dying = try ScriptedSource(bytes) { reply in
        if reply.content == .chunk, reply.number == 3 { await rig.loop.run { rig.cut(node(1)) } }
        return [reply]
      }
      let other = try ScriptedSource(bytes)
      try rig.connect(node(1), dying)
      let sources = FetchSources()
      sources.add(node(1))
      async let fetching = rig.fetcher.fetch(dying.manifest.id, from: sources)
      while !dying.sent.contains(3) { await rig.loop.yieldTurn() }
      try rig.connect(node(2), other)
      sources.add(node(2))
      sources.close()
      _ = try await fetching
      #expect(try await rig.here.bytes(of: dying.manifest.id) == bytes)
      #expect(other.sent.count <= 5 && !rig.hasFaults)
    }
  }

  @Test func `a slow source does not hold the end`() async throws {
    let bytes = content(5 * Self.chunk)
    try await withFetcher { rig in
      let release = Gate()
      // It brings two chunks and then nothing while the fetch lasts.
      let slow = try ScriptedSource(bytes) { reply in
        if reply.content == .chunk, reply.number > 0 { await release.wait() }
        return [reply]
      }
      let fast = try ScriptedSource(bytes)
      try rig.connect(node(1), slow)
      let sources = FetchSources()
      sources.add(node(1))
      async let fetching = rig.fetcher.fetch(slow.manifest.id, from: sources)
      while slow.sent.count < 2 { await rig.loop.yieldTurn() }
      try rig.connect(node(2), fast)
      sources.add(node(2))
      _ = try await fetching
      release.open()
      #expect(try await rig.here.bytes(of: slow.manifest.id) == bytes)
      #expect(Set(fast.sent).count >= 4)
    }
  }

  @Test func `holders of parts make a whole together`() async throws {
    let bytes = content(4 * Self.chunk)
    let even = try await TestStore(seed: 3)
    let odd = try await TestStore(seed: 4)
    let manifest = try await even.begin(bytes, chunks: [0, 2])
    _ = try await odd.begin(bytes, chunks: [1, 3])
    try await withFetcher { rig in
      try rig.connect(node(1), ChunkService(even.store, mayRead: { _, _ in true }))
      try rig.connect(node(2), ChunkService(odd.store, mayRead: { _, _ in true }))
      try await rig.fetcher.fetch(manifest.id, from: FetchSources(only: [node(1), node(2)]))
      #expect(try await rig.here.bytes(of: manifest.id) == bytes)
    }
    try await withFetcher { rig in
      try rig.connect(node(1), ChunkService(even.store, mayRead: { _, _ in true }))
      let error = await #expect(throws: BlobError.self) {
        try await rig.fetcher.fetch(manifest.id, from: FetchSources(only: [node(1)]))
      }
      #expect(error?.code == .notFound)
      #expect(try await rig.here.chunkCount() == 2)
    }
  }

  @Test func `a holder of parts is looked at again when it may have more`() async throws {
    let bytes = content(4 * Self.chunk)
    let growing = try await TestStore(seed: 3)
    let manifest = try await growing.begin(bytes, chunks: [0, 2])
    var limits = Self.hasty
    limits.again = .milliseconds(20)
    try await withFetcher(limits: limits) { rig in
      try rig.connect(node(1), ChunkService(growing.store, mayRead: { _, _ in true }))
      let sources = FetchSources()
      sources.add(node(1))
      let told = Told()
      async let fetching = rig.fetcher.fetch(manifest.id, from: sources) { progress in
        told.progress.withLock { $0 = progress }
      }
      while told.progress.withLock({ $0.bytes }) < 2 * Self.chunk { await rig.loop.yieldTurn() }
      try await growing.add(bytes)
      _ = try await fetching
      #expect(try await rig.here.bytes(of: manifest.id) == bytes)
      #expect(!rig.hasFaults && sources.listeners == 0)
    }
  }

  @Test func `what each source brought and did is told`() async throws {
    let bytes = content(6 * Self.chunk)
    let (_, _, lie) = Self.lies[0]
    let liar = try ScriptedSource(bytes, lie)
    let honest = try ScriptedSource(bytes)
    try await withFetcher(limits: Self.hasty) { rig in
      try rig.connect(node(1), liar)
      let told = Told()
      let sources = FetchSources()
      sources.add(node(1))
      async let fetching = rig.fetcher.fetch(liar.manifest.id, from: sources) { progress in
        told.progress.withLock { $0 = progress }
      }
      while !rig.hasFaults { await rig.loop.yieldTurn() }
      try rig.connect(node(2), honest)
      sources.add(node(2))
      sources.close()
      _ = try await fetching
      let last = told.progress.withLock { $0 }
      #expect(last.bytes == Int64(bytes.count) && last.sources.map(\.node) == [node(1), node(2)])
      #expect(last.sources.reduce(0) { $0 + $1.bytes } == last.bytes)
      #expect(last.sources[0].fault != nil && last.sources[1].fault == nil)
      #expect(last.sources.allSatisfy { !$0.isCalled })
    }
  }

  // MARK: - Giving up and going on

  @Test func `what was given up goes on where it was`() async throws {
    let bytes = content(7 * Self.chunk)
    try await withFetcher { rig in
      let release = Gate()
      let first = try ScriptedSource(bytes) { reply in
        if reply.content == .chunk, reply.number == 5 { await release.wait() }
        return [reply]
      }
      try rig.connect(node(1), first)
      let told = Told()
      await #expect(throws: BlobError.self) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask(executorPreference: rig.loop) {
            try await rig.fetcher.fetch(first.manifest.id, from: FetchSources(only: [node(1)])) {
              progress in
              told.progress.withLock { $0 = progress }
            }
          }
          while told.progress.withLock({ $0.bytes }) < 4 * Self.chunk { await rig.loop.yieldTurn() }
          group.cancelAll()
          try await group.waitForAll()
        }
      }
      release.open()
      let kept = try await rig.here.chunkCount()
      #expect(try await rig.here.bytes(of: first.manifest.id) == nil)
      let second = try ScriptedSource(bytes)
      try rig.connect(node(2), second)
      try await rig.fetcher.fetch(first.manifest.id, from: FetchSources(only: [node(2)]))
      #expect(try await rig.here.bytes(of: first.manifest.id) == bytes)
      // Five had come: the last of them may have been under way to the disk.
      #expect(kept >= 3 && second.sent.count == 7 - kept)
    }
  }

  @Test func `two that want the same share one fetch, and one may leave`() async throws {
    let bytes = content(6 * Self.chunk)
    try await withFetcher { rig in
      let release = Gate()
      let source = try ScriptedSource(bytes) { reply in
        if reply.content == .chunk { await release.wait() }
        return [reply]
      }
      try rig.connect(node(1), source)
      async let one = rig.fetcher.fetch(
        source.manifest.id, from: FetchSources(only: [node(1)]))
      let leaving = await outcome {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask(executorPreference: rig.loop) {
            try await rig.fetcher.fetch(source.manifest.id, from: FetchSources(only: [node(1)]))
          }
          while source.sent.isEmpty { await rig.loop.yieldTurn() }
          group.cancelAll()
          try await group.waitForAll()
        }
      }
      #expect(throws: BlobError.self) { try leaving.get() }
      release.open()
      #expect(try await one == source.manifest)
      #expect(source.sent == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test func `nobody having it is an error at once, and one who may not read hears no more`()
    async throws
  {
    let (_, manifest) = try await holder(content(100))
    let there = try await TestStore()
    try await there.add(content(100))
    try await withFetcher { rig in
      try rig.connect(node(1), ChunkService(there.store))
      for sources in [[], [node(1)], [node(1), node(9)]] {
        let error = await #expect(throws: BlobError.self) {
          try await rig.fetcher.fetch(manifest.id, from: FetchSources(only: sources))
        }
        #expect(error?.code == .notFound)
      }
      #expect(!rig.hasFaults)
    }
  }

  @Test func `many small blobs come on one call`() async throws {
    let there = try await TestStore(seed: 5)
    var manifests: [Manifest] = []
    for number in 0..<300 { manifests.append(try await there.add(content(number, seed: number))) }
    try await withFetcher { [manifests] rig in
      let service = ChunkService(there.store, mayRead: { _, _ in true })
      try rig.connect(node(1), service)
      try await rig.fetcher.fetch(manifests, from: FetchSources(only: [node(1)]))
      for (number, manifest) in manifests.enumerated() {
        #expect(try await rig.here.bytes(of: manifest.id) == content(number, seed: number))
      }
      while service.openCalls > 0 { await rig.loop.yieldTurn() }
    }
  }

  /// It may be taken up the moment it is known, on another thread.
  @Test func `a fetch knows of its sources before it begins`() async throws {
    let contents = (0..<200).map { content(100, seed: $0 + 1) }
    let there = try await TestStore(seed: 2)
    var manifests: [Manifest] = []
    for bytes in contents { manifests.append(try await there.add(bytes)) }
    let service = ChunkService(there.store, mayRead: { _, _ in true })
    try await withFetcher { [manifests] rig in
      try rig.connect(node(1), service)
      for (number, manifest) in manifests.enumerated() {
        let sources = FetchSources(only: [node(1)])
        if number % 2 == 0 {
          try await rig.fetcher.fetch([manifest], from: sources)
        } else {
          try await rig.fetcher.fetch(manifest.id, from: sources)
        }
      }
      for (bytes, manifest) in zip(contents, manifests) {
        #expect(try await rig.here.bytes(of: manifest.id) == bytes)
      }
    }
  }

  @Test func `a full disk ends the fetch and says so`() async throws {
    let bytes = content(6 * Self.chunk)
    let source = try ScriptedSource(bytes)
    try await withFetcher { rig in
      try rig.connect(node(1), source)
      rig.here.disk.change { $0.capacity = 2 << 20 }
      let error = await #expect(throws: BlobError.self) {
        try await rig.fetcher.fetch(source.manifest.id, from: FetchSources(only: [node(1)]))
      }
      #expect(error?.code == .full)
      rig.here.disk.change { $0.capacity = .max }
      try await rig.fetcher.fetch(source.manifest.id, from: FetchSources(only: [node(1)]))
      #expect(try await rig.here.bytes(of: source.manifest.id) == bytes)
    }
  }
}

/// What a fetch told last.
private final class Told: Sendable {
  let progress = Locked(FetchProgress())
}

private func outcome<Answer>(_ body: () async throws -> Answer) async -> Result<Answer, any Error> {
  do { return .success(try await body()) } catch { return .failure(error) }
}
