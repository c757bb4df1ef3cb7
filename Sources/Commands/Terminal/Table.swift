/// Rows under headings, aligned. On a terminal lines fit its width: the column that gives most
/// is cut first. Elsewhere nothing is cut.
package struct Table: Sendable {
  package enum Alignment: Sendable {
    case left, right
  }

  package struct Column: Sendable {
    package var title: String
    package var alignment: Alignment
    /// Narrower than this it is never cut; what must be copied whole (an id) says `.max`.
    package var least: Int

    package init(_ title: String, _ alignment: Alignment = .left, least: Int = 8) {
      self.title = title
      self.alignment = alignment
      self.least = least
    }
  }

  private static let gap = 2

  private let columns: [Column]
  private var rows: [[String]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  package init(_ titles: String...) { self.init(titles.map { Column($0) }) }

  /// One cell for each column.
  package mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for each of the columns")
    rows.append(cells.map(TextWidth.printable))
  }

  package mutating func append(_ cells: String...) { append(cells) }

  package var isEmpty: Bool { rows.isEmpty }

  package func text(for terminal: Terminal) -> String {
    let widths = widths(limit: terminal.isTerminal ? terminal.width : nil)
    let head = line(columns.map(\.title), widths)
    let body = rows.map { line($0, widths) + "\n" }.joined()
    return terminal.styled(head, .bold) + "\n" + body
  }

  private func widths(limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      ([columns[index].title] + rows.map { $0[index] }).map { TextWidth.columns(of: $0) }.max() ?? 0
    }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - limit
    while excess > 0 {
      let narrowable = widths.indices.filter { widths[$0] > columns[$0].least }
      guard let widest = narrowable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  /// Without blanks at its end.
  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let text = TextWidth.truncated(cell, to: widths[index])
      let padding = String(
        repeating: " ", count: max(0, widths[index] - TextWidth.columns(of: text)))
      if index > 0 { line += String(repeating: " ", count: Self.gap) }
      line += columns[index].alignment == .left ? text + padding : padding + text
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
