extension TextDrawing {
  /// What each of `rows` says about each of `columns`, under their names; a dot for itself.
  package static func matrix(
    rows: [String], columns: [String], cell: (String, String) -> String
  ) -> String {
    table(
      [""] + columns, rows.map { row in [row] + columns.map { $0 == row ? "." : cell(row, $0) } })
  }

  /// Nil when both tables say the same, whatever the width of their columns. Otherwise both, the
  /// rows that differ marked.
  package static func difference(expected: String, found: String) -> String? {
    let wanted = words(expected), got = words(found)
    if wanted == got { return nil }
    var lines = ["expected:"]
    lines += wanted.enumerated().map { index, row in
      (index < got.count && got[index] == row ? "  " : "! ") + row.joined(separator: " ")
    }
    return lines.joined(separator: "\n") + "\nfound:\n" + found
  }

  /// The words of each line, without rules and empty lines.
  private static func words(_ table: String) -> [[String]] {
    table.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      return words.allSatisfy { $0.allSatisfy { $0 == "-" } } ? nil : words
    }
  }
}
