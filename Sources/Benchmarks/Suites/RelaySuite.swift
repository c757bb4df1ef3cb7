import IO
import Primitives

/// One stream through a relay's splice, against socat, which copies, and against nothing in
/// between.
struct RelaySuite: Suite {
  let name = "relay"
  let abstract = "a TCP stream through the relay's splice over loopback, against socat and direct"

  private enum Way: CaseIterable { case splice, socat, direct }

  private struct Passage: Sendable {
    /// Processor time of what stands in between.
    var cost: Double
    var rate: Double
  }

  func run(_ bench: Bench) async throws -> SuiteReport {
    let mebibytes = bench.scaled(4096, quick: 1024)
    let samples = try await bench.alternate(Way.allCases) { way in
      try await transfer(mebibytes, way, bench)
    }
    let (splices, copies, direct) = (samples[0], samples[1], samples[2])
    return SuiteReport(
      suite: name,
      settings: [
        "\(mebibytes) MiB in writes of 64 KiB, \(bench.options.pairs) rounds; "
          + "socat -b 65536 TCP-LISTEN TCP",
        bench.placement("what stands between", "source and sink"),
      ],
      figures: [
        Figure("apus: splice", splices.map(\.cost), "CPU s/GiB"),
        Figure("socat", copies.map(\.cost), "CPU s/GiB"),
        Figure(
          "ratio to socat", Samples(copies.map(\.cost), over: splices.map(\.cost))),
        Figure("apus: rate", splices.map(\.rate), "MiB/s"),
        Figure("socat: rate", copies.map(\.rate), "MiB/s"),
        Figure("direct: rate", direct.map(\.rate), "MiB/s"),
        Figure(
          "rate over socat's", Samples(splices.map(\.rate), over: copies.map(\.rate))),
      ])
  }

  private func transfer(_ mebibytes: Int, _ way: Way, _ bench: Bench) async throws -> Passage {
    try await bench.serving([bench.program, "part", "tcp-sink"], on: bench.loadCore) { sink in
      let port = try await Self.port(of: sink, bench)
      let passage: Passage
      switch way {
      case .direct: passage = try await send(mebibytes, to: port, through: nil, bench)
      case .splice:
        let command = [bench.program, "part", "tcp-splice", String(port)]
        passage = try await bench.serving(command, on: bench.serverCore) { relay in
          try await send(mebibytes, to: Self.port(of: relay, bench), through: relay, bench)
        }
      case .socat:
        let free = try bench.freePort()
        let command = [
          "socat", "-b", "65536", "TCP-LISTEN:\(free),bind=127.0.0.1", "TCP:127.0.0.1:\(port)",
        ]
        passage = try await bench.serving(command, on: bench.serverCore) { relay in
          // It takes one connection, so it cannot be asked whether it listens yet.
          try await bench.pause(.milliseconds(300))
          return try await send(mebibytes, to: free, through: relay, bench)
        }
      }
      guard try await sink.exit().isSuccess else { throw BenchError("the sink failed") }
      return passage
    }
  }

  private static func port(of child: ChildProcess, _ bench: Bench) async throws -> UInt16 {
    guard let number = try await bench.announcement(of: child)["port"]?.integer,
      let port = UInt16(exactly: number)
    else { throw BenchError("a part did not say where it listens") }
    return port
  }

  private func send(
    _ mebibytes: Int, to port: UInt16, through relay: ChildProcess?, _ bench: Bench
  ) async throws -> Passage {
    let source = try await bench.run(
      [bench.program, "part", "tcp-source", String(port), String(mebibytes)], on: bench.loadCore)
    let rate = Double(mebibytes) / source.duration.inSeconds
    guard let relay else { return Passage(cost: 0, rate: rate) }
    let exit = try await relay.exit()
    guard exit.isSuccess else { throw BenchError("what stands between failed: \(exit.reason)") }
    let used = (exit.userTime + exit.systemTime).inSeconds
    return Passage(cost: used / (Double(mebibytes) / 1024), rate: rate)
  }
}
