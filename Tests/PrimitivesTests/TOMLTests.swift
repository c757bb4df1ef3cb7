import Primitives
import Testing

struct TOMLTests {
  @Test func `every kind of value is read with its line`() throws {
    let table = try TOML.parse(
      """
      # a comment
      text = "é\\t\\u00e9\\U0001F600"
      raw = 'C:\\n'
      "quoted key" = 0xDEAD_beef
      numbers = [ # with comments
        +1_000, 0o17, 0b101, -0,
      ]
      floats = [1.5, -2e3, 6.626e-34, inf, -inf, 1_0.0_1]
      on = true
      """)
    #expect(table["text"] == .init(line: 2, content: .string("é\té😀")))
    #expect(table["raw"]?.content == .string("C:\\n"))
    #expect(table["quoted key"] == .init(line: 4, content: .integer(0xDEAD_BEEF)))
    #expect(table["numbers"]?.content.integers == [1000, 15, 5, 0])
    #expect(
      table["floats"]?.content.floats == [1.5, -2000, 6.626e-34, .infinity, -.infinity, 10.01])
    #expect(table["on"] == .init(line: 9, content: .boolean(true)))
  }

  @Test func `texts over several lines`() throws {
    let quotes = "\"\"\""
    let table = try TOML.parse(
      "a = \(quotes)\none\r\ntwo \\\n   \n  three\"\"\(quotes)\n"
        + "b = '''\n'it''s' \\n''''\nc = \"\"\nd=''"
    )
    #expect(table["a"]?.content == .string("one\ntwo three\"\""))
    #expect(table["b"]?.content == .string("'it''s' \\n'"))
    #expect(table["c"]?.content == .string("") && table["d"]?.content == .string(""))
  }

  @Test func `headers, dotted keys, inline tables and arrays of tables nest`() throws {
    let table = try TOML.parse(
      """
      a.b.c = 1
      a.b.d = { e = 2, f.g = [3] }
      [x.y]
      [x]
      z = 4
      [[list]]
      n = 1
      [list.inner]
      k = "v"
      [[list]]
      n = 2
      [[list.more]]
      """)
    #expect(table.at("a", "b", "d", "f", "g")?.content.integers == [3])
    #expect(table.at("x", "z")?.content == .integer(4) && table.at("x", "y") != nil)
    guard case .array(let list)? = table["list"]?.content else { throw Missing() }
    #expect(list.map(\.line) == [6, 10])
    #expect(list[0].content.table?.at("inner", "k")?.content == .string("v"))
    #expect(list[1].content.table?.names == ["n", "more"])
  }

  @Test(arguments: [
    "1979-05-27T07:32:00Z", "1979-05-27 07:32:00.999-07:00", "1979-05-27t07:32:00", "2024-02-29",
    "00:32:00.5", "2000-02-29", "1979-05-27T23:59:60Z",
  ])
  func `dates and times are kept as written`(text: String) throws {
    #expect(try TOML.parse("d = \(text) # x")["d"]?.content == .dateTime(text))
  }

  @Test(arguments: [
    ("a = 1\na = 2", 2, 1), ("a = 1\n[a]", 2, 1), ("[a]\n[a]", 2, 1), ("a.b = 1\n[a]", 2, 1),
    ("[a]\nb.c = 1\n[a.b]", 3, 1), ("[a.b]\n[a]\nb.c = 1", 3, 1), ("a = []\n[[a]]", 2, 1),
    ("[[a]]\n[a]", 2, 1), ("[a]\n[[a]]", 2, 1), ("a = {b = 1}\na.c = 2", 2, 1),
    ("a = {b = 1}\n[a.c]", 2, 1), ("a = {b = 1, b = 2}", 1, 13), ("a = {b = 1,}", 1, 12),
    ("a = {\nb = 1}", 1, 6), ("a = [1 2]", 1, 8), ("a = [1", 1, 7), ("[a", 1, 3), ("[a]]", 1, 4),
    ("[[a]", 1, 5), ("[]", 1, 2), ("a", 1, 2), ("a =", 1, 4), ("= 1", 1, 1), ("a = 1 b = 2", 1, 7),
    ("a = 01", 1, 5), ("a = 1__0", 1, 5), ("a = _1", 1, 5), ("a = 0xG", 1, 5), ("a = +0x1", 1, 5),
    ("a = 1.", 1, 5), ("a = .5", 1, 5), ("a = 1e", 1, 5), ("a = 9223372036854775808", 1, 5),
    ("a = yes", 1, 5), ("a = truE", 1, 5), ("a = 2023-02-29", 1, 5), ("a = 24:00:00", 1, 5),
    ("a = 2023-13-01", 1, 5), ("a = 07:32", 1, 5), ("a = 2023-01-01T", 1, 5), ("a = \"x", 1, 5),
    ("a = \"x\ny\"", 1, 7), ("a = 'x\n'", 1, 7), ("a = \"\"\"x", 1, 5), ("a = \"\\q\"", 1, 6),
    ("a = \"\\uD800\"", 1, 6), ("a = \"\u{1}\"", 1, 6), ("a = 1 # \u{0}", 1, 9),
    ("a = 1\rb = 2", 1, 6),
    ("é = 1", 1, 1), ("\"\"\"a\"\"\" = 1", 1, 3), ("a.\"b\".c. = 1", 1, 10),
    ("a = \"\"\"\"\"\"\"\"\"", 1, 13),
  ])
  func `what TOML forbids is refused at its place`(text: String, line: Int, column: Int) {
    let error = #expect(throws: TextError.self) { try TOML.parse(text) }
    #expect(error?.line == line && error?.column == column, "\(String(describing: error))")
  }

  @Test func `bytes that are not UTF-8 are refused at their line`() {
    let error = #expect(throws: TextError.self) {
      try TOML.parse(Array("a = 1\nb = \"".utf8) + [0xFF, 0x22])
    }
    #expect(error?.line == 2 && error?.column == 6)
  }

  @Test(arguments: [
    String(repeating: "[", count: 40_000), "a = " + String(repeating: "[", count: 40_000),
    "a = " + String(repeating: "{b=", count: 40_000),
    String(repeating: "a.", count: 40_000) + "b=1",
    "[" + String(repeating: "a.", count: 40_000) + "b]",
  ])
  func `a hostile depth is an error and not a crash`(text: String) {
    #expect(throws: TextError.self) { try TOML.parse(text) }
  }

  @Test func `the limits hold exactly`() throws {
    var limits = TOML.Limits()
    limits.depth = 3
    limits.bytes = 20
    #expect(try TOML.parse("a.b.c = 1", limits: limits).names == ["a"])
    #expect(throws: TextError.self) { try TOML.parse("a.b.c.d = 1", limits: limits) }
    #expect(throws: TextError.self) { try TOML.parse("a.b = [[[]]]", limits: limits) }
    #expect(throws: TextError.self) { try TOML.parse("[a.b]\nc.d = 1", limits: limits) }
    #expect(throws: TextError.self) {
      try TOML.parse(String(repeating: "#", count: 21), limits: limits)
    }
  }

  @Test func `a long array of tables costs no quadratic time`() throws {
    let table = try TOML.parse(String(repeating: "[[a]]\n", count: 100_000))
    #expect(table["a"]?.content.count == 100_000)
  }

  @Test(arguments: 0..<8) func `mutated documents are read or refused, within the text`(
    seed: UInt64
  ) {
    let original = Array(
      ("a.b = [1, {c = 'x'}]\n[t]\nd = 1979-05-27 07:32:00\n"
        + "e = \"\"\"\\\n y\\u00e9\"\"\"\n[[u.v]]\nf = 1e3\n").utf8)
    let alphabet = Array("abc.=[]{}\"'#\n\r\t ,_-+01239xTZ:\\ué".utf8)
    var random = SplitMix(seed: seed)
    var read = 0
    for _ in 0..<1_000 {
      let bytes = random.mutate(original, alphabet: alphabet)
      do {
        _ = try TOML.parse(bytes)
        read += 1
      } catch {
        let lines = bytes.count { $0 == 0x0A } + 1
        #expect((1...lines).contains(error.line) && error.column <= bytes.count + 1)
      }
    }
    #expect(read > 10 && read < 1_000)
  }

  private struct Missing: Error {}
}

extension TOML.Content {
  var table: TOML.Table? { if case .table(let table) = self { table } else { nil } }
  private var elements: [TOML.Value] { if case .array(let array) = self { array } else { [] } }
  var count: Int { elements.count }
  var integers: [Int64] {
    elements.compactMap { if case .integer(let value) = $0.content { value } else { nil } }
  }
  var floats: [Double] {
    elements.compactMap { if case .float(let value) = $0.content { value } else { nil } }
  }
}

extension TOML.Table {
  func at(_ path: String...) -> TOML.Value? {
    var table = self
    for name in path.dropLast() {
      guard let inner = table[name]?.content.table else { return nil }
      table = inner
    }
    return path.last.flatMap { table[$0] }
  }
}
