import Calls
package import Primitives
package import Store

// # What is stored
//
// `membership` holds what there is one of, by name: network, certificate, admin certificate, the
// network key (sealed under a secret of the node's own key), the next serial number. The other
// tables hold sets that only grow, and the admin's invites with who has used them.
//
// Whatever a call answers is written before it answers, in one transaction: a node that dies in
// between has either not answered, or knows what it answered.

/// A change of what is stored. Each may be applied twice.
package enum MembershipChange: Hashable, Sendable {
  /// Nil removes the value.
  case value(MembershipValue, [UInt8]?)
  /// Only ever raised.
  case nextSerial(UInt64)
  case revocation([UInt8])
  case decision([UInt8])
  case forgottenDecision([UInt8])
  case admin([UInt8])
  case invite(InviteBook.Entry)
  case redeemed(Digest, NodeID)
  case forgottenInvite(Digest)
  case waiting(NodeID, WaitingNode)
  case noLongerWaiting(NodeID)
  /// Everything of the network that is left.
  case cleared
}

/// What there is one of.
package enum MembershipValue: String, Hashable, Sendable, CaseIterable {
  case network, certificate
  case adminCertificate = "admin_certificate"
  case networkKey = "network_key"
  /// There once it has signed anybody else.
  case hasMembers = "has_members"
  case pendingJoin = "pending_join"
}

extension MembershipChange {
  var isDecision: Bool { if case .decision = self { true } else { false } }
}

/// A node that may join once an admin approves.
package struct WaitingNode: Hashable, Sendable {
  package var grant: MembershipCertificate.Grant
  package var since: WallTime
}

