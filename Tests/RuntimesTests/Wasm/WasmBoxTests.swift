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

  @Test func `an endless loop is the end of its box`() async throws {
    var attempt = try attempt(WasmEngineTests.command("(loop (br 0))"))
    attempt.limits.time = .milliseconds(700)
    #expect(try await bench.run(attempt).ending == .timedOut)
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
