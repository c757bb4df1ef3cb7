import Foundation
import Glibc
import Testing

@testable import Runtimes

/// A module that means harm, and how it must end.
struct WasmAttack: Sendable, CustomTestStringConvertible {
  enum Module: Sendable {
    /// The body of `_start`, in a module with what most need.
    case body(String)
    /// All of it.
    case text(String)
    /// One call of WASI with these numbers (`L` ends one of 64 bits); its error is the exit code.
    case call(String)
    case bytes(@Sendable () -> [UInt8])
    /// What is no file of its inputs.
    case path(String)
  }

  enum Expectation: Sendable {
    case ending(Ending)
    case trap(String)
    /// An error of the call, or an exit that says so.
    case error
    case refused
    /// Whatever it is, in time: the bombs that may compile on a fast machine.
    case anything
  }

  let name: String
  let module: Module
  let expectation: Expectation
  /// A box that ended with its attempt is gone.
  let spares: Bool
  let limits: @Sendable (inout AttemptLimits) -> Void

  init(
    _ name: String, _ module: Module, _ expectation: Expectation, spares: Bool = true,
    limits: @escaping @Sendable (inout AttemptLimits) -> Void = { _ in }
  ) {
    self.name = name
    self.module = module
    self.expectation = expectation
    self.spares = spares
    self.limits = limits
  }

  var testDescription: String { name }
}

extension WasmAttack {
  private static let short: @Sendable (inout AttemptLimits) -> Void = {
    $0.time = .milliseconds(400)
  }
  private static let small: @Sendable (inout AttemptLimits) -> Void = {
    $0.memory = 48 << 20
    $0.outputBytes = 10_000
  }

  /// Too much of something.
  static let floods: [WasmAttack] = [
    .init(
      "an endless loop", .body("(loop (br 0))"), .ending(.timedOut), spares: false, limits: short),
    .init(
      "an endless loop before the start",
      .text("(module (func $f (loop (br 0))) (start $f) (func (export \"_start\")))"),
      .ending(.timedOut), spares: false, limits: short),
    .init(
      "an endless loop of calls", .body("(loop \(quiet) (br 0))"), .ending(.timedOut),
      spares: false,
      limits: short),
    .init(
      "a sleep without end", .body("\(sleep) (call $exit (i32.const 0))"), .ending(.timedOut),
      spares: false, limits: short),
    .init("a recursion without end", .body("(call $deeper)"), .trap("stackOverflow")),
    .init(
      "memory from the start", .text("(module (memory 65536) (func (export \"_start\")))"),
      .ending(.outOfMemory), limits: small),
    .init(
      "memory bit by bit",
      .body("(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable"),
      .ending(.outOfMemory), limits: small),
    .init(
      "memory that is touched",
      .body(
        """
        (block (loop (br_if 1 (i32.eq (memory.grow (i32.const 16)) (i32.const -1)))
          (memory.fill (i32.const 65536) (i32.const 1)
            (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 65536)))
          (br 0))) unreachable
        """), .ending(.outOfMemory), limits: small),
    .init(
      "a table", .text("(module (table 2000000 funcref) (func (export \"_start\")))"), .refused),
    .init(
      "a table bit by bit",
      .text(
        """
        (module (table $t 1 funcref) (func (export "_start")
          (loop (br_if 0 (i32.ne (table.grow $t (ref.null func) (i32.const 4096)) (i32.const -1))))
          unreachable))
        """), .trap("unreachable"), limits: small),
    .init(
      "output", .body("(loop \(WasmEngineTests.write) (br 0))"), .ending(.outputLimit),
      limits: small),
    .init(
      "errors",
      .body(
        "(loop (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (br 0))"
      ),
      .ending(.outputLimit), limits: small),
    .init("steps", .body("(loop (br 0))"), .trap("outOfSteps")) { $0.steps = 10_000 },
  ]

  /// A write of nothing.
  private static let quiet =
    "(drop (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8)))"
  /// Waits for the clock (poll_oneoff) until the end of time.
  private static let sleep = """
    (i32.store (i32.const 256) (i32.const 7)) (i32.store8 (i32.const 264) (i32.const 0))
    (i32.store (i32.const 272) (i32.const 1))
    (i64.store (i32.const 280) (i64.const 9000000000000000000))
    (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 640)))
    """

