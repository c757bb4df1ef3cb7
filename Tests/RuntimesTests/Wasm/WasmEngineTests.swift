import Glibc
import Primitives
import Testing

@testable import Runtimes

@Suite(.enabled(if: WasmLab.library != nil))
struct WasmEngineTests {
  /// A body of `_start`, with the imports that most need.
  static func command(_ body: String, memory: String = "(memory (export \"memory\") 1)") -> String {
    """
    (module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      \(memory)
      (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
      (data (i32.const 16) "hello\\n")
      (table 1 funcref)
      (type $none (func))
      (func $deeper (call $deeper) (call $deeper))
      (func (export "_start") (local $i i32) \(body)))
    """
  }

  static let write = "(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))"

  @Test(arguments: [
    ("", 0), ("(call $exit (i32.const 0))", 0), ("(call $exit (i32.const 7))", 7),
    ("(call $exit (i32.const 255)) unreachable", 255),
  ])
  func `a guest ends with its own status`(body: String, status: Int32) throws {
    let lab = try WasmLab()
    let run = try lab.run(lab.module(Self.command(body)))
    #expect(run.ending == .exited(status: status))
    #expect(run.usage.steps == nil)
  }

  @Test func `what a guest writes arrives`() throws {
    let lab = try WasmLab()
    let run = try lab.run(lab.module(Self.command(Self.write + Self.write)))
    #expect(run.ending == .exited(status: 0))
    #expect(run.output == "hello\nhello\n")
    #expect(run.errors == "")
  }

  @Test(arguments: [
    ("unreachable", "unreachable"),
    ("(drop (i32.load (i32.const 65536)))", "memoryOutOfBounds"),
    ("(drop (i32.load (i32.const -4)))", "memoryOutOfBounds"),
    ("(drop (i32.div_s (i32.const 1) (local.get $i)))", "integerDivisionByZero"),
    (
      "(drop (i32.div_s (i32.const -2147483648) (i32.sub (local.get $i) (i32.const 1))))",
      "integerOverflow"
    ),
    ("(drop (i32.trunc_f32_s (f32.const nan)))", "badConversionToInteger"),
    ("(call_indirect (type $none) (i32.const 0))", "indirectCallToNull"),
    ("(call_indirect (type $none) (i32.const 9))", "tableOutOfBounds"),
    ("(call $deeper)", "stackOverflow"),
  ])
  func `a trap is told by its name`(body: String, code: String) throws {
    let lab = try WasmLab()
    let attempt = try lab.module(Self.command(body))
    guard case .trapped(let found, let text) = try lab.run(attempt).ending else {
      Issue.record("no trap")
      return
    }
    #expect(found == code)
    #expect(!text.isEmpty)
    // The engine is as good as before.
    #expect(try lab.run(lab.module(Self.command(""), "next.wasm")).ending.isSuccess)
  }

  @Test(arguments: [
    ("(module)", "_start"),
    ("(module (func (export \"_start\") (param i32)))", "started"),
    ("(module (import \"env\" \"fork\" (func)) (func (export \"_start\")))", "env::fork"),
    ("(module (memory i64 1) (func (export \"_start\")))", "64"),
    ("(module (memory 1 1 shared) (func (export \"_start\")))", "threads"),
  ])
  func `a module that cannot be run is refused with the reason`(text: String, word: String) throws {
    let lab = try WasmLab()
    let attempt = try lab.module(text)
    let error = #expect(throws: RuntimeError.self) { try lab.run(attempt) }
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
  }

