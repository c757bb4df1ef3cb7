import Glibc
import Primitives
import Testing

@testable import Runtimes

/// Attacks on the engine and on those next to it, run for real in boxes.
@Suite(.serialized, .enabled(if: ScriptLab.library != nil))
struct ScriptHostilityTests {
  let lab: ScriptLab
  let bench: BoxBench

  init() throws {
    lab = try ScriptLab()
    bench = try BoxBench()
  }

  // MARK: How it is held

  private static func words(_ result: AttemptResult) -> String {
    switch result.ending {
    case .exited(status: 0): "gives \(result.text)"
    case .trapped(let code, _): "trapped \(code)"
    // The engine ends its process itself when it has no memory for what it cannot do without, by
    // one of these. A wild pointer ends it by others.
    case .signalled(SIGTRAP), .signalled(SIGABRT), .signalled(SIGILL): "gave up"
    case let ending: "\(ending)"
    }
  }

  private func attempt(_ name: String, by creator: String = "somebody") -> Attempt {
    var attempt = Attempt(.script, creator: creator, "/in/\(name)")
    attempt.folder = "\(lab.folder)/in"
    attempt.limits.time = .seconds(20)
    attempt.limits.memory = 160 << 20
    return attempt
  }

  @Test(arguments: ScriptAttack.all)
  func `an attack is contained, and a neighbour is not harmed`(attack: ScriptAttack) async throws {
    try lab.write("in/attack.js", attack.source)
    try lab.write("in/neighbour.js", "export default () => 6 * 7")
    var tried = attempt("attack.js")
    attack.limits(&tried.limits)
    tried.input = Array(attack.input.utf8)
    let (next, neighbour) = (attempt("neighbour.js"), attempt("neighbour.js", by: "neighbour"))
    try await bench.serving { [tried] boxes in
      _ = try await boxes.run(neighbour)
      async let attacked = boxes.run(tried)
      for _ in 0..<3 {
        let beside = try await boxes.run(neighbour)
        #expect(beside.text == "42", "\(beside)")
      }
      let result = try await attacked
      #expect(
        attack.outcomes.contains(Self.words(result)), "\(result.ending) \(result.text.prefix(200))")
      // Whatever it did, the next attempt of its creator finds a world as new.
      let after = try await boxes.run(next)
      #expect(after.text == "42", "\(after)")
      let beside = try await boxes.run(neighbour)
      #expect(beside.text == "42")
      // The neighbour's box was never made anew.
      #expect(boxes.reports.count { $0.creator == "neighbour" } == 1)
    }
    #expect(bench.leftovers == [])
  }

  @Test func `memory is what ends a script that takes it, and with more it goes on`() async throws {
    let takes =
      """
      const kept = []; for (let i = 0; i < 200; i++) kept.push(new Uint8Array(1 << 20).fill(1));
      taskResult = kept.length
      """
    try lab.write("in/takes.js", takes)
    var tried = attempt("takes.js")
    let refused = try await bench.run(tried)
    #expect(refused.ending == .outOfMemory)
    tried.limits.memory = 512 << 20
    let fine = try await bench.run(tried)
    #expect(fine.text == "200")
  }

  @Test func `what one attempt changes the next does not see`() async throws {
    try lab.write(
      "in/poison.js",
      """
      Object.prototype.poison = 1; Array.prototype.push = null; globalThis.left = 1
      Symbol.for('left').description; JSON.stringify = () => '"poison"'; taskResult = 1
      setInterval(() => { globalThis.left++ }, 1); throw new Error('left')
      """)
    try lab.write(
      "in/looks.js",
      "taskResult = [{}.poison === undefined, typeof [].push, typeof left, JSON.stringify(1)]")
    let (poison, looks) = (attempt("poison.js"), attempt("looks.js"))
    try await bench.serving { boxes in
      for _ in 0..<5 {
        let poisoned = try await boxes.run(poison)
        #expect(poisoned.ending != .exited(status: 0))
        let looked = try await boxes.run(looks)
        #expect(looked.text == #"[true,"function","undefined","1"]"#)
      }
      #expect(boxes.reports.count == 1)
    }
  }

  @Test func `what is no script is refused`() async throws {
    let file = try #require(fopen("\(lab.folder)/in/task.js", "w"))
    fwrite([0x61, 0xFF, 0xFE] as [UInt8], 1, 3, file)
    fclose(file)
    for name in ["task.js", "nothing.js", "deep", "../etc/passwd"] {
      let result = try await bench.run(attempt(name))
      guard case .refused(let error) = result.ending else {
        Issue.record("\(name): \(result.ending)")
        continue
      }
      #expect(error.code == .refused)
    }
  }
}
