import Calls
import Primitives

/// What is shared, as people and programs read it.
struct SharingView: Presentable {
  private let report: BoxesV1.SharingReport
  private let rules: BoxesV1.SharingRules
  private let now: WallTime

  init(_ report: BoxesV1.SharingReport, now: WallTime) {
    self.report = report
    rules = report.decision?.rules ?? .init()
    self.now = now
  }

  var json: JSON {
    [
      "rules": [
        "cores": rules.cores.map { .integer(Int64($0)) } ?? .null,
        "memoryBytes": rules.memoryBytes.map { .integer($0) } ?? .null,
        "diskBytes": rules.diskBytes.map { .integer($0) } ?? .null,
        "gpus": rules.gpus.map { .integer(Int64($0)) } ?? .null,
        "runtimes": rules.runtimes.map(\.words.json) ?? .null,
        "creators": rules.creators.map(\.words.json) ?? .null,
        "network": rules.network.json,
        "hours": .string(hours),
        "idleSeconds": rules.idleNanoseconds.map { .number(Double($0) / 1e9) } ?? .null,
        "mainsOnly": .bool(rules.mainsOnly),
      ],
      "pause": pause,
      "isOpen": .bool(report.obstacle.isEmpty),
      "obstacle": report.obstacle.isEmpty ? .null : .string(report.obstacle),
      "until": time(report.untilNanoseconds).map { .string($0.description) } ?? .null,
      "attempts": .integer(Int64(report.attempts)),
      "memoryBytes": .integer(report.memoryBytes), "diskBytes": .integer(report.diskBytes),
      "idleSeconds": report.idleNanoseconds.map { .number(Double($0) / 1e9) } ?? .null,
      "hasMains": report.hasMains.map { .bool($0) } ?? .null,
      "ended": .integer(Int64(report.ended)),
    ]
  }

  private var pause: JSON {
    guard let pause = report.decision?.pause else { return .null }
    return [
      "since": .string(WallTime(nanoseconds: pause.sinceNanoseconds).description),
      "until": time(pause.untilNanoseconds).map { .string($0.description) } ?? .null,
      "letsFinish": .bool(pause.letsFinish),
    ]
  }

  private var hours: String { rules.hours.isEmpty ? "always" : rules.hours }

  private func time(_ nanoseconds: Int64?) -> WallTime? {
    nanoseconds.map { WallTime(nanoseconds: $0) }
  }

  func text(for terminal: Terminal) -> String {
    var text = terminal.styled(headline, report.obstacle.isEmpty ? .green : .yellow) + "\n"
    text += Rows.text([
      ("cores", rules.cores.map { "\($0)" } ?? "all"),
      ("memory", bound(rules.memoryBytes, report.memoryBytes)),
      ("disk", bound(rules.diskBytes, report.diskBytes)),
      ("gpus", rules.gpus.map { "\($0)" } ?? "all"),
      (
        "runtimes",
        rules.runtimes.map { $0.words.isEmpty ? "none" : list($0.words) } ?? "as the settings allow"
      ),
      ("creators", rules.creators.map { list($0.words) } ?? "everybody"),
      ("network", list(rules.network)),
      ("hours", hours),
      ("idle", rules.idleNanoseconds.map { "for \(Duration.nanoseconds($0).text)" } ?? "or not"),
      ("power", rules.mainsOnly ? "mains only" : "any"),
    ])
    if report.ended > 0 {
      text += "Ended \(report.ended == 1 ? "one attempt" : "\(report.ended) attempts").\n"
    }
    return text
  }

  private var headline: String {
    let count = "\(report.attempts) " + (report.attempts == 1 ? "attempt" : "attempts")
    if report.obstacle.isEmpty { return "Sharing; \(count) of others." }
    let until = time(report.untilNanoseconds).map { ", until \($0) at least" } ?? ""
    return "Not sharing: \(TextWidth.printable(report.obstacle))\(until); \(count) of others."
  }

  private func bound(_ most: Int64?, _ used: Int64) -> String {
    let all = most.map { ByteSize($0).rounded } ?? "all"
    return used > 0 ? "\(all), \(ByteSize(used).rounded) promised" : all
  }

  private func list(_ words: [String]) -> String {
    words.isEmpty ? "nobody" : words.map(TextWidth.printable).joined(separator: ", ")
  }
}
