import Glibc
import Testing

@testable import Runtimes

/// Modules in boxes, with all their walls.
@Suite(.serialized, .enabled(if: WasmLab.library != nil))
struct WasmBoxTests {
  let lab: WasmLab
  let bench: BoxBench

  init() throws {
    lab = try WasmLab()
    bench = try BoxBench { $0.wasmLibrary = WasmLab.library }
  }

  /// An attempt at the module, which it finds among its inputs.
  private func attempt(_ text: String) throws -> Attempt {
    try lab.write("work/module.wasm", lab.assemble(text))
    var attempt = Attempt(.wasm, creator: "somebody", "/in/module.wasm")
    attempt.folder = "\(lab.folder)/work"
    attempt.limits.time = .seconds(20)
    return attempt
  }

  @Test func `a module runs in a box and its output and exit arrive`() async throws {
    let text = WasmEngineTests.command(WasmEngineTests.write + "(call $exit (i32.const 9))")
    let result = try await bench.run(attempt(text))
    #expect(result.ending == .exited(status: 9))
    #expect(result.text == "hello\n")
    #expect(bench.leftovers == [])
  }

  @Test func `a trap in a box is told, and the box is used again`() async throws {
    let traps = try attempt(WasmEngineTests.command("unreachable"))
    let seeded = try attempt(WasmEngineTests.command(WasmEngineTests.write))
    try await bench.serving { boxes in
      var attempt = traps
      attempt.folder = nil
      let none = try await boxes.run(attempt)
      guard case .refused = none.ending else {
        Issue.record("\(none.ending)")
        return
      }
      for _ in 0..<3 {
        let result = try await boxes.run(seeded)
        #expect(result.text == "hello\n", "\(result)")
      }
      #expect(boxes.reports.count == 1)
    }
  }

  /// Takes all it gets, and writes to it.
  private static let greedy = """
    (loop (local.set $i (memory.grow (i32.const 16)))
      (if (i32.eq (local.get $i) (i32.const -1)) (then (call $exit (i32.const 3))))
      (memory.fill
        (i32.mul (local.get $i) (i32.const 65536)) (i32.const 1) (i32.const 1048576))
      (br 0))
    """

  @Test(.enabled(if: BoxBench.groups.canHold, "no control groups can be made here"))
  func `a warm box has as much memory as a fresh one`() async throws {
    var attempts = try (0..<8).map { number in
      let text = WasmEngineTests.heavy(3 << 20, "(drop (i32.const \(number)))")
      try lab.write("work/\(number).wasm", lab.assemble(text))
      return "/in/\(number).wasm"
    }
    var attempt = try attempt(WasmEngineTests.command(Self.greedy))
    attempts.append(attempt.program)
    attempt.limits.memory = 48 << 20
    try await bench.serving { [attempt, attempts] boxes in
      var endings: [Ending] = []
      for program in attempts {
        var attempt = attempt
        attempt.program = program
        endings.append(try await boxes.run(attempt).ending)
      }
      let expected = Array(repeating: Ending.exited(status: 0), count: 8) + [.exited(status: 3)]
      #expect(endings == expected)
      #expect(boxes.reports.count == 1)
    }
  }

  @Test func `an endless loop is the end of its box`() async throws {
    var attempt = try attempt(WasmEngineTests.command("(loop (br 0))"))
    attempt.limits.time = .milliseconds(700)
    #expect(try await bench.run(attempt).ending == .timedOut)
    #expect(bench.leftovers == [])
  }

  @Test func `a module is compiled once, in a box of its own, for all boxes`() async throws {
    let cache = try bench.cache()
    let attempt = try attempt(WasmEngineTests.command(WasmEngineTests.write))
    let file = "\(lab.folder)/work/module.wasm"
    try await bench.serving(cache: cache) { boxes in
      for creator in ["one", "two", "one"] {
        var attempt = attempt
        attempt.creator = creator
        let first = try await boxes.run(attempt)
        attempt.file = file
        attempt.folder = nil
        let second = try await boxes.run(attempt)
        #expect(first.text == "hello\n" && second.text == first.text)
      }
      #expect(cache.counts == WasmCache.Counts(memory: 5, disk: 0, compiled: 1, unkept: 0))
      #expect(Set(boxes.reports.map(\.creator)) == ["one", "two"])
    }
    let again = try bench.cache()
    let result = try await bench.serving(cache: again) { try await $0.run(attempt) }
    #expect(result.text == "hello\n")
    #expect(again.counts == WasmCache.Counts(memory: 0, disk: 1, compiled: 0, unkept: 0))
    #expect(bench.leftovers == [])
  }

  @Test func `what is no module ends its attempt, and nothing is kept of it`() async throws {
    let cache = try bench.cache()
    var attempt = Attempt(.wasm, creator: "somebody", "bad")
    attempt.file = try lab.write("work/bad.wasm", [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0xFF])
    var endless = attempt
    endless.file = "/dev/zero"
    try await bench.serving(cache: cache) { [attempt, endless] boxes in
      guard case .refused(let error) = try await boxes.run(attempt).ending else {
        Issue.record("it ran")
        return
      }
      #expect(error.code == .damaged && cache.counts == WasmCache.Counts())
      let none = await #expect(throws: RuntimeError.self) { try await boxes.run(endless) }
      #expect(none?.message.contains("/dev/zero") == true)
    }
    #expect(bench.leftovers == [])
  }

  @Test(.enabled(if: WasmLab.compiler != nil))
  func `a guest in a box sees no more than its folders`() async throws {
    let module = try await lab.build("box")
    var attempt = Attempt(.wasm, creator: "somebody", "/in/box.wasm")
    attempt.limits.time = .seconds(20)
    attempt.folder = "\(lab.folder)/in"
    mkdir("\(lab.folder)/in", 0o700)
    rename(module, "\(lab.folder)/in/box.wasm")
    try lab.write("in/given", Array("given".utf8))
    let results = "\(lab.folder)/results"
    mkdir(results, 0o700)
    attempt.results = results
    let result = try await bench.run(attempt)
    #expect(result.ending == .exited(status: 0), "\(result)")
    #expect(
      result.text == "read 5\nwrite to the inputs no\nleave YES\nleave by name YES\noutside no\n")
    #expect(Set(result.files.map(\.path)) == ["one", "two"])
  }
}