  @Test func `mutated modules end or are refused, and the engine lives on`() throws {
    let lab = try WasmLab()
    let good = try lab.assemble(Self.command(Self.write))
    var random = SplitMix(seed: 5)
    var refused = 0
    for round in 0..<300 {
      var bytes = good
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        case 1 where !bytes.isEmpty:
          bytes.insert(.random(in: 0...255, using: &random), at: bytes.count / 2)
        default:
          if bytes.isEmpty { continue }
          bytes[.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
        }
      }
      var attempt = BoxAttempt(try lab.write("mutant\(round).wasm", bytes))
      attempt.limits.steps = 100_000
      attempt.limits.outputBytes = 1 << 16
      do { _ = try lab.run(attempt) } catch {
        refused += 1
        #expect([.damaged, .refused, .failed].contains(error.code), "\(error)")
      }
    }
    #expect(refused > 100)
    #expect(try lab.run(lab.module(Self.command(""))).ending.isSuccess)
  }

  // MARK: Limits

  /// With so many bytes of data.
  static func heavy(_ bytes: Int, _ body: String) -> String {
    let data = "(data (i32.const 65536) \"\(String(repeating: "a", count: bytes))\")"
    return command(body, memory: "(memory (export \"memory\") 64) \(data)")
  }

  @Test func `modules stay loaded up to a number of bytes`() throws {
    var limits = WasmEngine.Limits()
    limits.ownMemory = 4 << 20
    let lab = try WasmLab(limits: limits)
    for number in 0..<6 {
      let attempt = try lab.module(Self.heavy(400_000, ""), "\(number).wasm")
      #expect(try lab.run(attempt).ending.isSuccess)
      #expect(lab.engine.loadedBytes <= 1 << 20 + 500_000)
    }
    #expect(lab.engine.loadedBytes > 800_000)
    // One that is larger than all of that runs, and leaves no other.
    let large = try lab.module(Self.heavy(3 << 20, ""), "large.wasm")
    #expect(try lab.run(large).ending.isSuccess)
    _ = try lab.run(lab.module(Self.command(""), "small.wasm"))
    #expect(lab.engine.loadedBytes < 800_000)
  }

  @Test func `a guest that is refused memory and gives up ran out of memory`() throws {
    let lab = try WasmLab()
    // Grows by a mebibyte until it gets no more.
    let grow = "(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))"
    var attempt = try lab.module(Self.command(grow + "unreachable"))
    attempt.limits.memory = 64 << 20
    let run = try lab.run(attempt)
    #expect(run.ending == .outOfMemory)
    let peak = try #require(run.usage.peakMemory)
    #expect((40 << 20...64 << 20).contains(peak))
    // One that lives with it ends as it says.
    var calm = try lab.module(Self.command(grow + "(call $exit (i32.const 3))"), "calm.wasm")
    calm.limits.memory = 64 << 20
    #expect(try lab.run(calm).ending == .exited(status: 3))
  }

  @Test func `a memory larger than the limit is out of memory before it begins`() throws {
    let lab = try WasmLab()
    var attempt = try lab.module(
      Self.command("", memory: "(memory (export \"memory\") 65536)"))
    attempt.limits.memory = 64 << 20
    #expect(try lab.run(attempt).ending == .outOfMemory)
    attempt.limits.memory = 5 << 30
    #expect(try lab.run(attempt).ending.isSuccess)
  }

  @Test func `a table larger than the limit is refused`() throws {
    let lab = try WasmLab()
    let attempt = try lab.module("(module (table 2000000 funcref) (func (export \"_start\")))")
    #expect(throws: RuntimeError.self) { try lab.run(attempt) }
  }

  @Test func `a flood of output ends the guest at its limit`() throws {
    let lab = try WasmLab()
    var attempt = try lab.module(Self.command("(loop \(Self.write) (br 0))"))
    attempt.limits.outputBytes = 1000
    let run = try lab.run(attempt)
    #expect(run.ending == .outputLimit)
    #expect(run.output.utf8.count == 1000)
  }

  @Test func `an endless loop ends with its steps`() throws {
    let lab = try WasmLab()
    var attempt = try lab.module(Self.command("(loop (br 0))"))
    attempt.limits.steps = 1_000_000
    let run = try lab.run(attempt)
    guard case .trapped("outOfSteps", _) = run.ending else {
      Issue.record("\(run.ending)")
      return
    }
    #expect(run.usage.steps == 1_000_000)
  }

  @Test func `an error of whoever takes the output is passed on`() throws {
    let lab = try WasmLab()
    let attempt = try lab.module(Self.command(Self.write))
    let gone = RuntimeError(.lost, "the keeper is gone")
    var output = BoxOutput(limit: 100) { _ throws(RuntimeError) in throw gone }
    #expect(throws: gone) { try lab.engine.run(attempt, &output) }
  }

  @Test func `a guest may end, or fail, before its start`() throws {
    let lab = try WasmLab()
    let text = """
      (module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (func $early BODY)
        (start $early)
        (func (export "_start")))
      """
    let exits = text.replacing("BODY", with: "(call $exit (i32.const 4))")
    #expect(try lab.run(lab.module(exits)).ending == .exited(status: 4))
    let traps = text.replacing("BODY", with: "unreachable")
    guard case .trapped("unreachable", _) = try lab.run(lab.module(traps, "b.wasm")).ending else {
      Issue.record("no trap")
      return
    }
  }

  // MARK: One guest after the other

  @Test func `a guest finds nothing of the one before`() throws {
    let lab = try WasmLab()
    let body = """
      (if (i32.load (i32.const 40000)) (then unreachable))
      (i32.store (i32.const 40000) (i32.const 1))
      (drop (memory.grow (i32.const 3)))
      (if (i32.load (i32.const 200000)) (then unreachable))
      (i32.store (i32.const 200000) (i32.const 1))
      """
    let attempt = try lab.module(Self.command(body))
    for _ in 0..<50 { #expect(try lab.run(attempt).ending.isSuccess) }
  }

  @Test(arguments: WasmMode.allCases)
  func `a compiled module runs as its source does`(mode: WasmMode) throws {
    let lab = try WasmLab()
    var attempt = try lab.module(Self.command(Self.write))
    if mode == .deterministic { attempt.seed = 1 }
    attempt.isMetered = mode == .metered
    let compiled = try lab.write("compiled", lab.compile(attempt))
    let file = open(compiled, O_RDONLY)
    defer { close(file) }
    let plain = try lab.run(attempt)
    attempt.descriptors = [file]
    let loaded = try lab.run(attempt)
    #expect(loaded.output == "hello\n")
    #expect(loaded.usage.steps == plain.usage.steps)
    #expect((loaded.usage.steps == nil) == (mode == .fast))
    // What was compiled for one mode does not load in another.
    attempt.seed = mode == .deterministic ? nil : 1
    #expect(throws: RuntimeError.self) { try lab.run(attempt) }
  }

  // MARK: Determinism

  @Test func `a seeded guest gives the same bytes and steps every time`() throws {
    let lab = try WasmLab()
    let text = """
      (module
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get"
          (func $time (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write"
          (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\\20\\00\\00\\00\\80\\00\\00\\00")
        (func (export "_start")
          (drop (call $random (i32.const 32) (i32.const 60)))
          (drop (call $time (i32.const 0) (i64.const 1) (i32.const 96)))
          (drop (call $time (i32.const 1) (i64.const 1) (i32.const 104)))
          (f64.store (i32.const 112) (f64.div (f64.const 0) (f64.load (i32.const 4000))))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
      """
    var attempt = try lab.module(text)
    attempt.seed = 42
    let first = try lab.run(attempt)
    #expect(first.ending.isSuccess)
    var seen: Set<String> = []
    for round in 0..<1000 {
      // Every tenth time on an engine that was never warm.
      let place = round % 10 == 0 ? try WasmLab() : lab
      let run = try place.run(attempt)
      seen.insert("\(run.ending) \(run.usage.steps ?? 0) \(Array(run.output.unicodeScalars))")
    }
    #expect(seen.count == 1)
    attempt.seed = 43
    #expect(try lab.run(attempt).output != first.output)
    attempt.seed = nil
    #expect(try lab.run(attempt).output != lab.run(attempt).output)
  }
}
