import Foundation
import Testing

@testable import Runtimes

/// What scripts may rely on, with the engine outside of any box.
@Suite(.serialized, .enabled(if: ScriptLab.library != nil))
struct ScriptEngineTests {
  let lab: ScriptLab

  init() throws { lab = try ScriptLab() }

  /// A task, its input, and what it gives.
  struct Task: Sendable, CustomTestStringConvertible {
    var source: String
    var input: String
    var output: String

    init(_ source: String, _ input: String = "", gives output: String) {
      self.source = source
      self.input = input
      self.output = output
    }

    var testDescription: String { source }
  }

  // MARK: The contract

  @Test(arguments: [
    Task("export default (data) => data.a + data.b", #"{"a":1,"b":2}"#, gives: "3"),
    Task("export default function (data) { return [data, 1] }", "\"x\"", gives: #"["x",1]"#),
    Task("export default async function main() { await 0; return main.name }", gives: #""main""#),
    Task(
      "export default async () => ({ a: await new Promise((f) => setTimeout(f, 5, 'late')) })",
      gives: #"{"a":"late"}"#),
    Task("export default function* () { yield 1 }", gives: "{}"),
    Task("export default 42", gives: "42"),
    Task("export default Promise.resolve([1])", gives: "[1]"),
    Task("export default class { }; 0", gives: ""),
    Task("const f = () => 1\nexport { f as default, f as other }", gives: "1"),
    Task("export const a = 1, b = 2\nexport let c\nexport default () => a + b", gives: "3"),
    Task("export function twice(x) { return 2 * x }\nexport default twice(4)", gives: "8"),
    Task("export default (data) => data", gives: ""),
    Task("export default (data) => data", "null", gives: "null"),
    Task(
      "export default (data) => data.constructor.name + data.length", "no JSON",
      gives: #""Uint8Array7""#),
    Task("const now = await 5; export default now", gives: "5"),
    Task("export default () => this === undefined", gives: "true"),
    Task(
      "export default (_, task) => [...task.input].length + task.text()", "äx",
      gives: #""3äx""#),
    Task("taskResult.sum = taskData[0] + taskData[1]", "[1,2]", gives: #"{"sum":3}"#),
    Task("taskResult = taskData", "7", gives: "7"),
    Task("var x = 1", gives: "{}"),
    Task("let taskResult = { own: true }", gives: #"{"own":true}"#),
    Task("setTimeout(() => { taskResult.late = 1 }, 1)", gives: #"{"late":1}"#),
    Task("with ({ a: 1 }) { taskResult = a }", gives: "1"),
    Task(
      "// export default\ntaskResult = 'export default ' + /export/.source",
      gives: #""export default export""#),
    Task("#!/usr/bin/env node\nexport default 1", gives: "1"),
    Task("\u{FEFF}export default 1", gives: "1"),
    Task(
      "const t = `export default ${'export'}`; /export/; export default t",
      gives: #""export default export""#),
    Task("export // why\n  default /* export */ 3", gives: "3"),
    Task(
      "const w = { export: 1 }; const y = w.export; export default () => y", gives: "1"),
    Task(
      "class A { export() { return `export default ${/export {/.source}` } }; export default "
        + "new A().export() // export default 2", gives: #""export default export {""#),
    Task(
      "export let a = 1; export let b = 2; if (a) { } export { b as default }; export { a }",
      gives: "2"),
  ])
  func `a task gives its result`(task: Task) throws {
    let run = try lab.run(task.source, input: task.input)
    if task.source.contains("class { }") {
      #expect(run.trap?.code == "exception")
    } else {
      #expect(run.ending == .exited(status: 0))
    }
    #expect(run.output == task.output)
  }

  @Test(
    arguments: [
      ("new Uint8Array([1, 2, 255])", [1, 2, 255]),
      ("new Uint8Array([9, 1, 2, 9]).subarray(1, 3)", [1, 2]),
      ("new Uint8Array([7, 8]).buffer", [7, 8]),
      ("new Uint16Array([1])", [1, 0]),
      ("new DataView(new Uint8Array([1, 2, 3]).buffer, 1)", [2, 3]),
    ] as [(String, [UInt8])])
  func `bytes come out as they are`(source: String, bytes: [UInt8]) throws {
    #expect(try lab.run("export default () => \(source)").bytes == bytes)
  }

  @Test func `what is written comes before the result`() throws {
    let run = try lab.run(
      "export default (_, task) => { task.write('a'); task.write(new Uint8Array([98])); return 1 }")
    #expect(run.output == "ab1")
  }

  @Test func `arguments, variables and inputs are found`() throws {
    let run = try lab.run(
      """
      export default (_, { arguments: words, environment, inputs }) => [words, environment,
        inputs.list(), inputs.list('deep'), inputs.text('given.txt'),
        Array.from(inputs.read('deep/file.bin'))]
      """
    ) {
      $0.arguments = ["one", "zwölf"]
      $0.environment = ["KEY": "value"]
    }
    #expect(
      run.output == #"[["one","zwölf"],{"KEY":"value"},["deep/","given.txt"],["file.bin"],"#
        + #""given",[1,2]]"#)
  }

  @Test(arguments: [
    "../secret", "/etc/passwd", "deep/../../secret", "./given.txt", "", "deep", "nothing",
    "given.txt/x", "a\\u0000b", "deep//../../secret",
  ])
  func `a path that leads elsewhere is refused`(path: String) throws {
    let run = try lab.run(
      "export default (_, { inputs }) => { try { return inputs.text('\(path)') } "
        + "catch (error) { return error instanceof Error } }")
    #expect(run.output == "true")
  }

  // MARK: How it may end

  @Test(arguments: [
    ("export default () => { throw new TypeError('no') }", "exception", "TypeError: no"),
    ("throw 'text'", "exception", "threw \"text\""),
    ("export default async () => { await 0; null.x }", "exception", "TypeError"),
    ("setTimeout(() => missing, 0)", "exception", "ReferenceError"),
    ("export default () => { Promise.reject(new Error('lost')); return 1 }", "rejection", "lost"),
    ("queueMicrotask(() => { throw new Error('job') })", "rejection", "job"),
    ("export default () => new Promise(() => {})", "unsettled", "never settled"),
    ("export default () => () => 1", "result", "function"),
    ("taskResult = Symbol('s')", "result", "symbol"),
    ("taskResult = 1n", "result", "BigInt"),
    ("taskResult.self = taskResult", "result", "cyclic"),
    ("taskResult = { get a() { throw new Error('got') } }", "result", "got"),
    ("taskResult = { toJSON() { throw new Error('json') } }", "result", "json"),
    ("let = 3 +", "syntax", "SyntaxError"),
    ("import fs from 'fs'\nexport default 1", "syntax", "imports nothing"),
    ("export * from './other.js'", "syntax", "takes nothing from others"),
    ("export { a } from './other.js'", "syntax", "takes nothing from others"),
    ("export const a = 1", "exception", "no default export"),
    ("\n\nexport default () => { oops( }", "syntax", "line 3"),
    ("const w = { export: 1 }; export { w } from './w.js'", "syntax", "takes nothing from others"),
    ("export default () => { setTimeout(() => missing, 5); return 1 }", "exception", "missing"),
  ])
  func `a failure is told with its kind`(source: String, code: String, text: String) throws {
    let trap = try #require(try lab.run(source).trap)
    #expect(trap.code == code)
    #expect(trap.text.contains(text), "\(trap.text)")
    #expect(!trap.text.contains("apus:prelude"))
  }

  @Test(arguments: [
    "const s = \"export\"; let x = ;", "let x = ; export default 1", "if (1) export default 1",
    "export 1", "w.export = 1; export { w; }", "export default 1; export default 2 3",
  ])
  func `a mistake beside an export is told as what it is`(source: String) throws {
    let trap = try #require(try lab.run(source).trap)
    #expect(trap.code == "syntax")
    #expect(trap.text.contains("(line 1)") && !trap.text.contains("from others"), "\(trap.text)")
  }

  @Test(arguments: [
    "export default { a: 1n }", "taskResult = 1n",
    "export default () => { throw new DOMException() }",
    "let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep]; structuredClone(deep)",
    "const f = () => structuredClone(f); f()",
  ])
  func `nothing of ours is in what is told of a script's mistake`(source: String) throws {
    let text = try lab.run(source).trap?.text ?? ""
    #expect(text != "")
    #expect(!text.contains("(line") && !text.contains("at cloned"), "\(text)")
  }

  @Test(arguments: [
    "export default () => { setTimeout(() => console.log('late'), 5); return 1 }",
    "setTimeout(() => console.log('late'), 5); taskResult = 1",
  ])
  func `timers fire though the result is there, in modules and scripts`(source: String) throws {
    let run = try lab.run(source)
    #expect(run.log == "late\n" && run.output == "1")
  }

  @Test func `a stack names the lines of the task`() throws {
    let run = try lab.run(
      "const inner = () => {\n  throw new Error('deep')\n}\nexport default function outer() {\n"
        + "  inner()\n}")
    let text = try #require(run.trap?.text)
    #expect(text.contains("Error: deep\n    at inner ("))
    #expect(text.contains("task.js:2:") && text.contains("task.js:5:"))
  }

  @Test func `too much output ends it at once, and no catch holds that up`() throws {
    for what in ["console.log('x'.repeat(100))", "task.write('x'.repeat(100))"] {
      let run = try lab.run(
        "export default (_, task) => { for (;;) { try { \(what) } catch {} finally {} } }"
      ) { $0.limits.outputBytes = 4096 }
      #expect(run.ending == .outputLimit)
      #expect(run.log.utf8.count + run.bytes.count == 4096)
    }
    let large = try lab.run("taskResult = 'x'.repeat(5000)") { $0.limits.outputBytes = 4096 }
    #expect(large.ending == .outputLimit)
  }

  @Test func `letters are counted by the example, of inputs and input`() throws {
    let source = try String(
      contentsOfFile: WasmLab.root + "/Examples/tasks/letter-count.js", encoding: .utf8)
    let run = try lab.run(source, input: "Äa, ägäis!") { $0.arguments = ["2"] }
    #expect(run.output == #"{"texts":2,"letters":{"ä":3,"g":2}}"#)
    #expect(run.log == "reading given.txt\n")
    #expect(try lab.run(source, input: "\"aab\"").output.contains(#""a":2"#))
  }
}
