import IO
import Mesh
import Primitives
import Security
import Testing

@testable import Blobs

/// Lines in one place, which answers or not.
final class MemoryZones: ShareZones {
  private let entries = Locked<[Bytes32: ZoneEntry]>([:])
  /// Ranges that begin with this key are never answered.
  let silent = Locked<Bytes32?>(nil)
  let lookups = Locked(0)

  func put(_ lines: [ZoneEntry]) async throws {
    entries.withLock { entries in
      for line in lines where (entries[line.key]?.version ?? 0) <= line.version {
        entries[line.key] = line
      }
    }
  }

  func look(up keys: KeyRange, limit: Int) async throws -> ShareFinder.Answer {
    lookups.withLock { $0 += 1 }
    if silent.withLock({ $0 == keys.lower }) { await Gate().wait() }
    let found = entries.withLock { $0.values.filter { keys.contains($0.key) } }
    return ShareFinder.Answer(
      Array(found.sorted { $0.key < $1.key }.prefix(limit)), contacts: 1)
  }
}

/// A loop that ends with its test.
private final class Home {
  let loop: EventLoop

  init() throws { loop = try EventLoop(name: "index") }

  deinit { loop.stop() }
}

struct ShareIndexTests {
  private let key = SigningKey()
  private let zones = MemoryZones()
  private let home: Home

  init() throws { home = try Home() }

  private func index(dead: NodeID? = nil, as other: SigningKey? = nil) -> ShareIndex {
    ShareIndex(zones: zones, key: other ?? key, on: home.loop) { $0 != dead }
  }

  /// On a loop, as in the product.
  private func onLoop(_ body: @escaping () async throws -> Void) async throws {
    try await home.loop.run { try await body() }
  }

  @Test func `what is published is found, and what is withdrawn is not`() async throws {
    try await onLoop {
      let index = index()
      let share = ShareSamples.share(1, owner: key.id)
      try await index.publish(try index.sign(share))
      var query = ShareQuery()
      query.name = share.name
      let found = try await index.find(query)
      #expect(found.found.map(\.share) == [share] && found.contacts == 1 && found.isComplete)
      #expect(found.found.first?.isOwnerLive == true)
      let last = try await index.withdraw(share)
      #expect(last.share.isWithdrawn && last.version == 2)
      #expect(try await index.find(query).found.isEmpty)
    }
  }

  @Test func `a dead owner and dead holders are shown as such`() async throws {
    try await onLoop {
      let owner = SigningKey()
      let there = index(as: owner)
      let share = ShareSamples.share(1, owner: owner.id)
      try await there.publish(try there.sign(share))
      try await there.hold(share.blob)
      let index = index(dead: owner.id)
      try await index.hold(share.blob)
      var query = ShareQuery()
      query.owner = owner.id
      #expect(try await index.find(query).found.map(\.isOwnerLive) == [false])
      let holders = try await index.holders(of: share.blob)
      #expect(holders.map(\.node) == [key.id, owner.id])
      #expect(holders.map(\.isLive) == [true, false])
      try await there.letGo(share.blob)
      #expect(try await index.holders(of: share.blob).map(\.node) == [key.id])
    }
  }

  @Test func `nobody signs for another`() {
    let stranger = index(as: SigningKey())
    #expect(throws: BlobError.self) { try stranger.sign(ShareSamples.share(1, owner: key.id)) }
  }

  @Test func `a zone that says nothing costs no more than the deadline`() async throws {
    try await onLoop {
      let index = index()
      for seed in 1...30 as ClosedRange<UInt8> {
        try await index.publish(try index.sign(ShareSamples.share(seed, owner: key.id)))
      }
      var query = ShareQuery()
      query.smallest = 1
      zones.silent.withLock { $0 = ShareTerm.bucket(20).keys.lower }
      let start = Instant.now()
      let partial = try await index.find(
        query, wide: true, deadline: start.advanced(by: .milliseconds(100)))
      #expect(start.duration(to: .now()) >= .milliseconds(100))
      #expect(!partial.isComplete && partial.found.count >= 15 && partial.found.count < 30)
      let cursor = try #require(partial.cursor)
      zones.silent.withLock { $0 = nil }
      let rest = try await index.find(query, after: cursor, wide: true)
      #expect(partial.found.count + rest.found.count == 30 && rest.isComplete)
      #expect(rest.cursor == nil)
    }
  }
}
