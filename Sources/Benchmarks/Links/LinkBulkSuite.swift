import IO
import Primitives

/// Bulk over a link between two processes, against the TLS stream under it.
struct LinkBulkSuite: Suite {
  let name = "link-bulk"
  let abstract = "bulk over a link's lane and over a bulk carrier, against bare TLS"

  private enum Way: String, CaseIterable {
    case bare
    case lane
    case bulk
    case bulkCall = "bulk-call"
  }

  func run(_ bench: Bench) async throws -> SuiteReport {
    let mebibytes = bench.scaled(1024, quick: 512)
    let samples = try await bench.alternate(Way.allCases) { way in
      try await way == .bare ? bareTransfer(mebibytes, bench) : transfer(mebibytes, way, bench)
    }
    let bare = samples[0]
    let named = zip(
      ["a call on a lane", "bulk carrier", "a call on a bulk carrier"], samples[1...])
    return SuiteReport(
      suite: name,
      settings: [
        "\(mebibytes) MiB in messages or pieces of 64 KiB between two processes, mutual TLS, "
          + "\(bench.options.pairs) rounds",
        bench.placement("the node that takes", "the node that sends"),
      ],
      figures: figures("bare TLS", bare)
        + named.flatMap { name, samples in
          figures(name, samples) + [
            Figure(
              "ratio of \(name)", Samples(bare.map(\.cost), over: samples.map(\.cost)))
          ]
        })
  }

  private func figures(_ name: String, _ samples: [Passage]) -> [Figure] {
    [
      Figure("\(name): both ends", samples.map(\.cost), "CPU s/GiB"),
      Figure("\(name): taking", samples.map(\.taking), "CPU s/GiB"),
      Figure("\(name): sending", samples.map(\.sending), "CPU s/GiB"),
      Figure("\(name): rate", samples.map(\.rate), "MiB/s"),
    ]
  }

  private struct Passage: Sendable {
    var taking: Double
    var sending: Double
    var rate: Double
    var cost: Double { taking + sending }

    init(_ mebibytes: Int, taking: Duration, _ source: Finished) {
      let gibibytes = Double(mebibytes) / 1024
      self.taking = taking.inSeconds / gibibytes
      sending = source.processorTime.inSeconds / gibibytes
      rate = Double(mebibytes) / source.duration.inSeconds
    }
  }

  private func transfer(_ mebibytes: Int, _ way: Way, _ bench: Bench) async throws -> Passage {
    try await bench.withLinkNode(on: bench.serverCore) { node in
      let before = Machine.processorTime(ofTree: node.process)
      let source = try await bench.run(
        [
          bench.program, "part", "link-source", way.rawValue, String(mebibytes), node.port,
          node.id,
        ], on: bench.loadCore)
      let taking = Machine.processorTime(ofTree: node.process) - before
      return Passage(mebibytes, taking: taking, source)
    }
  }

  private func bareTransfer(_ mebibytes: Int, _ bench: Bench) async throws -> Passage {
    try await bench.serving([bench.program, "part", "tls-sink"], on: bench.serverCore) { sink in
      let announcement = try await bench.announcement(of: sink)
      guard let port = announcement["port"]?.integer, let id = announcement["id"]?.string else {
        throw BenchError("the sink did not say where it listens")
      }
      let before = Machine.processorTime(ofTree: sink.process)
      let source = try await bench.run(
        [bench.program, "part", "tls-source", String(port), String(mebibytes), id],
        on: bench.loadCore)
      let exit = try await sink.exit()
      return Passage(mebibytes, taking: exit.userTime + exit.systemTime - before, source)
    }
  }
}
