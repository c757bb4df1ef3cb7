import Primitives
import Testing

@testable import Commands

struct TerminalTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("😀", 2), ("👨‍👩‍👧", 2),
    ("🇩🇪", 2), ("☎", 1), ("☎\u{FE0F}", 2), ("ｆ", 2), ("a\u{200B}b", 2), ("1", 1), ("中a", 3),
  ])
  func `columns of letters, marks, wide scripts and emoji`(text: String, columns: Int) {
    #expect(TextWidth.columns(of: text) == columns)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
    ("abc", 1, "…"), ("abc", 0, ""), ("👨‍👩‍👧ab", 3, "👨‍👩‍👧…"),
  ])
  func `a cut text fits and says that it was cut`(text: String, limit: Int, expected: String) {
    let cut = TextWidth.truncated(text, to: limit)
    #expect(cut == expected && TextWidth.columns(of: cut) <= limit)
  }

  @Test func `colours only where they are wanted`() {
    #expect(
      Terminal(isTerminal: true, usesColours: true).styled("x", .red) == "\u{1B}[31mx\u{1B}[0m")
    #expect(Terminal.none.styled("x", .red) == "x")
    #expect(Terminal.detect(-1, environment: [:]) == .none)
  }
}

struct TableTests {
  private func table() -> Table {
    var table = Table([
      .init("ID", least: .max), .init("NAME"), .init("LOAD", .right, least: 4),
    ])
    table.append("a1", "日本 node with a long name", "0.5")
    table.append("b22", "\u{1B}[2Jevil\n", "12.25")
    return table
  }

  @Test func `columns are aligned, and nothing is cut where nobody looks`() {
    #expect(
      table().text(for: .none) == """
        ID   NAME                         LOAD
        a1   日本 node with a long name    0.5
        b22  \u{FFFD}[2Jevil\u{FFFD}                   12.25

        """)
  }

  @Test(arguments: [24, 30, 80]) func `on a terminal lines fit its width`(width: Int) {
    let text = table().text(for: Terminal(isTerminal: true, width: width))
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { TextWidth.columns(of: $0) <= width })
    #expect(lines.count == 3 && lines[1].hasPrefix("a1 ") && lines[1].hasSuffix(" 0.5"))
    #expect(text.contains("…") == (width < 40))
  }

  @Test func `what must stay whole stays whole`() {
    let text = table().text(for: Terminal(isTerminal: true, width: 5))
    #expect(text.contains("b22  "))
  }

  @Test func `a table without rows has its headings`() {
    #expect(Table("A", "B").text(for: .none) == "A  B\n" && Table("A").isEmpty)
  }
}

struct OutputTests {
  private struct Node: Presentable {
    let name: String
    var json: JSON { ["name": .string(name)] }
    func text(for terminal: Terminal) -> String { "Node \(name)\n" }
  }

  private func printed(json: Bool, terminal: Terminal = .none, _ body: (Output) -> Void) -> String {
    var text = ""
    body(Output(isJSON: json, terminal: terminal, write: { text += $0 }))
    return text
  }

  @Test func `one value, for people or for programs`() {
    #expect(printed(json: false) { $0.show(Node(name: "x")) } == "Node x\n")
    #expect(printed(json: true) { $0.show(Node(name: "x")) } == "{\"name\":\"x\"}\n")
    let terminal = Terminal(isTerminal: true)
    #expect(
      printed(json: true, terminal: terminal) { $0.show(Node(name: "x")) }
        == "{\n  \"name\": \"x\"\n}\n")
  }

  @Test func `notes are for people only`() {
    #expect(printed(json: false) { $0.note("Done.") } == "Done.\n")
    #expect(printed(json: true) { $0.note("Done.") } == "")
    #expect(printed(json: true) { $0.show(json: [1], text: { _ in "one" }) } == "[1]\n")
    #expect(printed(json: false) { $0.show(json: [1], text: { _ in "one\n" }) } == "one\n")
  }
}
