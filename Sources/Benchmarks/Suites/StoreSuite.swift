import IO
import Primitives

/// Rows that reach the disk: many callers that each write one, against one big transaction.
struct StoreSuite: Suite {
  let name = "store-write"
  let abstract = "one row a call with group commit, against one transaction of the sqlite3 program"

  private static let writers = 1_000
  private static let textBytes = 100

  func run(_ bench: Bench) async throws -> SuiteReport {
    let rows = bench.scaled(200_000, quick: 20_000)
    let together = try await script(rows, each: false, bench)
    // Each of its rows waits for the disk: few say enough.
    let single = max(1, rows / 100)
    let oneByOne = try await script(single, each: true, bench)
    let contenders: [Contender] = [
      Contender(
        rows: rows,
        arguments: { [bench.program, "part", "store-writer", $0, "\(rows)", "\(Self.writers)"] }),
      Contender(rows: rows, arguments: { ["sqlite3", "-batch", $0, ".read \(together)"] }),
      Contender(rows: single, arguments: { ["sqlite3", "-batch", $0, ".read \(oneByOne)"] }),
    ]
    var run = 0
    let samples = try await bench.alternate(contenders) { contender in
      run += 1
      return try await measure(contender, path: "\(bench.scratch)/\(run).db", bench)
    }
    let (ours, peer, slow) = (samples[0], samples[1], samples[2])
    return SuiteReport(
      suite: name,
      settings: [
        "\(rows) rows of a number and \(Self.textBytes) bytes; write-ahead log, every commit "
          + "synced; \(Self.writers) callers at once; \(bench.options.pairs) pairs",
        "processor time is that of the whole process; load \(Machine.load)",
      ],
      figures: [
        Figure("apus: rows", ours.map(\.rate), "/s"),
        Figure("apus: processor time", ours.map(\.cost), "us/row"),
        Figure("sqlite3, one transaction: rows", peer.map(\.rate), "/s"),
        Figure("sqlite3, one transaction: processor time", peer.map(\.cost), "us/row"),
        Figure("sqlite3, row by row: rows", slow.map(\.rate), "/s"),
        Figure("sqlite3, row by row: processor time", slow.map(\.cost), "us/row"),
        Figure("ratio to one transaction", Samples(peer.map(\.cost), over: ours.map(\.cost))),
      ])
  }

  private struct Contender {
    var rows: Int
    /// The command, given the database's path.
    var arguments: (String) -> [String]
  }

  private struct Sample: Sendable {
    var rate: Double
    /// Microseconds.
    var cost: Double
  }

  private func measure(
    _ contender: Contender, path: String, _ bench: Bench
  ) async throws -> Sample {
    let finished = try await bench.run(contender.arguments(path))
    let count = try await bench.run(["sqlite3", "-batch", path, "SELECT count(*) FROM items"])
    guard count.output == "\(contender.rows)\n" else {
      throw BenchError("\(contender.rows) rows were written and \(count.output) are there")
    }
    _ = try await bench.run(["rm", "-f", path, "\(path)-wal", "\(path)-shm"])
    return Sample(
      rate: Double(contender.rows) / finished.duration.inSeconds,
      cost: finished.processorTime.inSeconds / Double(contender.rows) * 1e6)
  }

  /// What the sqlite3 program is told: the same rows, in one transaction or one each.
  private func script(_ rows: Int, each: Bool, _ bench: Bench) async throws -> String {
    var text = "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\n\(StorePart.table);\n"
    if !each { text += "BEGIN;\n" }
    let value = String(repeating: "x", count: Self.textBytes)
    for row in 0..<rows { text += "INSERT INTO items VALUES (\(row), '\(value)');\n" }
    if !each { text += "COMMIT;\n" }
    return try await bench.write(Array(text.utf8), to: each ? "each.sql" : "together.sql")
  }
}
