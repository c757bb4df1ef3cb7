import Primitives
package import Store

/// What holders keep, on disk.
package struct TopicArchive: Sendable {
  package static let schema = Schema(
    "topics",
    [
      Schema.Migration(
        "messages, places and subscriptions",
        """
        CREATE TABLE topic_messages (
          topic TEXT NOT NULL, publisher BLOB NOT NULL, boot BIGINT NOT NULL,
          sequence BIGINT NOT NULL, arrived_at BIGINT NOT NULL, payload BLOB NOT NULL,
          PRIMARY KEY (topic, publisher, boot, sequence));
        CREATE TABLE topic_streams (
          topic TEXT NOT NULL, publisher BLOB NOT NULL, boot BIGINT NOT NULL,
          last_sequence BIGINT NOT NULL, PRIMARY KEY (topic, publisher, boot));
        CREATE TABLE topic_subscriptions (
          topic TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (topic, name));
        CREATE TABLE topic_acknowledgements (
          topic TEXT NOT NULL, name TEXT NOT NULL, publisher BLOB NOT NULL, boot BIGINT NOT NULL,
          sequence BIGINT NOT NULL, PRIMARY KEY (topic, name, publisher, boot));
        """),
      Schema.Migration(
        "deleted subscriptions",
        "ALTER TABLE topic_subscriptions ADD COLUMN era BIGINT NOT NULL DEFAULT 1"),
    ])

  private let driver: any Driver

  /// The driver has been migrated with `schema`.
  package init(_ driver: any Driver) { self.driver = driver }

  /// Returns when everything is on disk, in one transaction.
  package func save(_ writes: [TopicWrite]) async throws {
    try await driver.write { session in
      for write in writes { try Self.apply(write, session) }
    }
  }

  /// Another network knows nothing of these topics.
  package func clear() async throws {
    try await driver.write { session in
      for table in ["messages", "streams", "subscriptions", "acknowledgements"] {
        try session.execute("DELETE FROM topic_\(table)")
      }
    }
  }

  /// What `TopicCore` wants to know of before it starts.
  package func load() async throws -> [TopicWrite] {
    try await driver.read { session in
      let subscriptions = try session.rows(
        "SELECT topic, name, era FROM topic_subscriptions ORDER BY topic, name"
      ) { row in
        let era = UInt64(bitPattern: try row.integer64(2))
        return TopicWrite.subscription(
          topic: try row.text(0), TopicMessage.Naming(try row.text(1), era: era))
      }
      return try Self.streams(session) + Self.messages(session) + subscriptions
        + Self.acknowledgements(session)
    }
  }

  private static func apply(_ write: TopicWrite, _ session: any Session) throws {
    switch write {
    case .message(let topic, let kept, let time):
      try session.execute(
        "INSERT INTO topic_messages VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        key(topic, kept.position) + [.integer(time.nanoseconds), .blob(kept.payload)])
      try advance(topic, kept.position, session)
    case .last(let topic, let position):
      // A gap: what was before it cannot be told apart from what is missing.
      try deleteMessages(topic, position, session)
      try advance(topic, position, session)
    case .trimmed(let topic, let position): try deleteMessages(topic, position, session)
    case .subscription(let topic, let naming):
      try session.execute(
        """
        INSERT INTO topic_subscriptions (topic, name, era) VALUES ($1, $2, $3)
        ON CONFLICT (topic, name) DO UPDATE SET era = excluded.era
        """,
        [.text(topic), .text(naming.name), .integer(Int64(bitPattern: naming.era))])
      try session.execute(
        "DELETE FROM topic_acknowledgements WHERE topic = $1 AND name = $2",
        [.text(topic), .text(naming.name)])
    case .acknowledged(let topic, let acknowledged):
      try session.execute(
        """
        INSERT INTO topic_acknowledgements VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (topic, name, publisher, boot) DO UPDATE SET sequence = excluded.sequence
        """,
        [.text(topic), .text(acknowledged.name)]
          + key(topic, acknowledged.position).dropFirst())
    case .dropped(let topic):
      for table in ["messages", "streams", "subscriptions", "acknowledgements"] {
        try session.execute("DELETE FROM topic_\(table) WHERE topic = $1", [.text(topic)])
      }
    }
  }

  private static func advance(
    _ topic: String, _ position: TopicPosition, _ session: any Session
  ) throws {
    try session.execute(
      """
      INSERT INTO topic_streams VALUES ($1, $2, $3, $4)
      ON CONFLICT (topic, publisher, boot) DO UPDATE SET last_sequence = excluded.last_sequence
      """, key(topic, position))
  }

  private static func deleteMessages(
    _ topic: String, _ position: TopicPosition, _ session: any Session
  ) throws {
    try session.execute(
      """
      DELETE FROM topic_messages
      WHERE topic = $1 AND publisher = $2 AND boot = $3 AND sequence <= $4
      """, key(topic, position))
  }

  /// Boots are bit patterns: they use all 64 bits.
  private static func key(_ topic: String, _ position: TopicPosition) -> [Value] {
    [
      .text(topic), .blob(position.stream.publisher.bytes),
      .integer(Int64(bitPattern: position.stream.boot)),
      .integer(Int64(bitPattern: position.sequence)),
    ]
  }

  private static func position(_ row: any Row, at column: Int) throws -> TopicPosition {
    guard let publisher = NodeID(try row.blob(column)) else {
      throw NetworkError(.violation, "the database holds a publisher's id that is not 32 bytes")
    }
    let boot = UInt64(bitPattern: try row.integer64(column + 1))
    return TopicPosition(
      TopicStream(publisher: publisher, boot: boot),
      UInt64(bitPattern: try row.integer64(column + 2)))
  }

  /// Where a stream stands before the first message that is here.
  private static func streams(_ session: any Session) throws -> [TopicWrite] {
    try session.rows(
      """
      SELECT topic, publisher, boot, COALESCE(
        (SELECT MIN(sequence) - 1 FROM topic_messages AS m
         WHERE m.topic = s.topic AND m.publisher = s.publisher AND m.boot = s.boot),
        last_sequence)
      FROM topic_streams AS s ORDER BY topic, publisher, boot
      """
    ) { row in TopicWrite.last(topic: try row.text(0), try position(row, at: 1)) }
  }

  private static func messages(_ session: any Session) throws -> [TopicWrite] {
    try session.rows(
      """
      SELECT topic, publisher, boot, sequence, arrived_at, payload FROM topic_messages
      ORDER BY arrived_at, topic, publisher, boot, sequence
      """
    ) { row in
      let kept = TopicMessage.Kept(try position(row, at: 1), try row.blob(5))
      return .message(
        topic: try row.text(0), kept, at: WallTime(nanoseconds: try row.integer64(4)))
    }
  }

  private static func acknowledgements(_ session: any Session) throws -> [TopicWrite] {
    try session.rows(
      "SELECT topic, publisher, boot, sequence, name FROM topic_acknowledgements"
    ) { row in
      let acknowledged = TopicMessage.Acknowledged(try row.text(4), try position(row, at: 1))
      return TopicWrite.acknowledged(topic: try row.text(0), acknowledged)
    }
  }
}
