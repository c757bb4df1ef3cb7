import Glibc
import Primitives
import Testing

@testable import Runtimes

/// Scripts in boxes, with all their walls.
@Suite(.serialized, .enabled(if: ScriptLab.library != nil))
struct ScriptBoxTests {
  let lab: ScriptLab
  let bench: BoxBench

  init() throws {
    lab = try ScriptLab()
    bench = try BoxBench()
  }

  /// An attempt at the script, which it finds among its inputs.
  private func attempt(_ source: String, _ name: String = "task.js") throws -> Attempt {
    try lab.write("in/\(name)", source)
    var attempt = Attempt(.script, creator: "somebody", "/in/\(name)")
    attempt.folder = "\(lab.folder)/in"
    attempt.limits.time = .seconds(20)
    return attempt
  }

  @Test func `a script runs in a box, and its output and log arrive`() async throws {
    var attempt = try attempt(
      "export default (data, { inputs }) => { console.log('at it'); "
        + "return [data.a, inputs.text('given.txt'), inputs.list()] }")
    attempt.input = Array(#"{"a":1}"#.utf8)
    let result = try await bench.run(attempt)
    #expect(result.ending == .exited(status: 0), "\(result)")
    #expect(result.text == #"[1,"given",["deep/","given.txt","task.js"]]"#)
    #expect(result.complaint == "at it\n")
    #expect(bench.leftovers == [])
  }

  @Test func `a box is used again after scripts that fail, with nothing of them`() async throws {
    let fails = try attempt("globalThis.left = 1; throw new Error('no')")
    let looks = try attempt("taskResult = typeof left", "looks.js")
    try await bench.serving { boxes in
      for _ in 0..<3 {
        let result = try await boxes.run(fails)
        guard case .trapped("exception", let text) = result.ending else {
          Issue.record("\(result.ending)")
          return
        }
        #expect(text.hasPrefix("Error: no\n    at ") && text.contains("/in/task.js:1:"))
      }
      let fine = try await boxes.run(looks)
      #expect(fine.text == "\"undefined\"")
      #expect(boxes.reports.count == 1)
    }
  }

  @Test func `code that is compiled and memory that is collected work behind the walls`()
    async throws
  {
    let result = try await bench.run(
      attempt(
        """
        let kept = [], sum = 0
        for (let i = 0; i < 3e7; i++) sum = (sum * 31 + i) | 0
        for (let i = 0; i < 2e6; i++) { kept.push({ i, text: 'x' + i });
        if (kept.length > 1000) kept = [] }
        taskResult = [sum, kept.length, [3, 1, 2].sort(), /(a|b)+c/.exec('xababc')[0],
          new Intl.NumberFormat('de').format(1234.5), 'ä'.normalize('NFD').length,
          new Date(0).getHours()]
        """))
    #expect(result.ending == .exited(status: 0), "\(result)")
    #expect(result.text.hasSuffix(#",[1,2,3],"ababc","1.234,5",2,0]"#), "\(result.text)")
  }

  @Test func `without the library the runtime is absent, and what mends that is said`()
    async throws
  {
    let none = try BoxBench { $0.scriptLibrary = nil }
    let attempt = try attempt("1")
    let error = await #expect(throws: RuntimeError.self) { try await none.run(attempt) }
    #expect(error?.code == .absent)
    #expect(error?.message.contains("Scripts/setup") == true)
    #expect(throws: RuntimeError.self) { try ScriptLibrary("/no.so", memory: 1 << 20) }
    #expect(ScriptLibrary.places.contains { $0 == ScriptLab.library })
  }
}
