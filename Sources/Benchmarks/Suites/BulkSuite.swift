import IO
import Primitives

/// One TLS stream over loopback: our transport against a C program on the same library.
struct BulkSuite: Suite {
  let name = "tls-bulk"
  let abstract = "a TLS 1.3 stream over loopback, both ends, against a C program with OpenSSL"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let mebibytes = bench.scaled(2048, quick: 512)
    let yardstick = "\(bench.scratch)/tls-bulk"
    _ = try await bench.run([
      "cc", "-O2", "-o", yardstick, bench.source("tls-bulk.c"), "-lssl", "-lcrypto",
    ])
    let ours = Ends(
      sink: [bench.program, "part", "tls-sink"], source: [bench.program, "part", "tls-source"])
    let theirs = Ends(sink: [yardstick, "sink"], source: [yardstick, "source"])
    let samples = try await bench.alternate([ours, theirs]) {
      try await transfer(mebibytes, $0, bench)
    }
    let (costs, yardsticks) = (samples[0], samples[1])
    return SuiteReport(
      suite: name,
      settings: [
        "\(mebibytes) MiB in writes of 64 KiB, page-aligned, TLS_AES_128_GCM_SHA256, Ed25519 "
          + "on both sides, \(bench.options.pairs) pairs",
        bench.placement("sink", "source"),
      ],
      figures: [
        Figure("apus: both ends", costs.map(\.cost), "CPU s/GiB"),
        Figure("apus: sink", costs.map(\.sinkCost), "CPU s/GiB"),
        Figure("apus: source", costs.map(\.sourceCost), "CPU s/GiB"),
        Figure("apus: rate", costs.map(\.rate), "MiB/s"),
        Figure("C program: both ends", yardsticks.map(\.cost), "CPU s/GiB"),
        Figure("C program: sink", yardsticks.map(\.sinkCost), "CPU s/GiB"),
        Figure("C program: source", yardsticks.map(\.sourceCost), "CPU s/GiB"),
        Figure("C program: rate", yardsticks.map(\.rate), "MiB/s"),
        Figure(
          "ratio to the C program", Samples(yardsticks.map(\.cost), over: costs.map(\.cost))),
      ])
  }

  private struct Ends {
    var sink: [String]
    var source: [String]
  }

  private struct Transfer: Sendable {
    var sinkCost: Double
    var sourceCost: Double
    var rate: Double
    var cost: Double { sinkCost + sourceCost }
  }

  /// Both programs print {"port": n} when the sink listens; the source takes port and MiB.
  private func transfer(_ mebibytes: Int, _ ends: Ends, _ bench: Bench) async throws -> Transfer {
    let gibibytes = Double(mebibytes) / 1024
    return try await bench.serving(ends.sink, on: bench.serverCore) { sink in
      let announcement = try await bench.announcement(of: sink)
      guard let port = announcement["port"]?.integer else {
        throw BenchError("the sink did not say where it listens")
      }
      let key = announcement["id"]?.string.map { [$0] } ?? []
      let source = try await bench.run(
        ends.source + [String(port), String(mebibytes)] + key, on: bench.loadCore)
      let exit = try await sink.exit()
      guard exit.isSuccess else { throw BenchError("the sink failed: \(exit.reason)") }
      return Transfer(
        sinkCost: (exit.userTime + exit.systemTime).inSeconds / gibibytes,
        sourceCost: source.processorTime.inSeconds / gibibytes,
        rate: Double(mebibytes) / source.duration.inSeconds)
    }
  }
}
