import Primitives
import Security
package import Store

/// What a node keeps of the index, on disk: entries and the map of zones.
package struct ZoneArchive: Sendable {
  package static let schema = Schema(
    "zones",
    [
      Schema.Migration(
        "entries and decisions",
        """
        CREATE TABLE zone_entries (
          key BLOB PRIMARY KEY,
          version BIGINT NOT NULL,
          expires_at BIGINT NOT NULL,
          is_removed INTEGER NOT NULL,
          payload BLOB NOT NULL
        );
        CREATE TABLE zone_decisions (
          bits BIGINT NOT NULL,
          length INTEGER NOT NULL,
          number BIGINT NOT NULL,
          is_split INTEGER NOT NULL,
          PRIMARY KEY (bits, length)
        );
        """),
      // Who published the entries before is not known: their publishers put them there anew.
      Schema.Migration(
        "publishers",
        """
        DROP TABLE zone_entries;
        CREATE TABLE zone_entries (
          key BLOB PRIMARY KEY,
          version BIGINT NOT NULL,
          expires_at BIGINT NOT NULL,
          is_removed INTEGER NOT NULL,
          payload BLOB NOT NULL,
          publisher BLOB NOT NULL,
          signature BLOB NOT NULL
        );
        """),
    ])

  private static let rows = 1 << 20
  private static let columns =
    "key, version, expires_at, is_removed, payload, publisher, signature"
  private let driver: any Driver

  /// The driver has been migrated with `schema`.
  package init(_ driver: any Driver) { self.driver = driver }

  /// Returns when everything is on disk, in one transaction.
  func save(_ writes: [ZoneWrite]) async throws {
    if writes.isEmpty { return }
    try await driver.write { session in
      for write in writes { try Self.apply(write, session) }
    }
  }

  /// Another network has another index.
  package func clear() async throws {
    try await driver.write { session in
      try session.execute("DELETE FROM zone_entries")
      try session.execute("DELETE FROM zone_decisions")
    }
  }

  /// What `ZoneCore` wants to know of before it starts.
  package func load() async throws -> [ZoneWrite] {
    try await driver.read { session in
      try Self.decisions(session) + Self.entries(session)
    }
  }

  private static func apply(_ write: ZoneWrite, _ session: any Session) throws {
    switch write {
    case .entry(let entry):
      try session.execute(
        """
        INSERT INTO zone_entries (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (key) DO UPDATE SET version = excluded.version,
          expires_at = excluded.expires_at, is_removed = excluded.is_removed,
          payload = excluded.payload, publisher = excluded.publisher,
          signature = excluded.signature
        """,
        [
          .blob(entry.key.bytes), .integer(Int64(bitPattern: entry.version)),
          .integer(entry.expiresAt.nanoseconds), .flag(entry.isRemoved), .blob(entry.payload),
          .blob(entry.publisher.bytes), .blob(entry.signature.bytes),
        ])
    case .dropped(let range):
      if let upper = range.upper {
        try session.execute(
          "DELETE FROM zone_entries WHERE key >= $1 AND key < $2",
          [.blob(range.lower.bytes), .blob(upper.bytes)])
      } else {
        try session.execute(
          "DELETE FROM zone_entries WHERE key >= $1", [.blob(range.lower.bytes)])
      }
    case .expired(let time):
      try session.execute(
        "DELETE FROM zone_entries WHERE expires_at <= $1", [.integer(time.nanoseconds)])
    case .decision(let decision):
      try session.execute(
        """
        INSERT INTO zone_decisions (bits, length, number, is_split) VALUES ($1, $2, $3, $4)
        ON CONFLICT (bits, length) DO UPDATE SET number = excluded.number,
          is_split = excluded.is_split
        """,
        [
          .integer(Int64(bitPattern: decision.prefix.bits)), .integer(decision.prefix.length),
          .integer(Int64(decision.number)), .flag(decision.isSplit),
        ])
    }
  }

  private static func entries(_ session: any Session) throws -> [ZoneWrite] {
    try session.rows(
      "SELECT \(columns) FROM zone_entries LIMIT $1",
      [.integer(rows)]
    ) { row in
      guard let key = Bytes32(try row.blob(0)), let publisher = NodeID(try row.blob(5)),
        let signature = Signature(try row.blob(6))
      else { throw damaged }
      return ZoneWrite.entry(
        ZoneEntry(
          key: key, version: UInt64(bitPattern: try row.integer64(1)),
          expiresAt: WallTime(nanoseconds: try row.integer64(2)), payload: try row.blob(4),
          isRemoved: try row.flag(3), publisher: publisher, signature: signature))
    }
  }

  private static func decisions(_ session: any Session) throws -> [ZoneWrite] {
    try session.rows(
      "SELECT bits, length, number, is_split FROM zone_decisions LIMIT $1", [.integer(rows)]
    ) { row in
      let bits = UInt64(bitPattern: try row.integer64(0))
      guard let prefix = ZonePrefix(bits: bits, length: try row.integer(1)),
        let number = UInt32(exactly: try row.integer64(2))
      else { throw damaged }
      return ZoneWrite.decision(
        ZoneMap.Decision(prefix: prefix, number: number, isSplit: try row.flag(3)))
    }
  }

  private static var damaged: NetworkError {
    NetworkError(.violation, "the database holds a damaged row of the index; restore a backup")
  }
}
