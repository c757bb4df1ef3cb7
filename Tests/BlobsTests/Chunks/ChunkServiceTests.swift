import Calls
import IO
import Primitives
import Security
import Simulation
import Testing

@testable import Blobs

struct ChunkServiceTests {
  private typealias Talk = Conversation<FilesV1.AskRequest, FilesV1.AskReply>

  private static let chunk = Manifest.chunkSize

  /// Calls a service of a store with that blob; the asker is node 0.
  private func ask<Answer: Sendable>(
    _ bytes: [UInt8], limits: ChunkService.Limits = ChunkService.Limits(),
    mayRead: @escaping ChunkService.MayRead = { _, _ in true },
    _ body: @escaping @Sendable (Talk, Manifest) async throws -> Answer
  ) async throws -> Answer {
    let there = try await TestStore()
    let manifest = try await there.add(bytes)
    let answer = Locked<Answer?>(nil)
    try await withFetcher { rig in
      try rig.connect(node(1), ChunkService(there.store, limits: limits, mayRead: mayRead))
      let given = try await FilesV1.ChunksClient(try rig.caller(of: node(1))).ask {
        try await body($0, manifest)
      }
      answer.withLock { $0 = given }
    }
    return try #require(answer.withLock { $0 })
  }

  fileprivate static func opening(
    _ id: BlobID, first: UInt32 = 0, wantsManifest: Bool = false
  ) -> FilesV1.AskRequest {
    FilesV1.AskRequest {
      $0.openings = [
        FilesV1.Opening {
          $0.blob = id.bytes
          $0.first = first
          $0.wantsManifest = wantsManifest
        }
      ]
    }
  }

  @Test func `the manifest and the chunks come in the order in which they were asked for`()
    async throws
  {
    let bytes = content(3 * Self.chunk + 5)
    let (order, all, manifest) = try await ask(bytes) { talk, manifest in
      try await talk.requests.write(Self.opening(manifest.id, first: 100, wantsManifest: true))
      try await talk.requests.write(FilesV1.AskRequest { $0.asks = [103, 100, 102, 101] })
      try await talk.finish()
      #expect(try await talk.replies.next()?.holdings.map(\.size) == [UInt64(3 * Self.chunk + 5)])
      let sent = try await talk.replies.next()
      #expect(sent?.content == .manifest && sent?.bytes == manifest.encoded)
      var order: [UInt32] = []
      var all: [UInt32: [UInt8]] = [:]
      while let reply = try await talk.replies.next() {
        #expect(reply.bytes.count <= 256 << 10)
        #expect(Int(reply.offset) == all[reply.number, default: []].count)
        if reply.offset == 0 { order.append(reply.number) }
        all[reply.number, default: []] += reply.bytes
      }
      return (order, all, manifest)
    }
    #expect(order == [103, 100, 102, 101])
    #expect(all.sorted { $0.key < $1.key }.flatMap(\.value) == bytes && manifest.chunks.count == 4)
  }

  @Test func `a blob that may not be read looks like one that is not here`() async throws {
    let other = try cut([9]).1.id
    for mayRead in [false, true] {
      let replies = try await ask([1, 2, 3], mayRead: { _, id in mayRead && id == other }) {
        talk, manifest in
        try await talk.requests.write(Self.opening(manifest.id, wantsManifest: true))
        try await talk.requests.write(Self.opening(other, first: 5, wantsManifest: true))
        try await talk.requests.write(FilesV1.AskRequest { $0.asks = [0, 5] })
        try await talk.finish()
        var replies: [FilesV1.AskReply] = []
        while let reply = try await talk.replies.next() { replies.append(reply) }
        return replies
      }
      let holdings = replies.flatMap(\.holdings)
      #expect(holdings.map(\.state) == [.none, .none])
      #expect(holdings.allSatisfy { $0.size == 0 && $0.map.isEmpty })
      #expect(replies.flatMap(\.gone) == [0, 5] && replies.allSatisfy { $0.bytes.isEmpty })
    }
  }

