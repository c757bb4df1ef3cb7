/// The table of targets in docs/architecture.md: one row each, bottom first.
struct TargetTable: Equatable {
  struct Row: Equatable {
    var name: String
    var imports: [String]
  }

  var rows: [Row] = []

  /// Reads the first table whose head is target, what it is, imports.
  init(markdown: String) {
    var isInside = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst()
        .dropLast().map(Self.trimmed)
      guard cells.count == 3 else {
        if isInside { break }
        continue
      }
      if cells[0] == "target", cells[2] == "imports" {
        isInside = true
      } else if isInside, !cells[0].hasPrefix("-") {
        rows.append(Row(name: Self.bare(cells[0]), imports: Self.names(cells[2])))
      }
    }
  }

  func row(_ name: String) -> Row? { rows.first { $0.name == name } }

  private static func names(_ cell: String) -> [String] {
    cell == "-" ? [] : cell.split(separator: ",").map { bare(trimmed($0)) }
  }

  private static func bare(_ text: String) -> String { text.filter { $0 != "`" } }

  private static func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension TargetTable {
  /// What comes with the toolchain and may be imported anywhere.
  static let systemModules: Set = ["Glibc", "Synchronization"]

  /// An arrow that does not go downwards, a row twice.
  func disorder(path: String) -> [Finding] {
    var seen: Set<String> = [], findings: [Finding] = []
    for row in rows {
      for name in row.imports where !seen.contains(name) {
        findings.append(
          Finding(path: path, line: 0, what: "\(row.name) imports \(name), which is not below it"))
      }
      if !seen.insert(row.name).inserted {
        findings.append(Finding(path: path, line: 0, what: "\(row.name) has two rows"))
      }
    }
    return findings
  }

  /// Where the manifest says something else than the table.
  func differences(from manifest: Manifest) -> [Finding] {
    let path = "Package.swift"
    var findings = manifest.targets.compactMap { target -> Finding? in
      guard let row = row(target.name) else {
        return Finding(
          path: path, line: target.line, what: "\(target.name) has no row in docs/architecture.md")
      }
      guard Set(row.imports) != Set(target.imports) else { return nil }
      return Finding(
        path: path, line: target.line,
        what: "\(target.name) imports \(target.imports.sorted()), "
          + "docs/architecture.md says \(row.imports.sorted())")
    }
    let declared = manifest.targets.map(\.name)
    for row in rows where !declared.contains(row.name) {
      findings.append(Finding(path: path, line: 0, what: "\(row.name) is only in the table"))
    }
    if findings.isEmpty, declared != rows.map(\.name) {
      findings.append(
        Finding(path: path, line: 0, what: "the targets stand in another order than the table's"))
    }
    return findings
  }

  /// Imports of one file that its target's row does not name.
  func foreignImports(in source: SwiftSource) -> [Finding] {
    let folders = source.path.split(separator: "/")
    guard folders.count > 2, folders[0] == "Sources" else { return [] }
    let target = String(folders[1])
    guard let row = row(target) else {
      return [
        Finding(path: source.path, line: 1, what: "\(target) has no row in docs/architecture.md")
      ]
    }
    return source.imports.compactMap { module, line in
      if module.hasPrefix("Foundation") {
        return Finding(path: source.path, line: line, what: "\(module) is not for Sources")
      }
      guard !Self.systemModules.contains(module), !row.imports.contains(module) else { return nil }
      return Finding(
        path: source.path, line: line, what: "\(target) must not import \(module), says its row")
    }
  }
}

extension SwiftSource {
  /// The modules this file imports, and where.
  var imports: [(module: String, line: Int)] {
    tokens.indices.dropLast().compactMap { index in
      let token = tokens[index]
      guard token.text == "import", index == 0 || tokens[index - 1].text != "." else { return nil }
      let kinds: Set = ["class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]
      let next = tokens[index + 1].text
      let module = kinds.contains(next) && index + 2 < tokens.count ? tokens[index + 2].text : next
      return (module, token.line)
    }
  }
}
