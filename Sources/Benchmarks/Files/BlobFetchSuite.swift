import IO
import Primitives

/// A file from one node to another, checked and on the disk, against the programs that people
/// fetch files with.
struct BlobFetchSuite: Suite {
  let name = "files-fetch"
  let abstract = "a file between two nodes, checked and synced, against curl and nginx over TLS 1.3"
  let takesLong = true

  private static let smallFiles = 10_000

  private struct Passage: Sendable {
    var giving: Double
    var taking: Double
    var seconds: Double
    var cost: Double { giving + taking }
  }

  private struct Measured: Sendable {
    var field: FileField
    var large: [[Passage]]
    var small: [[Passage]]
    /// Of our second fetch of each: bytes that came.
    var again: [Double]
  }

  func run(_ bench: Bench) async throws -> SuiteReport {
    let mebibytes = bench.scaled(1024, quick: 256)
    let rounds = min(bench.options.pairs, 5)
    try await prepare(mebibytes, bench)
    // All of them run all the time: what else is in memory is the same for each.
    let measured = try await bench.withFileGivers(bench.scratch) { field in
      let large = try await bench.alternate(field.givers, rounds: rounds) {
        try await fetch($0, $0.take, bench)
      }
      let small = try await bench.alternate(field.givers.filter { $0.takeSmall != nil }, rounds: 3)
      {
        try await fetch($0, $0.takeSmall ?? $0.take, bench)
      }
      return Measured(
        field: field, large: large, small: small, again: try await again(field.givers[0], bench))
    }
    return SuiteReport(
      suite: name,
      settings: [
        "\(mebibytes) MiB of random bytes in one file, \(rounds) rounds; \(Self.smallFiles) files "
          + "of 4 KiB, 3 rounds; on loopback, all synced, only apus and iroh check what comes",
        "nobody is pinned: who fetches may use both cores; load \(Machine.load)",
      ], figures: figures(measured, Double(mebibytes)), leftOut: measured.field.leftOut)
  }

  private func prepare(_ mebibytes: Int, _ bench: Bench) async throws {
    // A worker of nginx is another user.
    _ = try await bench.run(["chmod", "711", bench.scratch])
    _ = try await bench.run([
      "sh", "-c",
      "cd \(bench.scratch) && head -c \(mebibytes << 20) /dev/urandom > content && mkdir small && "
        + "head -c \(Self.smallFiles << 12) /dev/urandom | split -b 4096 -a 5 -d - small/",
    ])
  }

  private func figures(_ measured: Measured, _ mebibytes: Double) -> [Figure] {
    let names = measured.field.givers.map(\.name)
    var figures: [Figure] = []
    for (name, samples) in zip(names, measured.large) {
      let gibibytes = mebibytes / 1024
      figures += [
        Figure("\(name): both ends", samples.map { $0.cost / gibibytes }, "CPU s/GiB"),
        Figure("\(name): giving", samples.map { $0.giving / gibibytes }, "CPU s/GiB"),
        Figure("\(name): taking", samples.map { $0.taking / gibibytes }, "CPU s/GiB"),
        Figure("\(name): rate", samples.map { mebibytes / $0.seconds }, "MiB/s"),
      ]
    }
    let ours = measured.large[0]
    for (name, theirs) in zip(names, measured.large).dropFirst() {
      figures += [
        Figure("ratio of CPU to \(name)", Samples(theirs.map(\.cost), over: ours.map(\.cost))),
        Figure("rate over \(name)", Samples(theirs.map(\.seconds), over: ours.map(\.seconds))),
      ]
    }
    let small = measured.field.givers.filter { $0.takeSmall != nil }.map(\.name)
    for (name, samples) in zip(small, measured.small) {
      let files = Double(Self.smallFiles)
      figures += [
        Figure("small files, \(name)", samples.map { files / $0.seconds }, "/s"),
        Figure("small files, \(name): both ends", samples.map { $0.cost / files * 1e6 }, "us/file"),
      ]
    }
    figures.append(Figure("second fetch: bytes", measured.again, "B"))
    return figures
  }

  private func fetch(
    _ giver: FileGiver, _ command: (String) -> [String], _ bench: Bench
  ) async throws -> Passage {
    let path = "\(bench.scratch)/taken"
    let before = giver.processorTime
    let taken = try await bench.run(command(path))
    while !giver.isIdle { try await bench.pause(.milliseconds(10)) }
    let giving = giver.processorTime - before
    _ = try await bench.run(["rm", "-rf", path])
    return Passage(
      giving: giving.inSeconds, taking: taken.processorTime.inSeconds,
      seconds: taken.duration.inSeconds)
  }

  /// Bytes that come when everything is here already.
  private func again(_ ours: FileGiver, _ bench: Bench) async throws -> [Double] {
    let path = "\(bench.scratch)/twice"
    var bytes: [Double] = []
    for command in [ours.take, ours.takeSmall ?? ours.take] {
      _ = try await bench.run(command(path))
      let second = try await bench.run(command(path)).output
      guard let count = try JSON.parse(Array(second.utf8))["bytes"]?.integer else {
        throw BenchError("a part has not said how much came: \(second)")
      }
      bytes.append(Double(count))
    }
    return bytes
  }
}
