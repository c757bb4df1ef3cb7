import Testing

@testable import Runtimes

/// On a machine that lets no control groups be made.
@Suite(.serialized) struct UngroupedTests {
  private func bench(ungrouped: Bool) throws -> BoxBench {
    try BoxBench {
      $0.groups = ControlGroups()
      $0.allowsUngrouped = ungrouped
      $0.wasmLibrary = WasmLab.library
    }
  }

  @Test(arguments: [Runtime.process, .script])
  func `what a watchdog holds badly is not run`(_ runtime: Runtime) async throws {
    let bench = try bench(ungrouped: false)
    #expect(BoxSurvey.required(runtime, bench.settings).contains(.group))
    var attempt = bench.shell("true")
    attempt.runtime = runtime
    let error = await #expect(throws: RuntimeError.self) { try await bench.run(attempt) }
    #expect(error?.code == .weak && error?.message.contains("control group") == true)
    #expect(bench.leftovers == [])
  }

  @Test func `its owner may have programs run all the same, under a watchdog`() async throws {
    let bench = try bench(ungrouped: true)
    let fine = try await bench.run(bench.shell("echo held"))
    #expect(fine.text == "held\n")
    var greedy = bench.attempt("python3", ["-c", "x = b'x' * 10**9; import time; time.sleep(60)"])
    greedy.limits.memory = 64 << 20
    let ending = try await bench.run(greedy).ending
    #expect(ending == .outOfMemory)
  }

  @Test(.enabled(if: WasmLab.library != nil)) func `modules run, for they start nothing`()
    async throws
  {
    let lab = try WasmLab()
    let bench = try bench(ungrouped: false)
    var attempt = Attempt(.wasm, creator: "somebody", "task")
    let text = WasmEngineTests.command(WasmEngineTests.write)
    attempt.file = try lab.write("work/task.wasm", lab.assemble(text))
    #expect(try await bench.run(attempt).text == "hello\n")
  }
}
