import Testing

/// The checks on this checkout. That each can fail is shown in the other files.
struct TreeTests {
  let repository = Repository.here

  @Test func `Swift files keep to the rules`() throws {
    let sources = try repository.swiftSources(below: "Sources")
    #expect(sources.count > 20, "the scan found next to nothing")
    expectNone(sources.flatMap(Rules.all))
    expectNone(Rules.namesakes(sources.map(\.path)))
  }

  @Test func `most files are under the goal`() throws {
    let lengths = try repository.swiftSources(below: "Sources")
      .filter { !Rules.isGenerated($0.path) }.map(\.lineCount)
    let long = lengths.count { $0 > Rules.fileLineGoal }
    #expect(long * 20 <= lengths.count, "\(long) of \(lengths.count) files exceed the goal")
  }

  @Test func `targets import what their row in the architecture says`() throws {
    let table = try architecture()
    #expect(table.rows.count > 10, "the table was not found")
    expectNone(table.disorder(path: "docs/architecture.md"))
    expectNone(
      try repository.swiftSources(below: "Sources").flatMap { table.foreignImports(in: $0) })
  }

  @Test func `the manifest is the table`() throws {
    let manifest = Manifest(text: try repository.text("Package.swift"))
    expectNone(try architecture().differences(from: manifest))
    #expect(manifest.targets.map(\.name).sorted() == repository.folders(in: "Sources"))
  }

  @Test func `every test, fuzz target and example is in the manifest`() throws {
    let manifest = Manifest(text: try repository.text("Package.swift"))
    let tests = repository.folders(in: "Tests").filter { $0.hasSuffix("Tests") }
      .map { String($0.dropLast("Tests".count)) }
    let fuzz = repository.folders(in: "Fuzz").filter { $0.hasPrefix("Fuzz") }
    // Examples/tasks holds no package but programs for WebAssembly.
    let examples = repository.folders(in: "Examples").filter {
      repository.exists("Examples/\($0)/Package.swift")
    }
    #expect(Set(manifest.others.map(\.name)) == Set(tests + fuzz + examples))
  }

  @Test func `text is laid out evenly`() throws {
    let files = repository.writtenFiles
    #expect(files.count > 40, "the scan found next to nothing")
    expectNone(try files.flatMap { Rules.layout(path: $0, text: try repository.text($0)) })
  }

  @Test func `links in the documentation lead somewhere`() throws {
    let paths =
      ["README.md", "CONTRIBUTING.md"] + repository.files(below: "docs", suffixes: [".md"])
    let pages = try paths.map { Markdown(path: $0, text: try repository.text($0)) }
    #expect(pages.flatMap(\.links).count > 10, "the scan found next to nothing")
    expectNone(
      pages.flatMap { page in
        page.brokenLinks(
          page: { name in pages.first { $0.path == name } }, exists: repository.exists)
      })
  }

  @Test func `the Makefile explains its targets`() throws {
    expectNone(Makefile.findings(try repository.text("Makefile")))
  }

  @Test func `the README is short`() throws {
    let lines = try repository.text("README.md").split(separator: "\n").count
    #expect(lines < 120)
  }

  private func architecture() throws -> TargetTable {
    TargetTable(markdown: try repository.text("docs/architecture.md"))
  }

  private func expectNone(
    _ findings: [Finding], location: SourceLocation = #_sourceLocation
  ) {
    guard !findings.isEmpty else { return }
    let shown = findings.prefix(40).map { "  " + $0.description }.joined(separator: "\n")
    Issue.record("\(findings.count) found:\n\(shown)", sourceLocation: location)
  }
}