  @Test(arguments: [(0, 0, 1), (7, 256 << 10, 200), (.max, 768 << 10, 256 << 10)])
  func `a piece is framed as the message would be`(number: UInt32, offset: Int, count: Int) {
    let bytes = [UInt8](repeating: 3, count: count + 2)
    let message = FilesV1.AskReply {
      $0.content = .chunk
      $0.number = number
      $0.offset = UInt32(offset)
      $0.bytes = Array(bytes[1...count])
    }
    #expect(
      ChunkService.frame(bytes[1...count], of: .chunk, number, at: offset)
        == FrameWriter.frame(message))
  }

  @Test func `who may read is asked with the principal of the call`() async throws {
    let asked = Locked<[Principal]>([])
    _ = try await ask(
      [1],
      mayRead: { principal, _ in
        asked.withLock { $0.append(principal) }
        return false
      }
    ) { talk, manifest in
      try await talk.requests.write(Self.opening(manifest.id))
      return try await talk.replies.next()
    }
    #expect(asked.withLock { $0 } == [.node(node(0))])
  }

  @Test func `a chunk that is withdrawn breaks off or does not come`() async throws {
    var limits = ChunkService.Limits()
    limits.pieceBytes = 64 << 10
    let (complete, partly) = try await ask(content(16 * Self.chunk), limits: limits) {
      talk, manifest in
      try await talk.requests.write(Self.opening(manifest.id))
      try await talk.requests.write(FilesV1.AskRequest { $0.asks = Array(0..<16) })
      var counts: [UInt32: Int] = [:]
      var isWithdrawn = false
      while let reply = try await talk.replies.next() {
        counts[reply.number, default: 0] += reply.bytes.count
        if !isWithdrawn, !reply.bytes.isEmpty {
          isWithdrawn = true
          try await talk.requests.write(
            FilesV1.AskRequest { $0.withdrawals = Array(0..<15) })
          try await talk.finish()
        }
      }
      return (counts[15], counts.filter { $0.key < 15 }.values.reduce(0, +))
    }
    #expect(complete == Self.chunk)
    // What was on its way by then: windows and queues hold less than that.
    #expect(partly < 12 * Self.chunk)
  }

  @Test(arguments: [
    (FilesV1.AskRequest { $0.asks = [7] }, Status.Code.invalidArgument),
    (FilesV1.AskRequest { $0.asks = Array(repeating: 0, count: 9) }, .resourceExhausted),
    (
      FilesV1.AskRequest { $0.openings = [FilesV1.Opening { $0.blob = [1, 2] }] }, .invalidArgument
    ),
    (opening(BlobID(.zero), first: 0), .invalidArgument),
    (opening(BlobID(.zero), first: .max), .invalidArgument),
    (
      FilesV1.AskRequest { request in
        request.openings = (1...5).map { (number: UInt32) in
          FilesV1.Opening {
            $0.blob = Digest.sha256(of: [UInt8(number)]).bytes
            $0.first = number * 10
          }
        }
      }, .resourceExhausted
    ),
  ])
  func `what breaks a bound ends the call and says why`(
    request: FilesV1.AskRequest, code: Status.Code
  ) async throws {
    var limits = ChunkService.Limits()
    limits.asks = 8
    limits.blobs = 4
    let status = await #expect(throws: Status.self) {
      try await ask([1], limits: limits) { talk, manifest in
        try await talk.requests.write(Self.opening(manifest.id))
        _ = try await talk.replies.next()
        try await talk.requests.write(request)
        while try await talk.replies.next() != nil {}
        return true
      }
    }
    #expect(status?.code == code)
  }

  @Test(arguments: [0, 1_000])
  func `a chunk that the disk has lost, or a part of it, is said to be gone`(left: Int)
    async throws
  {
    let there = try await TestStore()
    let manifest = try await there.add(content(Self.chunk))
    let name = try #require(try await there.disk.list("/blobs", limit: 9).first)
    if left == 0 {
      try await there.disk.remove("/blobs/\(name)")
    } else {
      try await there.disk.open("/blobs/\(name)", .writing).truncate(to: Int64(left))
    }
    try await withFetcher { rig in
      try rig.connect(node(1), ChunkService(there.store, mayRead: { _, _ in true }))
      try await FilesV1.ChunksClient(try rig.caller(of: node(1))).ask { talk in
        try await talk.requests.write(Self.opening(manifest.id))
        try await talk.requests.write(FilesV1.AskRequest { $0.asks = [0] })
        try await talk.finish()
        #expect(try await talk.replies.next()?.holdings.map(\.state) == [.whole])
        let answer = try await talk.replies.next()
        #expect(answer?.gone == [0] && answer?.bytes.isEmpty == true)
        #expect(try await talk.replies.next() == nil)
      }
    }
  }

  @Test func `a peer has so many calls at a time`() async throws {
    let there = try await TestStore()
    var limits = ChunkService.Limits()
    limits.callsPerPeer = 2
    let service = ChunkService(there.store, limits: limits, mayRead: { _, _ in true })
    try await withFetcher { rig in
      try rig.connect(node(1), service)
      let client = FilesV1.ChunksClient(try rig.caller(of: node(1)))
      try await client.ask { one in
        try await one.requests.write(Self.opening(BlobID(.zero)))
        _ = try await one.replies.next()
        try await client.ask { two in
          try await two.requests.write(Self.opening(BlobID(.zero)))
          _ = try await two.replies.next()
          let status = await #expect(throws: Status.self) {
            try await client.ask { three in
              try await three.requests.write(Self.opening(BlobID(.zero)))
              _ = try await three.replies.next()
            }
          }
          #expect(status?.code == .resourceExhausted && service.openCalls == 2)
        }
      }
      while service.openCalls > 0 { await rig.loop.yieldTurn() }
    }
  }
}

