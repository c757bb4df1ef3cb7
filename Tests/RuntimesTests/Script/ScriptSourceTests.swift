import Primitives
import Testing

@testable import Runtimes

/// The rewriting of modules alone, with a parser that knows two things: no script has the word, and
/// texts end.
struct ScriptSourceTests {
  /// Complains of the first `export` that stands outside of strings in double quotes.
  private static func check(_ text: String) -> ScriptSource.Problem? {
    var line = 1
    var isText = false
    let bytes = Array(text.utf8)
    let word = Array("export".utf8)
    for place in bytes.indices {
      if bytes[place] == UInt8(ascii: "\n") { line += 1 }
      if bytes[place] == UInt8(ascii: "\"") { isText.toggle() }
      if !isText, bytes[place...].starts(with: word) {
        return .init(line: line, text: "SyntaxError: Unexpected keyword 'export'")
      }
      if !isText, bytes[place] == UInt8(ascii: "@") { return .init(line: line, text: "token '@'") }
    }
    return isText ? .init(line: line, text: "SyntaxError: Unexpected EOF") : nil
  }

  private func source(_ text: String) throws -> ScriptSource {
    try ScriptSource(Array(text.utf8), check: Self.check)
  }

  /// Of a module, without what every module has around it.
  private func body(_ text: String) throws -> String {
    let source = try source(text)
    #expect(source.isModule)
    let head = "(async function(__apusExports){'use strict';"
    #expect(source.text.hasPrefix(head) && source.text.hasSuffix("})"))
    return String(source.text.dropFirst(head.count).dropLast(2))
  }

  @Test func `a script stays as it is, but for its first bytes`() throws {
    #expect(try source("let a = 1").text == "let a = 1")
    #expect(try source("#!/usr/bin/env x\n1").text == "///usr/bin/env x\n1")
    #expect(try ScriptSource([0xEF, 0xBB, 0xBF, 0x31], check: Self.check).text == "1")
    #expect(try source("").text == "")
    #expect(try !source("\"export default 1\"").isModule)
  }

  @Test(arguments: [
    ("export default 1", "__apusExports.default=1\n;"),
    ("export default\n\n1", "\n\n__apusExports.default=1\n;"),
    (
      "export default function f() {}",
      "               function f() {}\n;__apusExports.default=f;"
    ),
    (
      "export default class {}",
      "               class  __apusDefault {}\n;__apusExports.default=__apusDefault;"
    ),
    (
      "export default async function* () {}",
      "               async function*  __apusDefault () {}\n;__apusExports.default=__apusDefault;"
    ),
    ("export /* x */ default 1", "__apusExports.default=1\n;"),
    ("export const a = 1", "       const a = 1\n;"),
    ("let a\nexport {a as default, a as b}", "let a\n\n;__apusExports.default=a;"),
  ])
  func `an export becomes a property`(_ text: String, _ expected: String) throws {
    // What is blanked leaves spaces, which are of no matter at the end of a line.
    let trimmed = try body(text).split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        String(line.reversed().drop { $0 == " " }.reversed())
      }
    #expect(trimmed.joined(separator: "\n") == expected)
  }

  @Test func `a word in a text is not the one, and one behind it is`() throws {
    let text = "\"export\", 1; export default \"export\""
    #expect(try body(text).hasPrefix("\"export\", 1; __apusExports.default=\"export\""))
  }

  @Test(arguments: [
    "export * from 'x'", "export {a} from 'x'", "export 1", "export", "export {", "export {a",
    "export {;}", "export/*",
  ])
  func `what takes from others or is cut is a mistake in a line`(_ text: String) {
    let trap = #expect(throws: ScriptTrap.self) { try source("\n" + text) }
    #expect(trap?.text.contains("line 2") == true)
  }

  @Test func `more exports than may be are a mistake, and no endless work`() {
    let many = String(repeating: "export let a\n", count: ScriptSource.Limits.exports + 1)
    #expect(throws: ScriptTrap.self) { try source(many) }
    #expect(throws: Never.self) { try source(String(many.dropLast(13))) }
  }

  @Test func `lines stay where they were, whatever ends them`() throws {
    var random = SplitMix(seed: 7)
    let pieces = [
      "export default ", "export {a}", "\n", "\r\n", "\u{2028}", "/* ", " */", "x", "\"",
    ]
    for _ in 0..<2000 {
      let text = (0..<8).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      do {
        let lines = try source(text).text.utf8.filter { $0 == 0x0A }.count
        let added = try source(text).isModule ? 1 : 0
        #expect(lines == text.utf8.filter { $0 == 0x0A }.count + added, "\(text.debugDescription)")
      } catch is ScriptTrap {}
    }
  }
}
