import Calls
import Mesh
import Primitives
import Security
import Testing

@testable import Blobs

struct ShareFinderTests {
  private let key = SigningKey()

  /// Lines as a zone keeps them.
  private struct Lines {
    var entries: [Bytes32: ZoneEntry] = [:]

    mutating func put(_ lines: [ZoneEntry]) {
      for line in lines where (entries[line.key]?.version ?? 0) < line.version {
        entries[line.key] = line
      }
    }

    func find(_ keys: KeyRange, limit: Int) -> [ZoneEntry] {
      Array(
        entries.values.filter { keys.contains($0.key) }.sorted { $0.key < $1.key }.prefix(limit))
    }
  }

  private func lines(
    _ shares: [Share], at time: WallTime = ShareSamples.time, by publisher: SigningKey? = nil
  ) throws -> Lines {
    var lines = Lines()
    for share in shares {
      lines.put(
        ShareLines.of(
          try SignedShare(share, key: key), at: time, lease: .seconds(86_400), by: publisher ?? key)
      )
    }
    return lines
  }

  private func page(
    _ query: ShareQuery, _ lines: Lines, page: Int = 100, after: ShareCursor? = nil,
    wide: Bool = false
  ) throws -> ShareFinder {
    var limits = ShareFinder.Limits()
    limits.lines = 7
    var finder = try ShareFinder(query, page: page, after: after, wide: wide, limits: limits)
    while true {
      let ranges = finder.next()
      if ranges.isEmpty { return finder }
      finder.take(
        ranges.map { ShareFinder.Answer(lines.find($0, limit: limits.lines), contacts: 1) })
    }
  }

  private var sample: [Share] {
    (1...40 as ClosedRange<UInt8>).map { seed in
      var share = ShareSamples.share(seed, owner: key.id)
      if seed % 4 == 0 { share.name = "Winter Garden \(seed).png" }
      if seed % 4 == 0 { share.mediaType = "image/png" }
      if seed % 3 == 0 { share.tags = ["my private things"] }
      return share
    }
  }

  private static let queries: [String: @Sendable (inout ShareQuery) -> Void] = [
    "name": { $0.name = "winter GARDEN 8.png" },
    "no such name": { $0.name = "winter garden" },
    "word": { $0.words = ["Garden"] },
    "word of a tag": { $0.words = ["private"] },
    "words of name and tag": { $0.words = ["garden", "Work"] },
    "two words": { $0.words = ["garden", "12"] },
    "prefix": { $0.prefix = "gard" },
    "prefix of several words": { $0.prefix = "summer hol" },
    "tag": { $0.tags = ["My PRIVATE things"] },
    "two tags": { $0.tags = ["work", "2026"] },
    "type": { $0.type = "image/png" },
    "kind of type": { $0.type = "image" },
    "size": { ($0.type, $0.smallest, $0.largest) = ("application/pdf", 10_000, 20_000) },
    "tag and prefix": { ($0.tags, $0.prefix) = (["my private things"], "win") },
  ]

  @Test(arguments: queries.keys.sorted())
  func `what fits is found, all of it and nothing else`(what: String) throws {
    let shares = sample
    var query = ShareQuery()
    let change = try #require(Self.queries[what])
    change(&query)
    let finder = try page(query, try lines(shares))
    let expected = Set(shares.filter { query.fits($0) == true }.map(\.key))
    #expect(Set(finder.found.map(\.key)) == expected)
    #expect(expected.isEmpty == (what == "no such name"))
    #expect(finder.cursor == nil && finder.forged == 0 && !finder.wentWide)
  }

  @Test(arguments: [1, 3, 7, 39])
  func `pages follow each other without a gap and without a double`(size: Int) throws {
    let lines = try lines(sample)
    var query = ShareQuery()
    query.owner = key.id
    var found: [ShareKey] = []
    var cursor: ShareCursor?
    repeat {
      let finder = try page(query, lines, page: size, after: cursor)
      #expect(finder.found.count <= size)
      found += finder.found.map(\.key)
      cursor = try finder.cursor.map { try ShareCursor(decoding: $0.bytes) }
    } while cursor != nil && found.count < 100
    #expect(found.count == 40 && Set(found).count == 40)
  }

