import Primitives
import Security
import Store
import Testing

@testable import Blobs

struct ShareShelfTests {
  private let key = SigningKey()

  private func shelf() async throws -> ShareShelf {
    let driver = try MemoryDatabase()
    try await driver.migrate([ShareShelf.schema], at: WallTime(nanoseconds: 0))
    return ShareShelf(driver)
  }

  private func row(_ seed: UInt8, named name: String? = nil) throws -> ShelvedShare {
    let share = ShareSamples.share(seed, owner: key.id, name: name)
    return ShelvedShare(try SignedShare(share, key: key), hasCopy: true)
  }

  @Test func `rows are read as they were written, and replace each other`() async throws {
    let shelf = try await shelf()
    var row = try row(1)
    row.holders = [SigningKey().id, SigningKey().id]
    row.listedUntil = WallTime(nanoseconds: 5)
    row.forgottenAt = WallTime(nanoseconds: 7)
    try await shelf.save([.shelved(row), .shelved(try self.row(2))])
    #expect(try await shelf.share(row.key) == row)
    (row.hasCopy, row.isPinned, row.holders) = (false, true, [])
    row.markedUntil = WallTime(nanoseconds: 9)
    try await shelf.save([.shelved(row)])
    #expect(try await shelf.share(row.key) == row)
    #expect(try await shelf.load().count == 2)
    try await shelf.save([.forgotten(row.key)])
    #expect(try await shelf.share(row.key) == nil)
    try await shelf.clear()
    #expect(try await shelf.load().isEmpty)
  }

  @Test func `of two that take the place of one version the first is kept`() async throws {
    let shelf = try await shelf()
    let first = try row(1)
    #expect(try await shelf.publish(first, replacing: nil))
    #expect(try await !shelf.publish(try row(2, named: first.signed.share.name), replacing: nil))
    var next = first.signed.share
    next.version = 2
    let second = ShelvedShare(try SignedShare(next, key: key), hasCopy: true)
    #expect(try await shelf.publish(second, replacing: first.signed.share))
    #expect(try await !shelf.publish(second, replacing: first.signed.share))
    #expect(try await shelf.load().map(\.signed.version) == [2])
  }

  @Test func `pages are in order, of one owner or of all`() async throws {
    let shelf = try await shelf()
    let rows = try (1...9 as ClosedRange<UInt8>).map { try row($0) }
    let other = try ShareSamples.key(7)
    let strange = ShelvedShare(
      try SignedShare(ShareSamples.share(3, owner: other.id), key: other), hasCopy: false)
    try await shelf.save((rows + [strange]).map { .shelved($0) })
    let all = (rows + [strange]).map(\.key).sorted()
    var seen: [ShareKey] = []
    while seen.count < 20 {
      let page = try await shelf.shares(after: seen.last, limit: 4)
      if page.isEmpty { break }
      seen += page.map(\.key)
    }
    #expect(seen == all)
    #expect(try await shelf.shares(of: other.id, limit: 9) == [strange])
    #expect(try await shelf.shares(of: rows[2].signed.share.blob).count == 2)
  }
}
