import IO
import Testing

@testable import Runtimes

/// The tasks of Examples/tasks, built and run as their readers would.
@Suite(.serialized, .enabled(if: WasmLab.compiler != nil))
struct TaskTests {
  let lab: WasmLab

  init() throws {
    lab = try WasmLab(folders: { [Wasi.Folder("\($0)/work", as: ".")] })
  }

  private func run(
    _ task: String, _ arguments: [String] = [], input: [UInt8] = []
  ) async throws -> (ending: Ending, output: [UInt8]) {
    let loop = try EventLoop()
    defer { loop.stop() }
    let command = Command(
      "\(WasmLab.root)/Scripts/build-tasks", [task], environment: Command.inheritedEnvironment)
    let exit = try await ChildProcess.running(command, on: loop) { try await $0.exit() }
    try #require(exit.isSuccess, "\(task) does not build")
    var attempt = BoxAttempt("\(WasmLab.root)/.build/tasks/\(task).wasm", arguments)
    attempt.input = input
    var output: [UInt8] = []
    var box = BoxOutput(limit: 1 << 24) { frame in
      if case .output(.output, let bytes) = frame { output += bytes }
    }
    return (try lab.engine.run(attempt, &box), output)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `the path tracer paints in bands what it paints at once`() async throws {
    let whole = try await run("path-tracer", ["40", "24", "4"])
    #expect(whole.ending.isSuccess)
    #expect(text(Array(whole.output.prefix(13))) == "P6 40 24 255\n")
    #expect(whole.output.count == 13 + 40 * 24 * 3)
    // A picture, not one colour.
    #expect(Set(whole.output.dropFirst(13)).count > 100)
    var bands: [UInt8] = []
    for band in 0..<3 {
      bands += try await run("path-tracer", ["40", "24", "4", "\(band * 8)", "8"]).output
    }
    #expect(bands == whole.output)
  }

  @Test func `the estimate of pi is one, and a seed repeats it`() async throws {
    let first = try await run("monte-carlo", ["1000000", "3"])
    #expect(first.ending.isSuccess)
    #expect(text(first.output).hasPrefix("pi is about 3.14"))
    #expect(try await run("monte-carlo", ["1000000", "3"]).output == first.output)
    #expect(try await run("monte-carlo", ["1000000", "4"]).output != first.output)
  }

  @Test func `words are counted, of files and of the input`() async throws {
    let expected = "       3 a\n       2 b\n       1 ähre\n"
    let input = Array("B a, Ähre\na-b A".utf8)
    #expect(text(try await run("word-count", input: input).output) == expected)
    try lab.write("work/one", Array("B a, Ähre".utf8))
    try lab.write("work/two", Array("a-b A".utf8))
    #expect(text(try await run("word-count", ["one", "two"]).output) == expected)
    #expect(try await run("word-count", ["none"]).ending == .exited(status: 1))
  }

  @Test func `a product of matrices has the trace that it must have`() async throws {
    let result = try await run("matrix-product", ["1", "1"])
    #expect(result.ending.isSuccess)
    // One by one: trace and sum are the same number.
    let words = text(result.output).split { " ,\n".contains($0) }
    #expect(words.count == 7)
    let trace = try #require(Double(words[4]))
    let sum = try #require(Double(words[6]))
    #expect(abs(trace - sum) < 0.06 && trace > 0 && trace < 1)
    #expect(text(try await run("matrix-product", ["64"]).output).hasPrefix("64 x 64: trace "))
  }

  @Test func `a filter keeps what is even, blurs what is not, and refuses what is no picture`()
    async throws
  {
    let head = Array("P6 3 3 255\n".utf8)
    let even = head + Array(repeating: 77, count: 27)
    for name in ["sharpen", "blur"] {
      #expect(try await run("image-filter", [name], input: even).output == even)
    }
    let dark = head + Array(repeating: 0, count: 27)
    #expect(try await run("image-filter", ["outline"], input: even).output == dark)
    var point = dark
    for colour in 0..<3 { point[head.count + 12 + colour] = 160 }
    let blurred = try await run("image-filter", ["blur"], input: point).output
    #expect(blurred[head.count + 12] == 40 && blurred[head.count] == 10)
    let broken = try await run("image-filter", input: Array("P5 3 3 255\n".utf8))
    #expect(broken.ending == .exited(status: 2))
  }
}
