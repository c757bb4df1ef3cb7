/// Targets of a Makefile and what is missing about them.
enum Makefile {
  static func findings(_ text: String) -> [Finding] {
    var findings: [Finding] = [], targets: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":"),
        !line[..<colon].contains(" "),
        line.index(after: colon) == line.endIndex
          || line[line.index(after: colon)] != "="
      else { continue }
      targets.append(String(line[..<colon]))
      if !line.contains("## ") {
        findings.append(
          Finding(path: "Makefile", line: index + 1, what: "\(line[..<colon]) has no help line"))
      }
    }
    let joined = text.split(separator: "\\\n").joined(separator: " ")
    let phony = joined.split(separator: "\n").first { $0.hasPrefix(".PHONY:") } ?? ""
    let declared = Set(phony.split(separator: " ").map(String.init))
    for target in targets where !declared.contains(target) {
      findings.append(Finding(path: "Makefile", line: 0, what: "\(target) is not in .PHONY"))
    }
    if targets.isEmpty {
      findings.append(Finding(path: "Makefile", line: 0, what: "no target was found"))
    }
    return findings
  }
}
