import IO
import Primitives

/// Files into a store and out of it, synced at the end, against hashing alone.
struct FileSuite: Suite {
  let name = "file-store"
  let abstract = "a large file and many small ones, added and written out, against openssl dgst"

  private static let smallBytes = 4_096

  /// What is measured in turn.
  private enum Work: CaseIterable {
    case addLarge, hash, getLarge, addSmall, getSmall
  }

  private struct Sample: Sendable {
    var seconds: Double
    var processor: Double
    /// What a second time has put into the store.
    var again = 0.0
  }

  /// Where everything is.
  private struct Ground {
    var large: String
    var small: String
    var store: String
    var largeID: String
    var smallID: String
  }

  func run(_ bench: Bench) async throws -> SuiteReport {
    let mebibytes = bench.scaled(1_024, quick: 128)
    let files = bench.scaled(10_000, quick: 1_000)
    let ground = try await prepare(mebibytes, files, bench)
    var run = 0
    let samples = try await bench.alternate(Array(Work.allCases)) { work in
      run += 1
      return try await measure(work, ground, run, bench)
    }
    let gibibytes = Double(mebibytes) / 1_024
    func costs(_ index: Int) -> [Double] { samples[index].map { $0.processor / gibibytes } }
    func rates(_ index: Int) -> [Double] { samples[index].map { Double(files) / $0.seconds } }
    func times(_ index: Int) -> [Double] {
      samples[index].map { $0.processor / Double(files) * 1e6 }
    }
    return SuiteReport(
      suite: name,
      settings: [
        "one file of \(mebibytes) MiB, in memory already; \(files) files of \(Self.smallBytes) "
          + "bytes; a new store each time, everything synced; \(bench.options.pairs) pairs",
        "processor time is that of the whole process; load \(Machine.load)",
      ],
      figures: [
        Figure("add: processor time", costs(0), "CPU s/GiB"),
        Figure("add: time", samples[0].map { $0.seconds / gibibytes }, "s/GiB"),
        Figure("openssl dgst -sha256: processor time", costs(1), "CPU s/GiB"),
        Figure("add: ratio to openssl", Samples(costs(1), over: costs(0))),
        Figure("get: processor time", costs(2), "CPU s/GiB"),
        Figure("add: small files", rates(3), "/s"),
        Figure("add: processor time of small files", times(3), "us/file"),
        Figure("get: small files", rates(4), "/s"),
        Figure("second add: new bytes", (samples[0] + samples[3]).map(\.again), "B"),
        Figure("get: processor time of small files", times(4), "us/file"),
      ])
  }

  private func prepare(_ mebibytes: Int, _ files: Int, _ bench: Bench) async throws -> Ground {
    var ground = Ground(
      large: "\(bench.scratch)/large", small: "\(bench.scratch)/small",
      store: "\(bench.scratch)/store", largeID: "", smallID: "")
    try await shell("head -c \(mebibytes << 20) /dev/urandom > \(ground.large)", bench)
    try await shell(
      "mkdir \(ground.small) && head -c \(files * Self.smallBytes) /dev/urandom "
        + "| split -b \(Self.smallBytes) -a 5 -d - \(ground.small)/", bench)
    ground.largeID = try await add(ground.large, to: ground.store, bench).id
    ground.smallID = try await add(ground.small, to: ground.store, bench).id
    return ground
  }

  private func measure(
    _ work: Work, _ ground: Ground, _ run: Int, _ bench: Bench
  ) async throws -> Sample {
    let place = "\(bench.scratch)/\(run)"
    let finished: Finished
    switch work {
    case .addLarge: return try await addTwice(ground.large, place, bench)
    case .addSmall: return try await addTwice(ground.small, place, bench)
    case .hash: finished = try await bench.run(["openssl", "dgst", "-sha256", ground.large])
    case .getLarge:
      finished = try await get("file", ground.largeID, ground, place, bench)
      _ = try await bench.run(["cmp", ground.large, place])
    case .getSmall:
      // What is written stays to the end: ext4 takes seconds to use what was just removed again.
      return sample(try await get("folder", ground.smallID, ground, place, bench))
    }
    _ = try await bench.run(["rm", "-rf", place])
    return sample(finished)
  }

  private func addTwice(_ path: String, _ store: String, _ bench: Bench) async throws -> Sample {
    var sample = sample(try await add(path, to: store, bench).finished)
    sample.again = Double(try await add(path, to: store, bench).newBytes)
    _ = try await bench.run(["rm", "-rf", store])
    return sample
  }

  private func sample(_ finished: Finished) -> Sample {
    Sample(seconds: finished.duration.inSeconds, processor: finished.processorTime.inSeconds)
  }

  private func add(
    _ path: String, to store: String, _ bench: Bench
  ) async throws -> (id: String, newBytes: Int64, finished: Finished) {
    let finished = try await bench.run([bench.program, "part", "file-adder", store, path])
    let said = try JSON.parse(Array(finished.output.utf8))
    guard let id = said["id"]?.string, let newBytes = said["newBytes"]?.integer else {
      throw BenchError("a part has not said what it added: \(finished.output)")
    }
    return (id, newBytes, finished)
  }

  private func get(
    _ kind: String, _ id: String, _ ground: Ground, _ place: String, _ bench: Bench
  ) async throws -> Finished {
    try await bench.run([bench.program, "part", "file-getter", ground.store, kind, id, place])
  }

  private func shell(_ text: String, _ bench: Bench) async throws {
    _ = try await bench.run(["sh", "-c", text])
  }
}
