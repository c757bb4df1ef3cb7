extension Duration {
  /// What a message says when a text is no duration.
  package static let expectation = "a duration such as 250ms, 30s, 5m or 1h30m"

  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
  ]

  /// Numbers with units from large to small, as in `1h30m`, `1.5s` or `0`. Nil when the text is
  /// none, repeats a unit, is finer than a nanosecond or longer than 292 years.
  package init?(text: String) {
    if text == "0" {
      self = .zero
      return
    }
    var rest = text[...]
    var remaining = Self.units[...]
    var total: Int64 = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(name.count)
      guard let index = remaining.firstIndex(where: { $0.name == name }),
        let part = DecimalText(String(digits))?.scaled(by: remaining[index].nanoseconds)
      else { return nil }
      remaining = remaining[(index + 1)...]
      let (sum, overflow) = total.addingReportingOverflow(part)
      if overflow { return nil }
      total = sum
    }
    self = .nanoseconds(total)
  }

  /// Exact down to the nanosecond: `1h30m`, `1s500ms`, `0s`.
  package var text: String {
    var rest = nanoseconds.magnitude
    if rest == 0 { return "0s" }
    var text = nanoseconds < 0 ? "-" : ""
    for unit in Self.units {
      let count = rest / unit.nanoseconds.magnitude
      if count > 0 { text += "\(count)\(unit.name)" }
      rest %= unit.nanoseconds.magnitude
    }
    return text
  }
}
