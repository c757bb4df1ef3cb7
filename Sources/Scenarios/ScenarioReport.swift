import Glibc
import Simulation

/// What is printed about one scenario.
struct ScenarioReport {
  let scenario: any Scenario
  let options: RunnerOptions
  let outcomes: [ScenarioRunner.Outcome]
  let seconds: Double

  var text: String {
    let events = outcomes.reduce(0) { $0 + $1.events }
    let processor = outcomes.reduce(0) { $0 + $1.seconds }
    let isTimed = scenario.isTimed && processor > 0
    let rate = isTimed ? " (\(grouped(Int(Double(events) / processor)))/s of a core)" : ""
    let seeds = outcomes.count == 1 ? "1 seed" : "\(outcomes.count) seeds"
    var lines = [
      "  \(seeds) in \(decimal(seconds, 1)) s, \(grouped(events)) events\(rate)\(leftOut)"
    ]
    if options.seed != nil, let outcome = outcomes.first {
      lines.append("  digest \(String(outcome.digest, radix: 16))")
    }
    let rows = figureRows
    if !rows.isEmpty {
      let table = TextDrawing.table(["figure", "median", "p99", "max", "unit", "promised"], rows)
      lines += table.split(separator: "\n").map { "    \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  func failure(_ outcome: ScenarioRunner.Outcome) -> String {
    let reason = (outcome.failure ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\n    ")
    return """
        FAILED \(scenario.name), seed \(outcome.seed): \(reason)
          again: make simulate SEED=\(outcome.seed) SCENARIO=\(scenario.name)
      """
  }

  private var leftOut: String {
    var parts: [String] = []
    if !options.isLong, options.seed == nil, scenario.seeds.long > scenario.seeds.short {
      parts.append("\(grouped(scenario.seeds.long - scenario.seeds.short)) seeds")
    }
    if !options.isLong, !scenario.leftOut.isEmpty { parts.append(scenario.leftOut) }
    return parts.isEmpty ? "" : "; left out: " + parts.joined(separator: ", ")
  }

  /// By name, in the order of the first seed that has it.
  private var figureRows: [[String]] {
    var names: [String] = [], values: [String: [Double]] = [:], first: [String: Figure] = [:]
    for figure in outcomes.flatMap(\.figures) {
      if first[figure.name] == nil {
        first[figure.name] = figure
        names.append(figure.name)
      }
      values[figure.name, default: []].append(figure.value)
    }
    return names.map { name in
      let sorted = (values[name] ?? []).sorted()
      let shown = [0.5, 0.99, 1].map { share in
        let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return number(sorted[min(sorted.count - 1, max(0, rank))])
      }
      return [name] + shown + [first[name]?.unit ?? "", first[name]?.bound ?? ""]
    }
  }

  private func number(_ value: Double) -> String {
    if value.magnitude >= 1000 { return grouped(Int(value.rounded())) }
    return value == value.rounded() ? String(Int(value)) : decimal(value, 3)
  }

  private func decimal(_ value: Double, _ places: Int) -> String {
    let scale = pow(10, Double(places))
    let text = String((value * scale).rounded() / scale)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Thousands apart, as in 1,234,567.
  private func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}