  /// Numbers that lead out of the memory, or out of sense.
  static let calls: [WasmAttack] = [
    "fd_write 1 -4 1 8", "fd_write 1 0 -1 8", "fd_write 1 65532 1 8", "fd_write 1 0 1 -1",
    "fd_write 77 0 1 8", "fd_write -1 0 1 8", "fd_read 0 -8 1 8", "fd_read 0 0 268435456 8",
    "fd_pread 0 0 1 -1L 8", "random_get 0 -1", "random_get -1 2", "random_get 65535 2",
    "args_get -1 -1", "args_sizes_get -2 0", "environ_sizes_get 65534 0", "clock_time_get 0 0L -1",
    "clock_time_get 99 0L 16", "path_open 3 0 -1 8 0 -1L -1L 0 8",
    "path_open 3 0 16 -1 0 -1L -1L 0 8", "path_open 99 0 16 5 0 -1L -1L 0 8",
    "path_open 0 0 16 5 0 -1L -1L 0 8", "poll_oneoff 0 0 -1 0", "poll_oneoff -8 -8 1 0",
    "poll_oneoff 0 0 0 0", "fd_prestat_dir_name 3 -1 1",
    "fd_readdir 3 -1 100 0L 8", "fd_readdir 1 0 100 0L 8", "path_readlink 3 0 -1 0 10 8",
    "fd_renumber 1 -1", "fd_renumber 99 1", "fd_filestat_set_size 1 9223372036854775807L",
    "fd_allocate 1 0L 9223372036854775807L", "fd_seek 1 -9223372036854775808L 2 8",
    "fd_close -1", "sock_accept 3 0 8", "sock_shutdown 1 3", "fd_fdstat_set_flags 3 -1",
    "path_symlink 0 -1 3 0 4", "path_rename 3 16 5 99 16 5",
  ].map { WasmAttack($0, .call($0), .error) }