extension ChunkServiceTests {
  @Test func `the calls of a peer share a bound of chunks`() async throws {
    let there = try await TestStore()
    let (one, two) = (
      try await there.add(content(2 * Self.chunk)), try await there.add(content(2 * Self.chunk + 1))
    )
    var limits = ChunkService.Limits()
    limits.chunksPerPeer = 4
    let service = ChunkService(there.store, limits: limits, mayRead: { _, _ in true })
    try await withFetcher { rig in
      try rig.connect(node(1), service)
      let client = FilesV1.ChunksClient(try rig.caller(of: node(1)))
      @Sendable func open(_ talk: Talk, _ id: BlobID) async throws -> Int? {
        try await talk.requests.write(Self.opening(id))
        return try await talk.replies.next()?.holdings.count
      }
      try await client.ask { talk in
        let first = try await open(talk, one.id)
        #expect(first == 1)
        let status = await #expect(throws: Status.self) {
          try await client.ask { try await open($0, two.id) }
        }
        #expect(status?.code == .resourceExhausted)
      }
      while service.openCalls > 0 { await rig.loop.yieldTurn() }
      let again = try await client.ask { try await open($0, two.id) }
      #expect(again == 1)
    }
  }

  @Test func `while a manifest waits nothing more is heard of the asker`() async throws {
    let there = try await TestStore()
    let writer = BlobWriter(there.store)
    let manifests = try (0..<200).map { number in
      let digest = Digest.sha256(of: [UInt8(number)])
      return try #require(
        Manifest(size: 1_024 << 20, chunks: Array(repeating: digest, count: 1_024)))
    }
    for manifest in manifests { try await writer.begin(manifest) }
    await writer.close()
    let heard = Locked(0)
    let service = ChunkService(
      there.store,
      mayRead: { _, _ in
        heard.withLock { $0 += 1 }
        return true
      })
    try await withFetcher { [manifests] rig in
      try rig.connect(node(1), service)
      try await FilesV1.ChunksClient(try rig.caller(of: node(1))).ask { talk in
        for (number, manifest) in manifests.enumerated() {
          try await talk.requests.write(
            Self.opening(manifest.id, first: UInt32(number * 2_000), wantsManifest: true))
        }
        try await talk.finish()
        // Longer than it takes to hear all of them.
        for _ in 0..<5_000 { await rig.loop.yieldTurn() }
        #expect(heard.withLock { $0 } < 100)
        var bytes = 0
        while let reply = try await talk.replies.next() { bytes += reply.bytes.count }
        #expect(heard.withLock { $0 } == 200)
        #expect(bytes == manifests.reduce(0) { $0 + $1.encoded.count })
      }
    }
  }
}

extension Digest {
  fileprivate static var zero: Digest {
    Digest([UInt8](repeating: 0, count: 32)) ?? { preconditionFailure("32 bytes") }()
  }
}
