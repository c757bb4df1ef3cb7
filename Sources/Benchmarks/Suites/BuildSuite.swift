import IO
import Primitives

/// What building costs whoever works on this. In a copy, so that nobody's tree is touched.
struct BuildSuite: Suite {
  let name = "build"
  let abstract = "a clean debug build with its tests, and the build after one edit"
  let takesLong = true

  /// An edit below everything, in the middle, and at the top.
  private static let edits = [
    ("Primitives", "Sources/Primitives/Hex.swift"),
    ("HTTP", "Sources/HTTP/HTTP1/LineServerConnection.swift"),
    ("Commands", "Sources/Commands/Node/Up.swift"),
  ]

  func run(_ bench: Bench) async throws -> SuiteReport {
    let copy = "\(bench.scratch)/tree"
    _ = try await bench.run([
      "bash", "-c",
      "mkdir \"$1\" && git -C \"$0\" ls-files -z | tar -C \"$0\" --null -cT - | "
        + "tar -C \"$1\" -x", bench.options.root, copy,
    ])
    bench.note("building")
    let build = try await bench.run(["swift", "build", "--build-tests"], in: copy)
    bench.note("testing")
    let test = try await bench.run(
      ["swift", "test", "--skip-build", "--disable-xctest"], in: copy)
    var figures = [
      Figure("clean build and test", [(build.duration + test.duration).inSeconds], "s"),
      Figure("clean build: processor time", [build.processorTime.inSeconds], "CPU s"),
    ]
    for (module, path) in Self.edits {
      bench.note("building after an edit in \(module)")
      figures += try await rebuild(module, path, in: copy, bench)
    }
    return SuiteReport(
      suite: name, settings: ["on all cores, debug; load \(Machine.load)"], figures: figures)
  }

  /// A new private function is the least that makes the compiler look at a file anew.
  private func rebuild(
    _ module: String, _ path: String, in copy: String, _ bench: Bench
  ) async throws -> [Figure] {
    var builds: [Finished] = []
    for round in 0..<bench.scaled(3, quick: 1) {
      let edit = "private func edited\(round)() -> Int { \(round) }"
      _ = try await bench.run(["bash", "-c", "echo \"$1\" >> \"$0\"", "\(copy)/\(path)", edit])
      builds.append(try await bench.run(["swift", "build"], in: copy))
    }
    let name = "after an edit in \(module)"
    return [
      Figure(name, builds.map(\.duration.inSeconds), "s"),
      Figure("\(name): processor time", builds.map(\.processorTime.inSeconds), "CPU s"),
    ]
  }
}