  /// What is no module, or one that no task needs.
  static let modules: [WasmAttack] =
    [
      ("nothing", []), ("a beginning", [0, 0x61, 0x73, 0x6D]),
      ("another version", [0, 0x61, 0x73, 0x6D, 2, 0, 0, 0]),
      ("a component", [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]),
      ("a section longer than the file", start + [1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
      ("four thousand million functions", start + [3, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0]),
      ("a length that has no end", start + [1] + [UInt8](repeating: 0x80, count: 64)),
      ("sections out of order", start + [10, 1, 0, 1, 1, 0]),
      ("a program of the machine", [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 4000)),
      ("a name that is no text", start + [0, 5, 4, 0xFF, 0xFE, 0xFD, 0xFC]),
    ].map { name, bytes in WasmAttack(name, .bytes { bytes }, .refused) }
    + [
      ("memory of 64 bits", "(module (memory i64 1) (func (export \"_start\")))"),
      ("shared memory", "(module (memory 1 1 shared) (func (export \"_start\")))"),
      ("two memories", "(module (memory 1) (memory 1) (func (export \"_start\")))"),
      ("a system call", "(module (import \"env\" \"syscall\" (func)) (func (export \"_start\")))"),
      (
        "WASI by another signature",
        "(module (import \"wasi_snapshot_preview1\" \"fd_write\" (func (param i64))) "
          + "(func (export \"_start\")))"
      ),
      (
        "somebody's memory",
        "(module (import \"env\" \"memory\" (memory 1)) (func (export \"_start\")))"
      ),
      ("no start", "(module (func (export \"start\")))"),
    ].map { name, text in WasmAttack(name, .text(text), .refused) }
    + [
      WasmAttack(
        "data outside of memory",
        .text("(module (memory 1) (data (i32.const 65535) \"ab\") (func (export \"_start\")))"),
        .trap("memoryOutOfBounds")),
      WasmAttack(
        "no memory to write from",
        .text(
          """
          (module (import "wasi_snapshot_preview1" "fd_write"
              (func $w (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (func (export "_start")
              (call $exit (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
          """), .error),
      WasmAttack("a module by a path that leads out", .path("/in/../../../etc/passwd"), .refused),
      WasmAttack("a module by another's path", .path("/proc/self/exe"), .refused),
      WasmAttack("a module that is a folder", .path("/in"), .refused),
      WasmAttack("locals without number", .bytes(locals), .refused),
      WasmAttack("blocks in blocks", .bytes { nested(200_000) }, .anything),
      WasmAttack("a jump to everywhere", .bytes { jump(400_000) }, .anything),
      WasmAttack("a hundred thousand functions", .bytes { functions(100_000) }, .anything),
    ]

  // MARK: - Bytes

  static let start: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]

  static func leb(_ number: Int) -> [UInt8] {
    var (number, bytes) = (number, [UInt8]())
    repeat {
      bytes.append(UInt8(number & 0x7F) | (number > 0x7F ? 0x80 : 0))
      number >>= 7
    } while number > 0
    return bytes
  }

  private static func section(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
    [kind] + leb(body.count) + body
  }

  /// A module of functions that take and give nothing, the first of which is `_start`.
  private static func module(_ count: Int, _ body: [UInt8]) -> [UInt8] {
    let code = leb(body.count) + body
    var all = leb(count)
    for _ in 0..<count { all += code }
    return start + section(1, [1, 0x60, 0, 0])
      + section(3, leb(count) + [UInt8](repeating: 0, count: count))
      + section(7, [1, 6] + Array("_start".utf8) + [0, 0]) + section(10, all)
  }

  @Sendable private static func locals() -> [UInt8] {
    module(1, [1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 0x0B])
  }

  private static func nested(_ depth: Int) -> [UInt8] {
    var body: [UInt8] = [0]
    for _ in 0..<depth { body += [0x02, 0x40] }
    return module(1, body + [UInt8](repeating: 0x0B, count: depth + 1))
  }

  private static func jump(_ count: Int) -> [UInt8] {
    let targets = [UInt8](repeating: 0, count: count + 1)
    return module(1, [0, 0x41, 0, 0x0E] + leb(count) + targets + [0x0B])
  }

  private static func functions(_ count: Int) -> [UInt8] {
    module(count, [0, 0x41, 1, 0x41, 2, 0x6A, 0x1A, 0x0B])
  }
}

/// Every attack in a box with all its walls, compiled as a node compiles: beside a neighbour who
/// must notice nothing.
@Suite(.serialized, .enabled(if: WasmLab.library != nil))
struct WasmHostilityTests {
  let lab: WasmLab
  let bench: BoxBench

  init() throws {
    lab = try WasmLab()
    bench = try BoxBench {
      $0.wasmLibrary = WasmLab.library
      $0.limits.compileTime = .seconds(20)
    }
  }

  private func attempt(_ module: WasmAttack.Module, _ name: String) throws -> Attempt {
    var attempt = Attempt(.wasm, creator: name, name)
    attempt.limits.time = .seconds(20)
    let bytes: [UInt8]
    switch module {
    case .body(let body): bytes = try lab.assemble(Self.command(body))
    case .text(let text): bytes = try lab.assemble(text)
    case .call(let words): bytes = try lab.assemble(Self.call(words))
    case .bytes(let make): bytes = make()
    case .path(let path):
      attempt.program = path
      return attempt
    }
    attempt.file = try lab.write("\(name).wasm", bytes)
    return attempt
  }

  /// As for the engine, and with a clock to wait for.
  private static func command(_ body: String) -> String {
    WasmEngineTests.command(body).replacing(
      "(module\n",
      with: """
        (module
          (import "wasi_snapshot_preview1" "poll_oneoff"
            (func $poll (param i32 i32 i32 i32) (result i32)))

        """, maxReplacements: 1)
  }

  private static func call(_ words: String) -> String {
    let parts = words.split(separator: " ")
    let types = parts.dropFirst().map { $0.hasSuffix("L") ? "i64" : "i32" }.joined(separator: " ")
    let values = parts.dropFirst().map { word in
      word.hasSuffix("L") ? "(i64.const \(word.dropLast()))" : "(i32.const \(word))"
    }
    return """
      (module
        (import "wasi_snapshot_preview1" "\(parts[0])" (func $call (param \(types)) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
        (data (i32.const 16) "given")
        (func (export "_start") (call $exit (call $call \(values.joined(separator: " "))))))
      """
  }

