import Testing

/// Every rule is shown a sample that breaks it and one that does not.
struct RulesTests {
  @Test(arguments: [
    ("Task.detached { work() }", "Task.detached"),
    ("let child = Task { work() }", "a Task outside"),
    ("Task(priority: .low) { work() }", "a Task outside"),
    ("DispatchQueue.main.async { }", "DispatchQueue"),
    ("let value = try! read()", "try!"),
    ("let view = value as! View", "as!"),
    ("let value = values.first!", "a forced unwrap"),
    ("let value = read()!.count", "a forced unwrap"),
    ("let value = table[3]!", "a forced unwrap"),
    ("var table: Table!", "a forced unwrap"),
    ("\"\\(name!)\"", "a forced unwrap"),
    ("fatalError()", "fatalError"),
    ("print(value)", "print outside"),
    ("await withCheckedContinuation { $0.resume() }", "a continuation outside IO"),
    ("await withUnsafeThrowingContinuation { keep($0) }", "a continuation outside IO"),
  ])
  func `a banned call is found`(code: String, what: String) throws {
    let findings = Rules.bannedCalls(SwiftSource(path: "Sources/Calls/File.swift", text: code))
    #expect(findings.count == 1)
    #expect(try #require(findings.first).what.hasPrefix(what))
  }

  @Test(arguments: [
    "// Task.detached { print(value!) }",
    "/* try! /* as! */ fatalError() */",
    "let text = \"Task { values.first! } print(1)\"",
    "let text = #\"a \"quoted\" print(1) \\(value!)\"#",
    "let text = \"\"\"\n  print(1) \"try!\" x!\n  \"\"\"",
    "@Test func `print(1) does not trap!`() {}",
    "if a != b || !isOpen { throw Failure(!a) }",
    "log.print(value)",
    "fatalError(\"the store closed twice\")",
    "await withTaskGroup(of: Task.self) { _ in }",
    "let link: UInt8 = 1; return .Task",
  ])
  func `what only looks like a banned call is not`(code: String) {
    let source = SwiftSource(path: "Sources/Calls/File.swift", text: code)
    #expect(Rules.bannedCalls(source) == [])
  }

  @Test(arguments: [
    ("Sources/IO/Component/Runner.swift", "Task { }"),
    ("Sources/IO/Loop/Gate.swift", "await withUnsafeContinuation { keep($0) }"),
    ("Sources/Commands/Status.swift", "print(1)"),
  ])
  func `each has its place`(path: String, code: String) {
    #expect(Rules.bannedCalls(SwiftSource(path: path, text: code)) == [])
    let elsewhere = SwiftSource(path: "Sources/HTTP/File.swift", text: code)
    #expect(Rules.bannedCalls(elsewhere).count == 1)
  }

  @Test(arguments: [
    ("try? close()", false),
    ("try? close()  // the file is gone anyway", true),
    ("// The file is gone anyway.\ntry? close()", true),
    ("let a = 1  // a comment of another line\ntry? close()", false),
    ("final class A: @unchecked Sendable {}", false),
    ("final class A: @unchecked Sendable {}  // fast", false),
    ("// Guarded by `lock`.\nfinal class A: @unchecked Sendable {}", true),
    ("/// A thing. Immutable\n/// once made.\nfinal class A: @unchecked Sendable {}", true),
    ("nonisolated(unsafe) var a = 1", false),
    ("nonisolated(unsafe) var a = 1  // guard: the loop's thread", true),
  ])
  func `a mark needs its reason`(code: String, isFine: Bool) {
    let source = SwiftSource(path: "Sources/HTTP/File.swift", text: code)
    #expect(Rules.unexplained(source).isEmpty == isFine)
  }

  @Test func `a long file is found, unless it is generated`() {
    let text = String(repeating: "let a = 1\n", count: Rules.fileLineWall + 1)
    let written = SwiftSource(path: "Sources/HTTP/File.swift", text: text)
    #expect(written.lineCount == Rules.fileLineWall + 1)
    #expect(Rules.length(written).count == 1)
    let generated = SwiftSource(path: "Sources/Calls/Generated/File.swift", text: text)
    #expect(Rules.length(generated) == [])
  }

  @Test(arguments: [
    "func work<A>(_ a: A) -> [A] where A: B {", "init(a: Int = { 3 }()) {", "var a: Int {",
    "func work(\n  a: Int,\n  b: Int\n) async throws\n  -> Int\n{", "deinit {",
    "static subscript(index: Int) -> Int {",
  ])
  func `a long function is found`(head: String) {
    let wall = Rules.functionLineWall
    let headLines = head.split(separator: "\n").count
    func length(lines: Int) -> [Finding] {
      let body = String(
        repeating: "if a { b(\"}\") } // }\n", count: lines - headLines - 1)
      return Rules.length(
        SwiftSource(path: "Sources/HTTP/File.swift", text: head + "\n" + body + "}\n"))
    }
    #expect(length(lines: wall) == [])
    #expect(length(lines: wall + 1).count == 1)
  }

  @Test func `a declaration without a body has no length`() {
    let text = """
      protocol A {
        func first() -> [Int]
        var second: Array<Int> { get }
        init(a: Int)
      }
      struct B {
        var third: Array<Int>
        var fourth = 3, fifth: Int
        func work() { self.init(a: 1) }
      }
      """
    let functions = SwiftSource(path: "Sources/HTTP/File.swift", text: text).functions
    #expect(functions.map(\.name) == ["second", "work"])
    #expect(functions.map(\.lineCount) == [1, 1])
  }

  @Test func `two files of one name in a target are found`() {
    let paths = ["Sources/IO/A.swift", "Sources/IO/Loop/B.swift", "Sources/HTTP/A.swift"]
    #expect(Rules.namesakes(paths) == [])
    #expect(Rules.namesakes(paths + ["Sources/IO/Loop/A.swift"]).count == 1)
  }

  @Test(arguments: [
    ("Sources/A.swift", "let a = 1 \n", "spaces at the end"),
    ("Sources/A.swift", "let a = 1\r\n", "spaces at the end"),
    ("Scripts/a", "\techo\n", "a tab"),
    ("Sources/A.swift", String(repeating: "ab ", count: 33) + "ab\n", "101 columns"),
    ("docs/a.md", "no end", "no newline"),
  ])
  func `uneven layout is found`(path: String, text: String, what: String) throws {
    let findings = Rules.layout(path: path, text: text)
    #expect(findings.count == 1)
    #expect(try #require(findings.first).what.hasPrefix(what))
  }

  @Test(arguments: [
    ("docs/a.md", String(repeating: "a", count: 101) + "\n"), ("Makefile", "a:\n\techo\n"),
    ("Sources/A.swift", String(repeating: "ä ", count: 49) + "ää\n"),
    ("Tests/A.swift", "  " + String(repeating: "0f", count: 64) + "\n"),
  ])
  func `even layout is not`(path: String, text: String) {
    #expect(Rules.layout(path: path, text: text) == [])
  }
}
