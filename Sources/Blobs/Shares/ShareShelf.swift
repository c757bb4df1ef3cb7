package import Primitives
package import Store

/// A share that this node has to do with.
package struct ShelvedShare: Hashable, Sendable {
  package var signed: SignedShare
  /// The blob is here, whole, for the share's sake.
  package var hasCopy: Bool
  package var isPinned = false
  /// When its lines of the index expire, as far as this node knows; nil when it has none.
  package var listedUntil: WallTime?
  /// When this node's own line as a holder expires.
  package var markedUntil: WallTime?
  /// Others that have a copy, as far as this node knows.
  package var holders: [NodeID] = []
  /// Of a withdrawn share: when it need not be remembered any more.
  package var forgottenAt: WallTime?

  package init(_ signed: SignedShare, hasCopy: Bool) {
    self.signed = signed
    self.hasCopy = hasCopy
  }

  package var key: ShareKey { signed.key }
}

/// A change to what a node knows of shares.
package enum ShelfWrite: Hashable, Sendable {
  /// In the place of the one with its key.
  case shelved(ShelvedShare)
  case forgotten(ShareKey)
}

/// The shares of this node, on disk: its own, and those it has copies for.
package struct ShareShelf: Sendable {
  package static let schema = Schema(
    "shares",
    [
      Schema.Migration(
        "shares and their holders",
        """
        CREATE TABLE file_shares (
          owner BLOB NOT NULL,
          id BLOB NOT NULL,
          version BIGINT NOT NULL,
          name TEXT NOT NULL,
          blob BLOB NOT NULL,
          signed BLOB NOT NULL,
          has_copy BIGINT NOT NULL,
          is_pinned BIGINT NOT NULL,
          listed_until BIGINT NOT NULL,
          marked_until BIGINT NOT NULL,
          forgotten_at BIGINT NOT NULL,
          holders BLOB NOT NULL,
          PRIMARY KEY (owner, id)
        );
        CREATE INDEX file_shares_by_blob ON file_shares (blob);
        CREATE INDEX file_shares_by_name ON file_shares (name);
        """)
    ])

  package static let holderLimit = 256
  private static let columns =
    "signed, has_copy, is_pinned, listed_until, marked_until, forgotten_at, holders"
  private let driver: any Driver

  /// The driver has been migrated with `schema`.
  package init(_ driver: any Driver) { self.driver = driver }

  /// Returns when everything is on disk, in one transaction.
  package func save(_ writes: [ShelfWrite]) async throws {
    if writes.isEmpty { return }
    try await driver.write { session in
      for write in writes { try Self.apply(write, session) }
    }
  }

  /// Saves a version of an own share in the place of `old`. False, and nothing is saved, when that
  /// is not the latest of its name.
  package func publish(_ shelved: ShelvedShare, replacing old: Share?) async throws -> Bool {
    let share = shelved.signed.share
    return try await driver.write { session in
      let latest = try session.rows(
        "SELECT \(Self.columns) FROM file_shares WHERE owner = $1 AND name = $2",
        [.blob(share.owner.bytes), .text(share.name)], Self.shelved
      ).map(\.signed.share).first { !$0.isWithdrawn }
      guard latest?.key == old?.key, latest?.version == old?.version else { return false }
      try Self.apply(.shelved(shelved), session)
      return true
    }
  }

  /// Another network has other shares.
  package func clear() async throws {
    try await driver.write { try $0.execute("DELETE FROM file_shares") }
  }

  // MARK: - What is there

  package func share(_ key: ShareKey) async throws -> ShelvedShare? {
    try await rows(
      "WHERE owner = $1 AND id = $2", [.blob(key.owner.bytes), .blob(key.id.bytes)]
    ).first
  }

  /// Shares that name this blob: whoever may read one of them may read it.
  package func shares(of blob: BlobID) async throws -> [ShelvedShare] {
    try await rows("WHERE blob = $1 ORDER BY owner, id", [.blob(blob.bytes)])
  }

  /// Of whatever owner.
  package func shares(id: ShareID) async throws -> [ShelvedShare] {
    try await rows("WHERE id = $1 ORDER BY owner", [.blob(id.bytes)])
  }

  package func shares(named name: String) async throws -> [ShelvedShare] {
    try await rows("WHERE name = $1 ORDER BY owner, id LIMIT 256", [.text(name)])
  }

  /// `text` are the first digits of the id.
  package func shares(idBegins text: String) async throws -> [ShelvedShare] {
    try await rows(
      "WHERE hex(id) LIKE $1 ORDER BY owner, id LIMIT 256", [.text(text.uppercased() + "%")])
  }

  /// In the order of their keys, those behind `after`; of one owner or of all.
  package func shares(
    of owner: NodeID? = nil, after: ShareKey? = nil, limit: Int
  ) async throws -> [ShelvedShare] {
    let rest = "(owner > $1 OR (owner = $1 AND id > $2))"
    let from: [Value] = [.blob(after?.owner.bytes ?? []), .blob(after?.id.bytes ?? [])]
    guard let owner else {
      return try await rows(
        "WHERE \(rest) ORDER BY owner, id LIMIT $3", from + [.integer(limit)])
    }
    return try await rows(
      "WHERE \(rest) AND owner = $3 ORDER BY owner, id LIMIT $4",
      from + [.blob(owner.bytes), .integer(limit)])
  }

  /// What `PlacementCore` wants to know of before it starts.
  package func load(limit: Int = 1 << 20) async throws -> [ShelvedShare] {
    try await rows("ORDER BY owner, id LIMIT $1", [.integer(limit)])
  }

  private func rows(_ condition: String, _ values: [Value]) async throws -> [ShelvedShare] {
    try await driver.read { session in
      try session.rows(
        "SELECT \(Self.columns) FROM file_shares \(condition)", values, Self.shelved)
    }
  }

  private static func shelved(_ row: any Row) throws -> ShelvedShare {
    var shelved = ShelvedShare(
      try SignedShare(decoding: try row.blob(0)), hasCopy: try row.flag(1))
    shelved.isPinned = try row.flag(2)
    shelved.listedUntil = time(try row.integer64(3))
    shelved.markedUntil = time(try row.integer64(4))
    shelved.forgottenAt = time(try row.integer64(5))
    let holders = try row.blob(6)
    for start in stride(from: 0, to: holders.count, by: 32) {
      guard let holder = NodeID(Array(holders[start..<min(start + 32, holders.count)])) else {
        throw BlobError(
          .damaged, "the database holds a damaged row of a share; restore a backup")
      }
      shelved.holders.append(holder)
    }
    return shelved
  }

  /// No time is 0.
  private static func time(_ number: Int64) -> WallTime? {
    number == 0 ? nil : WallTime(nanoseconds: number)
  }

  private static func apply(_ write: ShelfWrite, _ session: any Session) throws {
    switch write {
    case .shelved(let shelved):
      let share = shelved.signed.share
      try session.execute(
        """
        INSERT INTO file_shares (owner, id, version, name, blob, signed, has_copy, is_pinned,
          listed_until, marked_until, forgotten_at, holders)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (owner, id) DO UPDATE SET version = excluded.version, name = excluded.name,
          blob = excluded.blob, signed = excluded.signed, has_copy = excluded.has_copy,
          is_pinned = excluded.is_pinned, listed_until = excluded.listed_until,
          marked_until = excluded.marked_until, forgotten_at = excluded.forgotten_at,
          holders = excluded.holders
        """,
        [
          .blob(share.owner.bytes), .blob(share.id.bytes), .integer(Int64(share.version)),
          .text(share.name), .blob(share.blob.bytes), .blob(shelved.signed.encoded),
          .flag(shelved.hasCopy), .flag(shelved.isPinned),
          .integer(shelved.listedUntil?.nanoseconds ?? 0),
          .integer(shelved.markedUntil?.nanoseconds ?? 0),
          .integer(shelved.forgottenAt?.nanoseconds ?? 0),
          .blob(shelved.holders.prefix(holderLimit).flatMap(\.bytes)),
        ])
    case .forgotten(let key):
      try session.execute(
        "DELETE FROM file_shares WHERE owner = $1 AND id = $2",
        [.blob(key.owner.bytes), .blob(key.id.bytes)])
    }
  }
}