  @Test func `a cursor of another search is refused`() throws {
    let lines = try lines(sample)
    var query = ShareQuery()
    query.owner = key.id
    let cursor = try #require(try page(query, lines, page: 3).cursor)
    query.tags = ["my private things"]
    #expect(throws: BlobError.self) { try page(query, lines, after: cursor) }
    for count in [0, 7, 9, 39, 41] {
      #expect(throws: BlobError.self) {
        try ShareCursor(decoding: [UInt8](repeating: 1, count: count))
      }
    }
  }

  @Test func `what nobody signed is left out and counted`() throws {
    var lines = try lines(sample)
    var query = ShareQuery()
    query.tags = ["my private things"]
    let before = try page(query, lines).found.count
    let stranger = SigningKey()
    var forged = ShareSamples.share(50, owner: key.id)
    forged.tags = ["my private things"]
    var message = try SignedShare(forged, key: key).message
    message.signature = stranger.sign(message.body, for: SignedShare.purpose).bytes
    let good = try SignedShare(ShareSamples.share(3, owner: key.id), key: key)
    let term = ShareTerm.tag("my private things").hash
    // The last are something that is no share at all, and a share that stands in another's place.
    for payload in [message.encoded(), [1, 2, 3], good.encoded] as [[UInt8]] {
      lines.put([
        ZoneEntry(
          term: term, subject: ShareTerm.subject(of: forged.key), version: 1,
          expiresAt: ShareSamples.time, payload: payload, by: SigningKey())
      ])
    }
    let finder = try page(query, lines)
    #expect(finder.found.count == before && finder.forged == 3)
  }

  @Test func `a new version takes the place of the old one under every term it had`() throws {
    var lines = try lines(sample)
    let old = ShareSamples.share(1, owner: key.id)
    var new = old
    (new.version, new.name, new.tags) = (2, "Other Thing", ["kept"])
    lines.put(
      ShareLines.of(
        try SignedShare(new, key: key), replacing: old,
        at: ShareSamples.time.advanced(by: .seconds(-50)), lease: .seconds(100), by: key))
    var query = ShareQuery()
    query.name = old.name
    #expect(try page(query, lines).found.isEmpty)
    query.name = "other thing"
    #expect(try page(query, lines).found.map(\.version) == [2])
    // A holder that renews what it knows hides nothing, and brings nothing back.
    for holder in [key] + (0..<5).map({ _ in SigningKey() }) {
      lines.put(
        ShareLines.of(
          try SignedShare(old, key: key), at: ShareSamples.time.advanced(by: .seconds(9_000)),
          lease: .seconds(100), by: holder))
      query.name = old.name
      #expect(try page(query, lines).found.isEmpty)
    }
  }

  @Test func `a newer version that its owner did not sign hides nothing`() throws {
    var lines = try lines(sample)
    let old = ShareSamples.share(7, owner: key.id)
    var last = old
    (last.version, last.isWithdrawn) = (2, true)
    var message = try SignedShare(last, key: key).message
    message.signature = SigningKey().sign(message.body, for: SignedShare.purpose).bytes
    for _ in 0..<5 {
      lines.put([
        ZoneEntry(
          term: ShareTerm.name(ShareTerm.folded(old.name)).hash,
          subject: ShareTerm.subject(of: old.key), version: 1, expiresAt: ShareSamples.time,
          payload: message.encoded(), by: SigningKey())
      ])
    }
    var query = ShareQuery()
    query.name = old.name
    #expect(try page(query, lines).found.map(\.share) == [old])
  }

  @Test(arguments: [1, 2, 7])
  func `what several nodes have put there is found once`(size: Int) throws {
    var lines = try lines(sample)
    for _ in 0..<3 {
      for line in try self.lines(sample, by: SigningKey()).entries.values { lines.put([line]) }
    }
    var query = ShareQuery()
    query.owner = key.id
    var found: [ShareKey] = []
    var cursor: ShareCursor?
    repeat {
      let finder = try page(query, lines, page: size, after: cursor)
      found += finder.found.map(\.key)
      cursor = try finder.cursor.map { try ShareCursor(decoding: $0.bytes) }
    } while cursor != nil && found.count < 100
    #expect(found.count == 40 && Set(found).count == 40)
  }

  @Test func `what is withdrawn is not found`() throws {
    var lines = try lines(sample)
    let old = ShareSamples.share(5, owner: key.id)
    var last = old
    (last.version, last.isWithdrawn) = (2, true)
    lines.put(
      ShareLines.of(
        try SignedShare(last, key: key), replacing: old, at: ShareSamples.time, lease: .seconds(9),
        by: key))
    var query = ShareQuery()
    query.name = old.name
    #expect(try page(query, lines).found.isEmpty)
  }

  @Test func `what the index has no term for is found wide alone`() throws {
    let lines = try lines(sample)
    var query = ShareQuery()
    query.smallest = 30_000
    #expect(throws: BlobError.self) { try page(query, lines) }
    let finder = try page(query, lines, wide: true)
    #expect(finder.found.count == 11 && finder.wentWide && finder.cursor == nil)
    var found: [ShareKey] = []
    var cursor: ShareCursor?
    repeat {
      let finder = try page(query, lines, page: 2, after: cursor, wide: true)
      found += finder.found.map(\.key)
      cursor = finder.cursor
    } while cursor != nil && found.count < 100
    #expect(found.count == 11 && Set(found).count == 11)
  }

  @Test func `wide goes on when the zone of the term has nothing`() throws {
    let shares = sample
    var lines = try lines(shares)
    let name = ShareTerm.name(ShareTerm.folded(shares[0].name)).keys
    lines.entries = lines.entries.filter { !name.contains($0.key) }
    var query = ShareQuery()
    query.name = shares[0].name
    #expect(try page(query, lines).found.isEmpty)
    let wide = try page(query, lines, wide: true)
    #expect(wide.found.map(\.key) == [shares[0].key] && wide.wentWide)
    query.name = shares[1].name
    #expect(try !page(query, lines, wide: true).wentWide)
  }

  @Test func `a share whose tags are missing is found by one tag, and unsure by two`() throws {
    var share = ShareSamples.share(1, owner: key.id, name: String(repeating: "n", count: 255))
    share.tags = (0..<32).map { "\(10 + $0)" + String(repeating: "x", count: 60) }
    let lines = try lines([share])
    var query = ShareQuery()
    query.tags = [share.tags[3]]
    #expect(try page(query, lines).found.count == 1)
    query.tags.append(share.tags[4])
    let unsure = try page(query, lines)
    #expect(unsure.found.isEmpty && unsure.unsure == 1)
  }

  @Test func `keys of a term lie together and apart from others`() {
    let terms: [ShareTerm] = [
      .name("a"), .word("a"), .start("a"), .tag("a"), .type("a"), .bucket(1), .bucket(2),
    ]
    let owners = (1...20 as ClosedRange<UInt8>).map { seed in
      ShareSamples.share(seed, owner: key.id).key
    }
    for term in terms {
      let keys = owners.map { term.key(of: $0, by: key.id) }
      #expect(keys.allSatisfy { term.keys.contains($0) } && Set(keys).count == owners.count)
      #expect(terms.count { other in keys.contains { other.keys.contains($0) } } == 1)
    }
  }
}
