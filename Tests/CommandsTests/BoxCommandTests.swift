import Calls
import Primitives
import Runtimes
import Testing

@testable import Commands

struct BoxCommandTests {
  private static func box(_ line: String) throws -> BoxRun {
    let words = "box run \(line)".split(separator: " ").map(String.init)
    guard case .run(let command) = try CommandParser(Root.self).parse(words) else {
      throw CommandError("it is no command")
    }
    return try #require(command as? BoxRun)
  }

  @Test func `what stands behind the program is the program's`() throws {
    let command = try Self.box("--memory 64MiB -e A=1 a.wasm --json -- --time 3s")
    #expect(command.words == ["a.wasm", "--json", "--", "--time", "3s"])
    #expect(!command.shown.json && command.limits.time == nil && command.env == ["A=1"])
    let limits = try command.limits.limits(AttemptLimits())
    #expect(limits.memory == 64 << 20 && limits.time == AttemptLimits().time)
  }

  @Test func `a node is told the limits that were named, and no others`() throws {
    #expect(try Self.box("a.wasm").limits.named == BoxesV1.RunRequest.Limits())
    let some = try Self.box("--memory 64MiB --fuel 9 a.wasm").limits.named
    #expect(some.memoryBytes == 64 << 20 && some.steps == 9)
    #expect(some.timeNanoseconds == nil && some.processes == nil && some.outputBytes == nil)
  }

  @Test(arguments: [
    "--memory 1KiB a", "--time 0s a", "--fuel -1 a", "--processes 0 a", "--disk 1B a",
    "--warm --set node.name=x a", "--seed -1 a",
  ])
  func `limits that make no sense are told before anything runs`(_ line: String) throws {
    let error = #expect(throws: (any Error).self) {
      let command = try Self.box(line)
      _ = try command.limits.limits(AttemptLimits())
    }
    #expect(error is ValidationError || error is ArgumentError)
  }

  @Test(
    arguments: [
      (.exited(status: 0), "exited", 0), (.exited(status: 200), "exited", 200),
      (.exited(status: 256), "exited", 255), (.exited(status: -1), "exited", 255),
      (.signalled(9), "signalled", 137), (.timedOut, "timedOut", 124),
      (.outOfMemory, "outOfMemory", 122), (.outputLimit, "outputLimit", 123),
      (.trapped(code: "unreachable", text: "wasm trap"), "trapped", 121),
      (.killed(reason: "late"), "killed", 126),
      (.refused(RuntimeError(.absent, "none")), "refused", 125),
    ] as [(Ending, String, Int32)])
  func `each ending has its word and its exit code`(
    _ ending: Ending, _ word: String, _ code: Int32
  ) {
    let told = AttemptEnding(ending, AttemptLimits())
    #expect(told.kind == word && told.code == code)
    #expect(told.sentence.isEmpty == (word == "exited"))
  }

  @Test(
    arguments: [
      RuntimeError(.refused, "why"), CommandError("why", code: .noNode),
      CommandError("why", code: .refused),
    ] as [any Error])
  func `what kept an attempt from beginning is no status of a program`(_ error: any Error) {
    let told = AttemptEnding.cannot(error) as? CommandError
    #expect(told?.message == "why" && told?.code == ExitCode(AttemptEnding.Code.refused))
  }

  @Test(
    arguments: [
      (.exited(status: 256), 256), (.exited(status: -1), -1), (.signalled(9), 9), (.timedOut, nil),
    ] as [(Ending, Int64?)])
  func `programs are told the whole status`(_ ending: Ending, _ status: Int64?) {
    let report = AttemptReport(attempt: Attempt(.wasm, creator: "a", "b"), result: .init(ending))
    let json = report.json(AttemptEnding(ending, AttemptLimits()))
    #expect(json["status"] == (status.map { .integer($0) } ?? .null))
  }

  @Test func `what a program names shows, and does nothing to a terminal`() {
    let ending = Ending.refused(RuntimeError(.refused, "/work/out/\u{1B}[2Jx\u{7} is\n  no file"))
    let told = AttemptEnding(ending, AttemptLimits())
    #expect(told.sentence.contains("\u{1B}"))
    #expect(told.shown.hasSuffix("is\n  no file"))
    #expect(told.shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
  }

  @Test func `a word without a slash is the system's, and a file what it begins with`() throws {
    let shell = try ProgramWord("sh", runtime: nil)
    #expect(shell.runtime == .process && shell.file == nil && shell.program == "sh")
    #expect(try ProgramWord("/bin/sh", runtime: nil).file == nil)
    let own = try ProgramWord("/proc/self/exe", runtime: nil)
    #expect(own.runtime == .process && own.file?.hasPrefix("/") == true)
    for (word, runtime) in [("/nowhere/a", Runtime.wasm), ("/nowhere/a", .process)] {
      let error = #expect(throws: RuntimeError.self) { try ProgramWord(word, runtime: runtime) }
      #expect(error?.message.contains(word) == true)
    }
  }

  @Test func `boxes are shown with what they work on`() {
    let box = BoxesV1.Box {
      $0.name = "00112233aabbccdd"
      $0.creator = "owner\u{1B}[2J"
      $0.runtime = "wasm"
      $0.sinceNanoseconds = 1
      $0.memoryBytes = 3 << 20
      $0.memoryLimitBytes = 512 << 20
      $0.layers = [BoxesV1.Layer { $0.name = "root" }]
    }
    let report = BoxesReport([box], shares: [0.5], now: WallTime(nanoseconds: 61_000_000_000))
    let text = report.text(for: Terminal(isTerminal: false))
    #expect(text.contains("(waits)") && text.contains("3 MiB of 512 MiB") && text.contains("50 %"))
    #expect(!text.contains("\u{1B}[2J"))
    #expect(report.json.array?.first?["layers"]?["root"] == true)
    let none = BoxesReport([], now: .now()).text(for: Terminal(isTerminal: false))
    #expect(none == "There are no boxes.\n")
  }
}
