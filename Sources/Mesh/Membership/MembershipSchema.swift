package import Store

/// The tables of membership; see `MembershipStore`.
package enum MembershipSchema {
  package static let schema = Schema(
    "membership",
    [
      Schema.Migration(
        "membership",
        """
        CREATE TABLE membership (
          name TEXT PRIMARY KEY,
          value BLOB NOT NULL
        );
        CREATE TABLE membership_serial (
          id INTEGER PRIMARY KEY,
          next BIGINT NOT NULL
        );
        CREATE TABLE membership_statements (
          kind TEXT NOT NULL,
          encoded BLOB NOT NULL,
          PRIMARY KEY (kind, encoded)
        );
        CREATE TABLE invites (
          digest BLOB PRIMARY KEY,
          roles TEXT NOT NULL,
          permissions TEXT NOT NULL,
          life BIGINT NOT NULL,
          uses INTEGER NOT NULL,
          created BIGINT NOT NULL,
          withdrawn INTEGER NOT NULL
        );
        CREATE TABLE invite_uses (
          invite BLOB NOT NULL,
          node BLOB NOT NULL,
          PRIMARY KEY (invite, node)
        );
        CREATE TABLE waiting_nodes (
          node BLOB PRIMARY KEY,
          name TEXT NOT NULL,
          roles TEXT NOT NULL,
          permissions TEXT NOT NULL,
          since BIGINT NOT NULL
        );
        """)
    ])
}
