import Primitives
import Simulation
import Store
import Testing

@testable import Blobs

@Suite struct LinkBookTests {
  private let database: MemoryDatabase
  private let book: LinkBook
  private let share: ShareKey
  private let start = WallTime(nanoseconds: 1_000_000_000_000)

  init() async throws {
    share = try #require(ShareKey([UInt8](repeating: 7, count: ShareKey.count)))
    database = try MemoryDatabase()
    try await database.migrate([LinkSchema.schema], at: start)
    var limits = LinkBook.Limits()
    limits.links = 3
    book = LinkBook(database, limits: limits)
  }

  private func later(_ seconds: Int64) -> WallTime {
    WallTime(nanoseconds: start.nanoseconds + seconds * 1_000_000_000)
  }

  private func create(
    uses: Int? = nil, life: Int64 = 60, after seconds: Int64 = 0
  ) async throws -> LinkSecret {
    try await book.create(
      for: share, expires: later(life), uses: uses, now: later(seconds),
      Instant(nanoseconds: seconds * 1_000_000_000)
    ).secret
  }

  private func read(
    _ secret: LinkSecret, from address: String = "a", counts: Bool = true, after seconds: Int64 = 1
  ) async throws -> Int? {
    let instant = Instant(nanoseconds: seconds * 1_000_000_000)
    return try await book.open(
      secret, from: address, counts: counts, at: later(seconds), instant)?.used
  }

  @Test func `a link opens its share until it expires`() async throws {
    let secret = try await create()
    let written = try #require(LinkSecret(text: secret.text.uppercased()))
    #expect(try await read(written, after: 59) == 1)
    #expect(try await read(written, after: 60) == nil)
    #expect(try await book.links(now: later(60)).isEmpty)
  }

  @Test func `a use is what one address reads within an hour`() async throws {
    let secret = try await create(uses: 2, life: 100_000)
    #expect(try await read(secret) == 1)
    #expect(try await read(secret, after: 3_000) == 1)
    #expect(try await read(secret, from: "b", after: 3_001) == 2)
    #expect(try await read(secret, from: "c", after: 3_002) == nil)
    #expect(try await read(secret, from: "b", after: 3_003) == 2)
    #expect(try await read(secret, after: 3_602) == nil)
  }

  @Test func `looking without reading is no use`() async throws {
    let secret = try await create(uses: 1)
    #expect(try await read(secret, counts: false) == 0)
    #expect(try await read(secret) == 1)
    #expect(try await read(secret, from: "b", counts: false) == nil)
  }

  @Test func `a link that was taken back opens nothing, not even for who reads it`() async throws {
    let secret = try await create()
    let other = try await create()
    _ = try await read(secret)
    #expect(try await book.revoke(id: secret.id)?.share == share)
    #expect(try await read(secret) == nil)
    #expect(try await book.revoke(id: secret.id) == nil)
    #expect(try await read(other) == 1)
    try await book.revoke(share: share)
    #expect(try await read(other) == nil)
  }

  @Test func `what is kept opens nothing`() async throws {
    let secret = try await create()
    let rows = try await database.read { session in
      try session.rows("SELECT hash FROM share_links") { try $0.blob(0) }
    }
    let kept = try #require(rows.first)
    #expect(kept != Base32.decode(secret.text))
    let stolen = try #require(LinkSecret(text: Base32.encode(kept)))
    #expect(try await read(stolen) == nil)
    #expect(!"\(secret)\(String(reflecting: secret))".contains(secret.text))
  }

  @Test(arguments: [
    "", "abc", String(repeating: "a", count: 4_000), "!" + String(repeating: "a", count: 51),
  ])
  func `a text that is no secret is none`(text: String) {
    #expect(LinkSecret(text: text) == nil)
  }

  @Test func `links that are used up make room when nobody reads through them`() async throws {
    let used = try await create(uses: 1, life: 10_000)
    _ = try await create(life: 10_000)
    _ = try await create(life: 10_000)
    #expect(try await read(used) == 1)
    let refused = await #expect(throws: BlobError.self) {
      try await create(life: 10_000, after: 3_000)
    }
    #expect(refused?.code == .full)
    #expect(try await read(used, after: 3_000) == 1)
    _ = try await create(life: 10_000, after: 3_602)
    #expect(try await book.links(of: share, now: start).count == 3)
    var other = share
    other.owner = node(1)
    #expect(try await book.links(of: other, now: start).isEmpty)
  }
}
