import Calls
import Primitives

/// A fault plan in force as people and programs read it.
struct FaultReport: Presentable {
  private let plan: FaultsV1.Plan?

  init(_ plan: FaultsV1.Plan?) { self.plan = plan }

  var json: JSON {
    guard let plan else { return ["inForce": false] }
    return [
      "inForce": true, "seed": .integer(plan.seed),
      "applied": .string(WallTime(nanoseconds: plan.appliedNanoseconds).description),
      "faults": .array(plan.faults.map(Self.json)), "notes": plan.notes.json,
    ]
  }

  private static func json(_ fault: FaultsV1.Fault) -> JSON {
    [
      "effect": .string(fault.effect), "scope": .string(fault.scope),
      "after": milliseconds(fault.afterMilliseconds).json,
      "lasts": fault.lastsMilliseconds.map { milliseconds($0).json } ?? .null,
      "share": .number(fault.share),
      "times": fault.times.map { .integer(Int64(clamping: $0)) } ?? .null,
      "struck": .integer(Int64(clamping: fault.struck)),
    ]
  }

  func text(for terminal: Terminal) -> String {
    guard let plan else { return "No fault plan is in force.\n" }
    let age = Duration.seconds(Int64(clamping: plan.ageMilliseconds / 1000))
    var table = Table([
      .init("effect"), .init("whom"), .init("share", .right), .init("from", .right),
      .init("lasts", .right), .init("struck", .right),
    ])
    for fault in plan.faults {
      let limit = fault.times.map { " of \($0)" } ?? ""
      table.append(
        fault.effect, fault.scope, "\(Int((fault.share * 100).rounded())) %",
        Self.milliseconds(fault.afterMilliseconds).text,
        fault.lastsMilliseconds.map { Self.milliseconds($0).text } ?? "for ever",
        "\(fault.struck)\(limit)")
    }
    return terminal.styled("Fault plan, seed \(plan.seed), in force for \(age.text)", .bold) + "\n"
      + table.text(for: terminal)
      + plan.notes.map { "\(TextWidth.printable($0))\n" }.joined()
  }

  private static func milliseconds(_ count: UInt64) -> Duration {
    .milliseconds(Int64(clamping: count))
  }
}
