import Primitives

/// Whether an attempt notices what somebody else's does.
struct NeighbourSuite: Suite {
  let name = "box-neighbours"
  let abstract = "a warm attempt and its keeper, alone and beside a box that does its worst"
  let takesLong = true

  /// What a shell is told that has 64 processes and 256 MiB.
  private static let attacks = [
    ("fork bomb", "f() { f | f & }; while :; do f; done"),
    ("memory bomb", "head -c 4G /dev/zero | tail"),
    ("busy loops", "for i in $(seq 16); do (while :; do :; done) & done; wait"),
    ("log flood", "yes 'a line of a log that has no end'"),
  ]

  private struct Sample: Sendable {
    var attempt: (p50: Double, p99: Double)
    var keeper: (p50: Double, p99: Double)
  }

  func run(_ bench: Bench) async throws -> SuiteReport {
    let seconds = bench.scaled(5, quick: 2)
    let all = try await bench.alternate([("alone", "")] + Self.attacks) { contender in
      try await sample(contender.1, seconds, bench)
    }
    let alone = all[0]
    var figures = [
      Figure("alone: attempt p50", alone.map(\.attempt.p50), "ms"),
      Figure("alone: attempt p99", alone.map(\.attempt.p99), "ms"),
      Figure("alone: keeper p99", alone.map(\.keeper.p99), "ms"),
    ]
    for ((name, _), found) in zip(Self.attacks, all.dropFirst()) {
      let attempts = Samples(found.map(\.attempt.p99), over: alone.map(\.attempt.p99))
      let keepers = Samples(found.map(\.keeper.p99), over: alone.map(\.keeper.p99))
      figures += [
        Figure("\(name): attempt p99", found.map(\.attempt.p99), "ms"),
        Figure("\(name): attempt p99 over that alone", attempts),
        Figure("\(name): keeper p99 over that alone", keepers),
      ]
    }
    return SuiteReport(
      suite: name,
      settings: [
        "/bin/true again and again in a warm box, and a look at a folder on a thread for disks "
          + "every millisecond, for \(seconds) s; \(bench.options.pairs) rounds of all; "
          + "load \(Machine.load)",
        "the attacker's box has 64 processes, 256 MiB and all cores",
      ],
      figures: figures)
  }

  private func sample(_ script: String, _ seconds: Int, _ bench: Bench) async throws -> Sample {
    let finished = try await bench.run([
      bench.program, "part", "neighbours", bench.apus, "\(bench.scratch)/boxes", script,
      "\(seconds)",
    ])
    let said = try JSON.parse(Array(finished.output.utf8))
    guard let attempts = said["attempts"]?.array?.compactMap(\.number), !attempts.isEmpty,
      let keeper = said["keeper"]?.array?.compactMap(\.number)
    else { throw BenchError("a part has not said what it measured: \(finished.output)") }
    return Sample(attempt: Self.shares(attempts), keeper: Self.shares(keeper))
  }

  private static func shares(_ times: [Double]) -> (p50: Double, p99: Double) {
    (Samples.quantile(0.5, of: times), Samples.quantile(0.99, of: times))
  }
}
