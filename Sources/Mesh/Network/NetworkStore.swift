import IO
import Primitives
package import Store

/// What a node keeps of its network from start to start, beside its membership.
package struct NetworkStore: Sendable {
  package static let schemas = [schema, TopicArchive.schema, ZoneArchive.schema]

  private static let schema = Schema(
    "network",
    [
      Schema.Migration(
        "network",
        """
        CREATE TABLE network_records (
          node BLOB PRIMARY KEY,
          payload BLOB NOT NULL,
          signature BLOB NOT NULL
        );
        CREATE TABLE network_contacts (
          node BLOB NOT NULL,
          address TEXT NOT NULL,
          PRIMARY KEY (node, address)
        );
        CREATE TABLE network_numbers (
          name TEXT PRIMARY KEY,
          number BIGINT NOT NULL
        );
        """)
    ])

  private static let rows = 1 << 17
  private let driver: any Driver
  let topics: TopicArchive
  let zones: ZoneArchive

  package init(_ driver: any Driver) {
    self.driver = driver
    topics = TopicArchive(driver)
    zones = ZoneArchive(driver)
  }

  // MARK: - Records of others

  /// Those that cannot be read any more are left out: the network tells them anew.
  func records() async throws -> [SignedRecord] {
    try await driver.read { session in
      try session.rows(
        "SELECT payload, signature FROM network_records LIMIT $1", [.integer(Self.rows)]
      ) { row in
        // Left out, as said above.
        try? SignedRecord(payload: try row.blob(0), signature: try row.blob(1))
      }.compactMap { $0 }
    }
  }

  func keep(_ records: [SignedRecord], dropping gone: [NodeID]) async throws {
    if records.isEmpty && gone.isEmpty { return }
    try await driver.write { session in
      for record in records {
        try session.execute(
          """
          INSERT INTO network_records (node, payload, signature) VALUES ($1, $2, $3)
          ON CONFLICT (node) DO UPDATE
          SET payload = excluded.payload, signature = excluded.signature
          """,
          [.blob(record.id.bytes), .blob(record.payload), .blob(record.signature)])
      }
      for id in gone {
        try session.execute("DELETE FROM network_records WHERE node = $1", [.blob(id.bytes)])
      }
    }
  }

  // MARK: - Where to begin

  func contacts() async throws -> [NodeID: [SocketAddress]] {
    let rows = try await driver.read { session in
      try session.rows(
        "SELECT node, address FROM network_contacts LIMIT $1", [.integer(Self.rows)]
      ) { row in (NodeID(try row.blob(0)), SocketAddress(try row.text(1))) }
    }
    var contacts: [NodeID: [SocketAddress]] = [:]
    for case (let id?, let address?) in rows { contacts[id, default: []].append(address) }
    return contacts
  }

  func add(contact id: NodeID, at address: SocketAddress) async throws {
    try await driver.write { session in
      try session.execute(
        "INSERT INTO network_contacts (node, address) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [.blob(id.bytes), .text(address.description)])
    }
  }

  // MARK: - Numbers that only grow

  /// A number above `least` and above every one given before.
  func nextSequence(after least: UInt64) async throws -> UInt64 {
    try await driver.write { session in
      let held = try session.rows(
        "SELECT number FROM network_numbers WHERE name = 'sequence'", []
      ) { try $0.integer64(0) }
      let next = max(Int64(clamping: least), held.first ?? 0) + 1
      try session.execute(
        """
        INSERT INTO network_numbers (name, number) VALUES ('sequence', $1)
        ON CONFLICT (name) DO UPDATE SET number = excluded.number
        """,
        [.integer(next)])
      return UInt64(next)
    }
  }

  /// Another network knows nothing of these. The sequence goes on.
  package func clear() async throws {
    try await driver.write { session in
      try session.execute("DELETE FROM network_records")
      try session.execute("DELETE FROM network_contacts")
    }
    try await topics.clear()
    try await zones.clear()
  }
}
