/// Names and values, one pair a line: what `status` and its like show.
enum Rows {
  static func text(_ rows: [(name: String, value: String)]) -> String {
    let width = max(12, rows.map { TextWidth.columns(of: $0.name) }.max() ?? 0) + 2
    return rows.map { name, value in
      "  " + name + String(repeating: " ", count: width - TextWidth.columns(of: name)) + value
        + "\n"
    }.joined()
  }
}
