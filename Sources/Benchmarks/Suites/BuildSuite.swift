import IO
import Primitives

/// What building costs whoever works on this. In a copy, so that nobody's tree is touched.
struct BuildSuite: Suite {
  let name = "build"
  let abstract = "a clean debug build with its tests, and the builds after edits"
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
      bench.note("building after edits in \(module)")
      figures += try await rebuild(module, path, in: copy, bench)
    }
    return SuiteReport(
      suite: name, settings: ["on all cores, debug; load \(Machine.load)"], figures: figures)
  }

  /// Two kinds of edits: another body of a function, and one more function, after which the
  /// compiler looks at everything anew that imports the module and uses a type it extends.
  private func rebuild(
    _ module: String, _ path: String, in copy: String, _ bench: Bench
  ) async throws -> [Figure] {
    try await add("private func edited() -> Int { 0 }", to: "\(copy)/\(path)", bench)
    _ = try await bench.run(["swift", "build"], in: copy)
    var bodies: [Finished] = []
    var declarations: [Finished] = []
    for round in 1...bench.scaled(3, quick: 1) {
      _ = try await bench.run([
        "sed", "-i", "s/edited() -> Int {.*/edited() -> Int { \(round) }/", "\(copy)/\(path)",
      ])
      bodies.append(try await bench.run(["swift", "build"], in: copy))
    }
    for round in 1...bench.scaled(3, quick: 1) {
      try await add(
        "private func another\(round)() -> Int { \(round) }", to: "\(copy)/\(path)", bench)
      declarations.append(try await bench.run(["swift", "build"], in: copy))
    }
    return [("a body", bodies), ("a declaration", declarations)].flatMap { edit, builds in
      let name = "after \(edit) in \(module)"
      return [
        Figure(name, builds.map(\.duration.inSeconds), "s"),
        Figure("\(name): processor time", builds.map(\.processorTime.inSeconds), "CPU s"),
      ]
    }
  }

  private func add(_ line: String, to path: String, _ bench: Bench) async throws {
    _ = try await bench.run(["bash", "-c", "echo \"$1\" >> \"$0\"", path, line])
  }
}