  @Test(arguments: WasmAttack.floods + WasmAttack.calls + WasmAttack.modules)
  func `an attack harms nobody but its attempt`(attack: WasmAttack) async throws {
    let cache = try bench.cache()
    var hostile = try attempt(attack.module, "attacker")
    attack.limits(&hostile.limits)
    let quiet = try attempt(.body(WasmEngineTests.write), "neighbour")
    var next = quiet
    next.creator = "attacker"
    next.limits = hostile.limits
    next.limits.steps = nil
    // It may be as slow as the machine is: when its time is over its box is gone.
    next.limits.time = quiet.limits.time
    try await bench.serving(cache: cache) { [hostile, next] boxes in
      let before = try await boxes.run(quiet)
      let neighbour = boxes.reports.first?.process
      let result = try await boxes.run(hostile)
      Self.check(result, attack)
      let box = boxes.reports.first { $0.creator == "attacker" }?.process
      let (after, own) = (try await boxes.run(quiet), try await boxes.run(next))
      #expect(before.text == "hello\n" && after.text == "hello\n" && own.text == "hello\n")
      #expect(after.ending.isSuccess && own.ending.isSuccess, "\(after) \(own)")
      #expect(boxes.reports.contains { $0.process == neighbour })
      if attack.spares, let box { #expect(boxes.reports.contains { $0.process == box }) }
      #expect(boxes.reports.count == 2)
    }
    #expect(bench.leftovers == [])
  }

  private static func check(_ result: AttemptResult, _ attack: WasmAttack) {
    switch (attack.expectation, result.ending) {
    case (.ending(let expected), let found): #expect(found == expected, "\(result)")
    case (.trap(let code), .trapped(let found, _)): #expect(found == code, "\(result)")
    case (.error, .exited(let status)): #expect((1...76).contains(status), "\(result)")
    case (.refused, .refused(let error)): #expect(!error.message.isEmpty)
    case (.anything, .refused), (.anything, .exited(status: 0)), (.anything, .trapped): break
    default: Issue.record("\(attack.name): \(result)")
    }
  }

  @Test func `the same numbers in their place are no attack`() async throws {
    for words in [
      "fd_write 1 0 1 8", "random_get 0 16", "args_sizes_get 0 4", "clock_time_get 0 0L 16",
      "fd_close 1",
    ] {
      let fine = try attempt(.call(words), "fine")
      let result = try await bench.run(fine)
      #expect(result.ending == .exited(status: 0), "\(words): \(result)")
    }
    for (module, raise) in [
      (WasmAttack.Module.text("(module (memory 65536) (func (export \"_start\")))"), true),
      (.text("(module (table 100 funcref) (func (export \"_start\")))"), false),
    ] {
      var large = try attempt(module, "large")
      if raise { large.limits.memory = 6 << 30 }
      #expect(try await bench.run(large).ending == .exited(status: 0))
    }
  }

  /// Compiled code of the attacker's making never reaches the engine: a module is compiled,
  /// whatever it says it is.
  @Test func `a compiled module is not taken for a module`() async throws {
    let cache = try bench.cache()
    let fine = try attempt(.body(WasmEngineTests.write), "fine")
    let folder = bench.folder
    let forged = try await bench.serving(cache: cache) { boxes in
      _ = try await boxes.run(fine)
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/wasm")
      let kept = FileManager.default.contents(atPath: "\(folder)/wasm/\(names[0])")
      var forged = Attempt(.wasm, creator: "attacker", "forged")
      forged.file = "\(folder)/forged"
      // Without its seal it is what the engine would load.
      let code = try #require(kept).dropFirst(32)
      try code.write(to: URL(fileURLWithPath: "\(folder)/forged"))
      return try await boxes.run(forged)
    }
    guard case .refused(let error) = forged.ending else {
      Issue.record("\(forged)")
      return
    }
    #expect(error.code == .damaged)
  }
}
