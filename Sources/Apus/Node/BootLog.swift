package import Primitives
package import Store

/// When this node started and whether it ended in order: tells `apus doctor` of crashes.
package struct BootLog: Sendable {
  package struct Limits: Sendable {
    package var kept = 100
    package init() {}
  }

  package let number: Int64
  /// True when the start before this one never reached its end.
  package let followsCrash: Bool
  private let database: any Driver

  package static func begin(
    _ database: any Driver, now: WallTime, limits: Limits = Limits()
  ) async throws -> BootLog {
    let (number, followsCrash) = try await database.write { session in
      let last = try session.first(
        "SELECT number, ended FROM boots ORDER BY number DESC LIMIT 1"
      ) { row in (try row.integer64(0), try row.textIfAny(1) == nil) }
      let number = (last?.0 ?? 0) + 1
      try session.execute(
        "INSERT INTO boots (number, started, version) VALUES ($1, $2, $3)",
        [.integer(number), .text(now.description), .text(Version.current)])
      try session.execute(
        "DELETE FROM boots WHERE number <= $1", [.integer(number - Int64(limits.kept))])
      return (number, last?.1 ?? false)
    }
    return BootLog(number: number, followsCrash: followsCrash, database: database)
  }

  package func end(now: WallTime) async throws {
    let number = number
    try await database.write { session in
      try session.execute(
        "UPDATE boots SET ended = $1 WHERE number = $2", [.text(now.description), .integer(number)])
    }
  }
}
