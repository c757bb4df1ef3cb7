import IO
import Primitives

/// A file from one node to another, checked and on the disk, against curl and nginx.
struct BlobFetchSuite: Suite {
  let name = "files-fetch"
  let abstract = "a file between two nodes, checked and synced, against curl and nginx over TLS 1.3"
  let takesLong = true

  private struct Passage: Sendable {
    var giving: Double
    var taking: Double
    var rate: Double
    var cost: Double { giving + taking }
  }

  func run(_ bench: Bench) async throws -> SuiteReport {
    let mebibytes = bench.scaled(1024, quick: 256)
    let file = "\(bench.scratch)/content"
    _ = try await bench.run([
      "dd", "if=/dev/urandom", "of=\(file)", "bs=1M", "count=\(mebibytes)", "status=none",
    ])
    // A worker of nginx is another user.
    _ = try await bench.run(["chmod", "711", bench.scratch])
    // Both run all the time: what else is in memory is the same for either.
    let words = [bench.program, "part", "blob-give", "\(bench.scratch)/given", file]
    let samples = try await bench.serving(words, on: bench.serverCore) { child in
      let giver = try Giver(child.process, await bench.announcement(of: child))
      return try await bench.withNGINX(serving: bench.scratch) { server in
        try await bench.alternate([true, false]) { isOurs in
          try await isOurs ? fetch(giver, mebibytes, bench) : curl(server, mebibytes, bench)
        }
      }
    }
    let (ours, theirs) = (samples[0], samples[1])
    return SuiteReport(
      suite: name,
      settings: [
        "\(mebibytes) MiB of random bytes in one file, \(bench.options.pairs) pairs; curl's file "
          + "is synced and not checked",
        bench.placement("who gives", "who takes"),
      ],
      figures: figures("apus", ours) + figures("curl and nginx", theirs) + [
        Figure("ratio of CPU", Samples(theirs.map(\.cost), over: ours.map(\.cost))),
        Figure("ratio of rates", Samples(ours.map(\.rate), over: theirs.map(\.rate))),
      ])
  }

  private func figures(_ name: String, _ samples: [Passage]) -> [Figure] {
    [
      Figure("\(name): both ends", samples.map(\.cost), "CPU s/GiB"),
      Figure("\(name): giving", samples.map(\.giving), "CPU s/GiB"),
      Figure("\(name): taking", samples.map(\.taking), "CPU s/GiB"),
      Figure("\(name): rate", samples.map(\.rate), "MiB/s"),
    ]
  }

  /// A node that gives the file.
  private struct Giver: Sendable {
    let process: Int32
    let words: [String]

    init(_ process: Int32, _ announcement: JSON) throws {
      guard let port = announcement["port"]?.integer, let id = announcement["id"]?.string,
        let blob = announcement["blob"]?.string
      else { throw BenchError("the node did not say where it listens") }
      self.process = process
      words = [String(port), id, blob]
    }
  }

  private func fetch(_ giver: Giver, _ mebibytes: Int, _ bench: Bench) async throws -> Passage {
    let taken = "\(bench.scratch)/taken"
    let passage = try await measure(
      [bench.program, "part", "blob-get", taken] + giver.words, from: giver.process, mebibytes,
      bench)
    _ = try await bench.run(["rm", "-rf", taken])
    return passage
  }

  private func curl(
    _ server: RunningServer, _ mebibytes: Int, _ bench: Bench
  ) async throws -> Passage {
    let taken = "\(bench.scratch)/taken"
    let command =
      "curl -skf --tls13-ciphers TLS_AES_128_GCM_SHA256 -o \(taken) "
      + "https://127.0.0.1:\(server.port)/content && sync \(taken)"
    let passage = try await measure(["sh", "-c", command], from: server.process, mebibytes, bench)
    _ = try await bench.run(["rm", "-f", taken])
    return passage
  }

  private func measure(
    _ taker: [String], from giver: Int32, _ mebibytes: Int, _ bench: Bench
  ) async throws -> Passage {
    let gibibytes = Double(mebibytes) / 1024
    let before = Machine.processorTime(ofTree: giver)
    let taken = try await bench.run(taker, on: bench.loadCore)
    let giving = Machine.processorTime(ofTree: giver) - before
    return Passage(
      giving: giving.inSeconds / gibibytes, taking: taken.processorTime.inSeconds / gibibytes,
      rate: Double(mebibytes) / taken.duration.inSeconds)
  }
}
