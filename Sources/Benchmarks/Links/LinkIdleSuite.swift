import IO
import Primitives

/// What a relay holds for nodes that listen there and are quiet.
struct LinkIdleSuite: Suite {
  let name = "link-idle"
  let abstract = "memory and processor time of a relay with 5,000 idle links"

  /// Long enough for every link to have found itself idle.
  private static let settling = Duration.seconds(15)
  private static let watching = Duration.seconds(10)

  func run(_ bench: Bench) async throws -> SuiteReport {
    let count = bench.scaled(5_000, quick: 1_000)
    let sample = try await measure(count, bench)
    return SuiteReport(
      suite: name,
      settings: [
        "\(count) links over TLS, each of a node of its own that has a reservation and listens; "
          + "resident memory of the relay's process",
        bench.placement("the relay", "the nodes"),
      ],
      figures: [
        Figure("resident", [sample.resident], "MiB"),
        Figure("a link", [sample.each], "KiB"),
        Figure("processor", [sample.processor], "%"),
      ])
  }

  private struct Sample: Sendable {
    var resident: Double
    var each: Double
    /// Of a core: signs of life go back and forth.
    var processor: Double
  }

  private func measure(_ count: Int, _ bench: Bench) async throws -> Sample {
    try await bench.withLinkNode(on: bench.serverCore) { relay in
      let before = try Machine.residentBytes(of: relay.process)
      let command = [
        bench.program, "part", "link-holder", String(count), relay.port, relay.id,
      ]
      return try await bench.serving(command, on: bench.loadCore) { holder in
        let announcement = try await bench.announcement(of: holder)
        guard announcement["open"]?.integer == Int64(count) else {
          throw BenchError("only some links came about: \(announcement.text)")
        }
        try await bench.pause(Self.settling)
        let start = Machine.processorTime(ofTree: relay.process)
        try await bench.pause(Self.watching)
        let used = Machine.processorTime(ofTree: relay.process) - start
        let after = try Machine.residentBytes(of: relay.process)
        return Sample(
          resident: Double(after) / 1_048_576,
          each: Double(after - before) / 1024 / Double(count),
          processor: used.inSeconds / Self.watching.inSeconds * 100)
      }
    }
  }
}
