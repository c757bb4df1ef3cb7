/// The tables of one module and how they came about.
package struct Schema: Sendable {
  package struct Migration: Sendable {
    package var name: String
    /// One or more statements, run in one transaction. Never edit one that was released: add
    /// another.
    package var sql: String

    package init(_ name: String, _ sql: String) {
      self.name = name
      self.sql = sql
    }

    /// FNV-1a, 64 bits: tells an edit by mistake, not by an enemy.
    var fingerprint: String {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      return String(hash, radix: 16)
    }
  }

  package var name: String
  /// In order; the first has number 1.
  package var migrations: [Migration]

  package init(_ name: String, _ migrations: [Migration]) {
    self.name = name
    self.migrations = migrations
  }
}
