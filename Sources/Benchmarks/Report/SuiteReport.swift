import Primitives

/// One thing that was measured, and whether it is as it should be.
struct Figure: Sendable {
  let name: String
  let unit: String
  let samples: Samples
  var verdict: Verdict?

  init(_ name: String, _ samples: Samples, _ unit: String = "") {
    self.name = name
    self.unit = unit
    self.samples = samples
  }

  init(_ name: String, _ values: [Double], _ unit: String = "") {
    self.init(name, Samples(values), unit)
  }

  var json: JSON {
    var members: JSONObject = [
      "name": .string(name), "unit": .string(unit), "median": .number(samples.median),
      "lowest": .number(samples.lowest), "highest": .number(samples.highest),
      "samples": .array(samples.values.map { .number($0) }),
    ]
    if let verdict {
      _ = members.insert(.string(verdict.threshold.text), for: "threshold")
      _ = members.insert(.bool(verdict.isMet), for: "met")
    }
    return .object(members)
  }
}

/// A peer that a suite did without.
struct LeftOut: Sendable {
  var name: String
  var why: String
}

/// What a suite found.
struct SuiteReport: Sendable {
  let suite: String
  /// How it was measured, a line each.
  var settings: [String]
  var figures: [Figure]
  /// Peers that are not here: nothing is compared with them.
  var leftOut: [LeftOut] = []

  var json: JSON {
    [
      "suite": .string(suite), "settings": .array(settings.map { .string($0) }),
      "figures": .array(figures.map(\.json)),
      "leftOut": .array(leftOut.map { ["name": .string($0.name), "why": .string($0.why)] }),
    ]
  }

  /// A table for people.
  var text: String {
    let width = (figures.map(\.name.count).max() ?? 0) + 2
    var lines = ["", suite]
    lines += settings.map { "  \($0)" }
    lines += leftOut.map { "  left out \($0.name): \($0.why)" }
    lines.append("  " + padded("", width) + Self.row(["median", "lowest", "highest"]))
    for figure in figures {
      let samples = figure.samples
      let numbers = Self.row([samples.median, samples.lowest, samples.highest].map(Self.short))
      var line = "  " + padded(figure.name, width) + numbers + "  " + padded(figure.unit, 12)
      if let verdict = figure.verdict { line += verdict.text }
      while line.last == " " { line.removeLast() }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }

  private static func row(_ cells: [String]) -> String {
    cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
  }

  /// Four digits that count.
  static func short(_ number: Double) -> String {
    let places = abs(number) >= 1000 ? 0 : abs(number) >= 100 ? 1 : abs(number) >= 10 ? 2 : 3
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((number * scale).rounded())
    if places == 0 { return String(scaled) }
    let digits = String(abs(scaled))
    let filled = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return (scaled < 0 ? "-" : "") + filled.dropLast(places) + "." + filled.suffix(places)
  }
}
