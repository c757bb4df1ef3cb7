/// Pictures in plain text, for reports of what went wrong.
package enum TextDrawing {
  /// Nodes in boxes, one for each side of a partition.
  package struct Group: Sendable {
    package var title: String
    package var nodes: [String]

    package init(_ title: String, _ nodes: [String]) {
      self.title = title
      self.nodes = nodes
    }
  }

  package struct Link: Sendable {
    package var from: String
    package var to: String
    package var note: String
    package var isCut: Bool

    package init(_ from: String, _ to: String, note: String = "", isCut: Bool = false) {
      self.from = from
      self.to = to
      self.note = note
      self.isCut = isCut
    }
  }

  /// Boxes from top to bottom, then the links, a cut one crossed out. More than `limit` nodes or
  /// links are counted and not drawn.
  package static func topology(
    _ groups: [Group], links: [Link] = [], columns: Int = 76, limit: Int = 64
  ) -> String {
    var lines = groups.flatMap { box($0, columns: columns, limit: limit) }
    let width = links.prefix(limit).map(\.from.count).max() ?? 0
    for link in links.prefix(limit) {
      let note = link.note.isEmpty ? "" : "  \(link.note)"
      lines.append(
        "  \(padded(link.from, width)) \(link.isCut ? "--x--" : "-----") \(link.to)\(note)")
    }
    if links.count > limit { lines.append("  and \(links.count - limit) links more") }
    return lines.joined(separator: "\n")
  }

  /// Columns as wide as their widest cell; numbers to the right.
  package static func table(_ header: [String], _ rows: [[String]]) -> String {
    let widths = header.indices.map { column in
      ([header] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let isNumber = header.indices.map { column in
      !rows.isEmpty && rows.allSatisfy { column < $0.count && startsWithDigit($0[column]) }
    }
    func line(_ cells: [String]) -> String {
      trimmed(
        cells.indices.prefix(widths.count).map {
          isNumber[$0] ? padded(cells[$0], -widths[$0]) : padded(cells[$0], widths[$0])
        }.joined(separator: "  "))
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }

  /// What should be beside what is; rows that differ are marked, equal ones left out beyond
  /// `limit`.
  package static func comparison(
    _ name: String, expected: [(String, String)], actual: [String: String], limit: Int = 40
  ) -> String {
    let rows = expected.map { key, value in
      let found = actual[key] ?? "-"
      return [found == value ? " " : "!", key, value, found]
    }
    let wrong = rows.filter { $0[0] == "!" }
    let shown = rows.count <= limit ? rows : Array(wrong.prefix(limit))
    let rest = rows.count - shown.count
    return table([" ", name, "expected", "found"], shown)
      + (rest > 0 ? "\n(\(rest) rows more, \(wrong.count) wrong in all)" : "")
  }

  // MARK: - Helpers

  private static func box(_ group: Group, columns: Int, limit: Int) -> [String] {
    var rows = [""]
    for node in group.nodes.prefix(limit) {
      let row = rows[rows.count - 1]
      if row.isEmpty {
        rows[rows.count - 1] = node
      } else if row.count + 2 + node.count <= columns - 4 {
        rows[rows.count - 1] += "  " + node
      } else {
        rows.append(node)
      }
    }
    if group.nodes.count > limit { rows.append("and \(group.nodes.count - limit) more") }
    let width = max(group.title.count + 3, rows.map(\.count).max() ?? 0)
    let top = "+- \(group.title) " + String(repeating: "-", count: width - group.title.count - 1)
    let bottom = "+" + String(repeating: "-", count: width + 2) + "+"
    return [top + "+"] + rows.map { "| \(padded($0, width)) |" } + [bottom]
  }

  private static func startsWithDigit(_ text: String) -> Bool {
    text == "-" || text.first?.isNumber == true
      || (text.first == "-" && text.dropFirst().first?.isNumber == true)
  }

  /// To the left, or with a negative width to the right.
  private static func padded(_ text: String, _ width: Int) -> String {
    let spaces = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? spaces + text : text + spaces
  }

  private static func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }
}
