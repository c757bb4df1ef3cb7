package import Primitives
package import Store

/// The links that this node has made, and who reads through them now.
package final class LinkBook: Sendable {
  package struct Limits: Sendable {
    package var links = 10_000
    /// An address that reads through a link goes on doing so for this long.
    package var visit = Duration.seconds(3_600)
    /// Visits that are remembered; beyond that the oldest counts again.
    package var visits = 16_384
    package init() {}
  }

  struct Visit: Hashable {
    var link: [UInt8]
    var address: String
  }

  struct Visits {
    var ends: [Visit: Instant] = [:]
    var order: [Visit] = []
  }

  private let driver: any Driver
  private let limits: Limits
  private let visits = Locked(Visits())

  /// The driver has been migrated with `LinkSchema.schema`.
  package init(_ driver: any Driver, limits: Limits = Limits()) {
    self.driver = driver
    self.limits = limits
  }

  // MARK: - The owner's side

  package func create(
    for share: ShareKey, expires: WallTime, uses: Int?, now: WallTime, _ instant: Instant
  ) async throws -> (link: ShareLink, secret: LinkSecret) {
    guard expires > now else {
      throw BlobError(.refused, "a link has to hold for some time; give it a later end")
    }
    let secret = LinkSecret.drawn()
    let link = ShareLink(
      id: secret.id, share: share, createdAt: now, expiresAt: expires, uses: uses, used: 0)
    // Whoever reads through a link now goes on doing so.
    let visited = visits.withLock { $0.links(at: instant) }
    try await driver.write { [limits] session in
      // What can be used no more makes room first.
      try session.execute(
        "DELETE FROM share_links WHERE expires_at <= $1", [.integer(now.nanoseconds)])
      let usedUp = try session.rows("SELECT hash FROM share_links WHERE used >= uses", []) {
        try $0.blob(0)
      }
      for hash in usedUp where !visited.contains(Array(hash.prefix(ShareLink.idBytes))) {
        try session.execute("DELETE FROM share_links WHERE hash = $1", [.blob(hash)])
      }
      let count = try session.first("SELECT count(*) FROM share_links", []) { try $0.integer(0) }
      guard count ?? 0 < limits.links else {
        throw BlobError(
          .full, "there are \(limits.links) links; take some back with `apus files unshare`")
      }
      try session.execute(
        """
        INSERT INTO share_links (hash, share, created_at, expires_at, uses, used)
        VALUES ($1, $2, $3, $4, $5, 0)
        """,
        [
          .blob(secret.hash), .blob(share.bytes), .integer(now.nanoseconds),
          .integer(expires.nanoseconds), uses.map { .integer(Int64($0)) } ?? .null,
        ])
    }
    return (link, secret)
  }

  /// Those that can still be used, the newest first; of one share, or of all.
  package func links(of share: ShareKey? = nil, now: WallTime) async throws -> [ShareLink] {
    let all = try await driver.read { session in
      try session.rows(
        """
        SELECT hash, share, created_at, expires_at, uses, used FROM share_links
        WHERE ($1 IS NULL OR share = $1) ORDER BY created_at DESC, hash
        """, [share.map { .blob($0.bytes) } ?? .null], Self.link)
    }
    return all.filter { $0.isOpen(at: now) }
  }

  /// Nil when there is none with that id.
  package func revoke(id: [UInt8]) async throws -> ShareLink? {
    guard id.count == ShareLink.idBytes else { return nil }
    let revoked = try await driver.write { session -> ShareLink? in
      let found = try session.first(
        """
        SELECT hash, share, created_at, expires_at, uses, used FROM share_links
        WHERE substr(hash, 1, \(ShareLink.idBytes)) = $1
        """, [.blob(id)], Self.link)
      try session.execute(
        "DELETE FROM share_links WHERE substr(hash, 1, \(ShareLink.idBytes)) = $1", [.blob(id)])
      return found
    }
    if revoked != nil { visits.withLock { $0.forget(id) } }
    return revoked
  }

  /// With a share go its links.
  package func revoke(share: ShareKey) async throws {
    let gone = try await driver.write { session in
      let gone = try session.rows(
        "SELECT hash FROM share_links WHERE share = $1", [.blob(share.bytes)]
      ) { Array(try $0.blob(0).prefix(ShareLink.idBytes)) }
      try session.execute("DELETE FROM share_links WHERE share = $1", [.blob(share.bytes)])
      return gone
    }
    visits.withLock { visits in for id in gone { visits.forget(id) } }
  }

  // MARK: - The reader's side

  /// The link that the secret opens, for somebody at that address. `counts` is false for one who
  /// reads nothing (HEAD). Nil for everything that leads nowhere: the reader is not told why.
  package func open(
    _ secret: LinkSecret, from address: String, counts: Bool, at now: WallTime, _ instant: Instant
  ) async throws -> ShareLink? {
    let visit = Visit(link: secret.id, address: address)
    let isVisitor = visits.withLock { $0.isOpen(visit, instant) }
    let hash = secret.hash
    if isVisitor || !counts {
      let link = try await driver.read { try Self.find(hash, $0) }
      guard let link, now < link.expiresAt, isVisitor || link.isOpen(at: now) else { return nil }
      return link
    }
    // One after the other: of two first requests of one visitor the second finds the visit.
    let end = instant.advanced(by: limits.visit)
    return try await driver.write { [self] session -> ShareLink? in
      guard var link = try Self.find(hash, session), now < link.expiresAt else { return nil }
      if visits.withLock({ $0.isOpen(visit, instant) }) { return link }
      guard link.isOpen(at: now) else { return nil }
      try session.execute(
        "UPDATE share_links SET used = used + 1 WHERE hash = $1", [.blob(hash)])
      link.used += 1
      visits.withLock { $0.open(visit, until: end, limit: limits.visits) }
      return link
    }
  }

  private static func find(_ hash: [UInt8], _ session: any Session) throws -> ShareLink? {
    try session.first(
      "SELECT hash, share, created_at, expires_at, uses, used FROM share_links WHERE hash = $1",
      [.blob(hash)], link)
  }

  private static func link(_ row: any Row) throws -> ShareLink {
    guard let share = ShareKey(try row.blob(1)) else {
      throw BlobError(.damaged, "the database holds a damaged row of a link; restore a backup")
    }
    return ShareLink(
      id: Array(try row.blob(0).prefix(ShareLink.idBytes)), share: share,
      createdAt: WallTime(nanoseconds: try row.integer64(2)),
      expiresAt: WallTime(nanoseconds: try row.integer64(3)), uses: try row.integerIfAny(4),
      used: try row.integer(5))
  }
}

extension LinkBook.Visits {
  func isOpen(_ visit: LinkBook.Visit, _ now: Instant) -> Bool {
    ends[visit].map { now < $0 } ?? false
  }

  /// Those that somebody reads through.
  func links(at now: Instant) -> Set<[UInt8]> {
    Set(ends.lazy.filter { now < $0.value }.map(\.key.link))
  }

  mutating func open(_ visit: LinkBook.Visit, until end: Instant, limit: Int) {
    if ends.updateValue(end, forKey: visit) == nil { order.append(visit) }
    while order.count > limit { ends[order.removeFirst()] = nil }
  }

  mutating func forget(_ link: [UInt8]) {
    order.removeAll { $0.link == link }
    ends = ends.filter { $0.key.link != link }
  }
}
