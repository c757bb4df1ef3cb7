import IO
import Primitives

/// What a link through a relay costs: the relay's processor time against socat's, and the time of
/// a call against that on a direct link.
struct LinkRelaySuite: Suite {
  let name = "link-relay"
  let abstract = "a link through a relay: bulk against socat in its place, calls against direct"

  func run(_ bench: Bench) async throws -> SuiteReport {
    let mebibytes = bench.scaled(1024, quick: 256)
    let milliseconds = bench.scaled(1500, quick: 500)
    let passages = try await bench.alternate([true, false]) { isRelayed in
      isRelayed
        ? try await relayed(mebibytes, bench) : try await throughSocat(mebibytes, bench)
    }
    let latencies = try await bench.alternate([true, false]) { isRelayed in
      try await latency(milliseconds, isRelayed: isRelayed, bench)
    }
    let (relays, socats) = (passages[0], passages[1])
    let bounds = latencies[1].map { $0.p50 * 2 + 100 }
    return SuiteReport(
      suite: name,
      settings: [
        "\(mebibytes) MiB on a call over a link whose TLS runs through the relay; "
          + "socat -b 65536 with nodelay on both sides; \(bench.options.pairs) pairs",
        bench.placement("relay or socat", "both nodes"),
        "calls: Echo of 32 bytes, one after another, for \(milliseconds) ms; relay and answering "
          + "node on core \(bench.serverCore), calling node on core \(bench.loadCore)",
      ],
      figures: [
        Figure("relay", relays.map(\.cost), "CPU s/GiB"),
        Figure("socat", socats.map(\.cost), "CPU s/GiB"),
        Figure(
          "bytes per processor time over socat's",
          Samples(socats.map(\.cost), over: relays.map(\.cost))),
        Figure("relay: rate", relays.map(\.rate), "MiB/s"),
        Figure("socat: rate", socats.map(\.rate), "MiB/s"),
        Figure("direct call: p50", latencies[1].map(\.p50), "us"),
        Figure("direct call: p99", latencies[1].map(\.p99), "us"),
        Figure("relayed call: p50", latencies[0].map(\.p50), "us"),
        Figure("relayed call: p99", latencies[0].map(\.p99), "us"),
        Figure(
          "relayed p50 over 2x direct + 100 us", Samples(latencies[0].map(\.p50), over: bounds)),
      ])
  }

  private struct Passage: Sendable {
    /// Of what stands in between.
    var cost: Double
    var rate: Double

    init(_ mebibytes: Int, _ used: Duration, _ source: Finished) {
      cost = used.inSeconds / (Double(mebibytes) / 1024)
      rate = Double(mebibytes) / source.duration.inSeconds
    }
  }

  private struct Latency: Sendable {
    var p50: Double
    var p99: Double
  }

  // MARK: - Bulk

  private func relayed(_ mebibytes: Int, _ bench: Bench) async throws -> Passage {
    try await bench.withLinkNode(on: bench.serverCore) { relay in
      try await bench.withLinkNode(on: bench.loadCore, at: relay) { target in
        let before = Machine.processorTime(ofTree: relay.process)
        let words = [relay.port, relay.id, target.id]
        let source = try await send(mebibytes, words, bench)
        let used = Machine.processorTime(ofTree: relay.process) - before
        return Passage(mebibytes, used, source)
      }
    }
  }

  private func throughSocat(_ mebibytes: Int, _ bench: Bench) async throws -> Passage {
    try await bench.withLinkNode(on: bench.loadCore) { target in
      let port = try bench.freePort()
      let command = [
        "socat", "-b", "65536", "TCP-LISTEN:\(port),bind=127.0.0.1,nodelay",
        "TCP:127.0.0.1:\(target.port),nodelay",
      ]
      return try await bench.serving(command, on: bench.serverCore) { socat in
        // It takes one connection, so it cannot be asked whether it listens yet.
        try await bench.pause(.milliseconds(300))
        let source = try await send(mebibytes, [String(port), target.id], bench)
        let exit = try await socat.exit()
        return Passage(mebibytes, exit.userTime + exit.systemTime, source)
      }
    }
  }

  private func send(
    _ mebibytes: Int, _ words: [String], _ bench: Bench
  ) async throws -> Finished {
    try await bench.run(
      [bench.program, "part", "link-source", "lane", String(mebibytes)] + words,
      on: bench.loadCore)
  }

  // MARK: - Calls

  private func latency(
    _ milliseconds: Int, isRelayed: Bool, _ bench: Bench
  ) async throws -> Latency {
    // Direct, the relay is there all the same: an idle process.
    try await bench.withLinkNode(on: bench.serverCore) { relay in
      try await bench.withLinkNode(on: bench.serverCore, at: relay) { target in
        let words =
          isRelayed ? [relay.port, relay.id, target.id] : [target.port, target.id]
        let client = try await bench.run(
          [bench.program, "part", "link-client", String(milliseconds)] + words,
          on: bench.loadCore)
        let answer = try JSON.parse(client.output.filter { $0 != "\n" })
        guard let p50 = answer["p50"]?.number, let p99 = answer["p99"]?.number else {
          throw BenchError("the client did not say how long calls took: \(client.output)")
        }
        return Latency(p50: p50, p99: p99)
      }
    }
  }
}