/// What a node remembers of its membership from start to start.
package struct MembershipStore: Sendable {
  package struct Limits: Sendable {
    /// Of the rows of each kind read at a start.
    package var rows = 1 << 20
    package init() {}
  }

  /// All there is.
  package struct Content: Hashable, Sendable {
    package var values: [MembershipValue: [UInt8]] = [:]
    package var nextSerial: UInt64 = 1
    package var revocations: [[UInt8]] = []
    package var decisions: [[UInt8]] = []
    package var admins: [[UInt8]] = []
    package var invites: [InviteBook.Entry] = []
    package var waiting: [NodeID: WaitingNode] = [:]
  }

  private let driver: any Driver

  package init(_ driver: any Driver) { self.driver = driver }

  /// One transaction; durable once it returns.
  package func apply(_ changes: [MembershipChange]) async throws {
    if changes.isEmpty { return }
    try await driver.write { session in
      for change in changes { try Self.apply(change, session) }
    }
  }

  private static func apply(_ change: MembershipChange, _ session: any Session) throws {
    switch change {
    case .value(let name, let bytes): try set(name, bytes, session)
    case .nextSerial(let serial): try raise(serial, session)
    case .revocation(let bytes): try keep(bytes, kind: "revocation", session)
    case .decision(let bytes): try keep(bytes, kind: "decision", session)
    case .forgottenDecision(let bytes):
      try session.execute(
        "DELETE FROM membership_statements WHERE kind = $1 AND encoded = $2",
        [.text("decision"), .blob(bytes)])
    case .admin(let bytes): try keep(bytes, kind: "admin", session)
    case .invite(let entry): try write(entry, session)
    case .redeemed(let digest, let node):
      try session.execute(
        "INSERT INTO invite_uses (invite, node) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [.blob(digest.bytes), .blob(node.bytes)])
    case .forgottenInvite(let digest):
      for table in ["invite_uses WHERE invite", "invites WHERE digest"] {
        try session.execute("DELETE FROM \(table) = $1", [.blob(digest.bytes)])
      }
    case .waiting(let node, let waiting): try write(node, waiting, session)
    case .noLongerWaiting(let node):
      try session.execute("DELETE FROM waiting_nodes WHERE node = $1", [.blob(node.bytes)])
    case .cleared:
      for table in [
        "membership", "membership_serial", "membership_statements", "invite_uses", "invites",
        "waiting_nodes",
      ] { try session.execute("DELETE FROM \(table)") }
    }
  }

  private static func set(
    _ name: MembershipValue, _ bytes: [UInt8]?, _ session: any Session
  ) throws {
    guard let bytes else {
      try session.execute("DELETE FROM membership WHERE name = $1", [.text(name.rawValue)])
      return
    }
    try session.execute(
      """
      INSERT INTO membership (name, value) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value
      """,
      [.text(name.rawValue), .blob(bytes)])
  }

  private static func raise(_ serial: UInt64, _ session: any Session) throws {
    try session.execute(
      """
      INSERT INTO membership_serial (id, next) VALUES (1, $1)
      ON CONFLICT (id) DO UPDATE SET next = excluded.next
      WHERE excluded.next > membership_serial.next
      """,
      [.integer(Int64(clamping: serial))])
  }

  private static func keep(_ bytes: [UInt8], kind: String, _ session: any Session) throws {
    try session.execute(
      """
      INSERT INTO membership_statements (kind, encoded) VALUES ($1, $2) ON CONFLICT DO NOTHING
      """,
      [.text(kind), .blob(bytes)])
  }

  private static func write(_ entry: InviteBook.Entry, _ session: any Session) throws {
    try session.execute(
      """
      INSERT INTO invites (digest, roles, permissions, life, uses, created, withdrawn)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (digest) DO UPDATE SET withdrawn = excluded.withdrawn
      """,
      [
        .blob(entry.digest.bytes), .text(StoredWords.roles(entry.terms.roles)),
        .text(StoredWords.permissions(entry.terms.permissions)),
        .integer(entry.terms.life.nanoseconds), .integer(entry.terms.uses),
        .integer(entry.createdAt.nanoseconds), .flag(entry.isWithdrawn),
      ])
  }

  private static func write(
    _ node: NodeID, _ waiting: WaitingNode, _ session: any Session
  ) throws {
    try session.execute(
      """
      INSERT INTO waiting_nodes (node, name, roles, permissions, since)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (node) DO UPDATE SET name = excluded.name, roles = excluded.roles,
        permissions = excluded.permissions
      """,
      [
        .blob(node.bytes), .text(waiting.grant.name),
        .text(StoredWords.roles(waiting.grant.roles)),
        .text(StoredWords.permissions(waiting.grant.permissions)),
        .integer(waiting.since.nanoseconds),
      ])
  }
}

// MARK: - Reading

extension MembershipStore {
  package func load(limits: Limits = Limits()) async throws -> Content {
    try await driver.read { session in
      var content = Content()
      try session.query("SELECT name, value FROM membership", []) { row in
        // A value of a newer program is none of ours.
        if let name = MembershipValue(rawValue: try row.text(0)) {
          content.values[name] = try row.blob(1)
        }
        return true
      }
      let serial = try session.first("SELECT next FROM membership_serial") { row in
        try row.integer64(0)
      }
      content.nextSerial = UInt64(max(1, serial ?? 1))
      content.revocations = try Self.statements("revocation", session, limits)
      content.decisions = try Self.statements("decision", session, limits)
      content.admins = try Self.statements("admin", session, limits)
      content.invites = try Self.invites(session, limits)
      content.waiting = try Self.waiting(session, limits)
      return content
    }
  }

  private static func statements(
    _ kind: String, _ session: any Session, _ limits: Limits
  ) throws -> [[UInt8]] {
    try session.rows(
      "SELECT encoded FROM membership_statements WHERE kind = $1 ORDER BY encoded LIMIT $2",
      [.text(kind), .integer(limits.rows)]
    ) { row in try row.blob(0) }
  }

  private static func invites(
    _ session: any Session, _ limits: Limits
  ) throws -> [InviteBook.Entry] {
    var entries = try session.rows(
      """
      SELECT digest, roles, permissions, life, uses, created, withdrawn FROM invites
      ORDER BY digest LIMIT $1
      """,
      [.integer(limits.rows)]
    ) { row in
      var terms = InviteBook.Terms(
        roles: StoredWords.roles(in: try row.text(1)),
        permissions: StoredWords.permissions(in: try row.text(2)))
      terms.life = .nanoseconds(try row.integer64(3))
      terms.uses = try row.integer(4)
      var entry = InviteBook.Entry(
        digest: try digest(row.blob(0)), terms: terms,
        createdAt: WallTime(nanoseconds: try row.integer64(5)))
      entry.isWithdrawn = try row.flag(6)
      return entry
    }
    let uses = try session.rows(
      "SELECT invite, node FROM invite_uses ORDER BY invite, node LIMIT $1",
      [.integer(limits.rows)]
    ) { row in (try digest(row.blob(0)), try node(row.blob(1))) }
    let nodes = Dictionary(grouping: uses, by: \.0)
    for index in entries.indices {
      entries[index].usedBy = nodes[entries[index].digest]?.map(\.1) ?? []
    }
    return entries
  }

  private static func waiting(
    _ session: any Session, _ limits: Limits
  ) throws -> [NodeID: WaitingNode] {
    let rows = try session.rows(
      "SELECT node, name, roles, permissions, since FROM waiting_nodes ORDER BY node LIMIT $1",
      [.integer(limits.rows)]
    ) { row in
      let grant = MembershipCertificate.Grant(
        name: try row.text(1), roles: StoredWords.roles(in: try row.text(2)),
        permissions: StoredWords.permissions(in: try row.text(3)))
      return (
        try node(row.blob(0)),
        WaitingNode(grant: grant, since: WallTime(nanoseconds: try row.integer64(4)))
      )
    }
    return Dictionary(rows) { first, _ in first }
  }

  private static func digest(_ bytes: [UInt8]) throws(DatabaseError) -> Digest {
    guard let digest = Digest(bytes) else { throw damaged }
    return digest
  }

  private static func node(_ bytes: [UInt8]) throws(DatabaseError) -> NodeID {
    guard let node = NodeID(bytes) else { throw damaged }
    return node
  }

  private static var damaged: DatabaseError {
    DatabaseError(.damaged, "a row of the membership tables is damaged; restore a backup")
  }
}

/// Sets of words in one column. No role or permission has a comma.
private enum StoredWords {
  static func roles(_ roles: Set<Role>) -> String { join(roles.map(\.rawValue)) }
  static func permissions(_ permissions: Set<Permission>) -> String {
    join(permissions.map(\.name))
  }

  static func roles(in text: String) -> Set<Role> {
    Set(text.split(separator: ",").compactMap { Role(rawValue: String($0)) })
  }

  static func permissions(in text: String) -> Set<Permission> {
    Set(text.split(separator: ",").map { Permission(String($0)) })
  }

  private static func join(_ words: [String]) -> String {
    words.sorted().joined(separator: ",")
  }
}
