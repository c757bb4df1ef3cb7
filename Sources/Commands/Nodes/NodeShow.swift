import Calls
import Primitives

/// `apus node show`
struct NodeShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show all that is known of a node, and what was measured from here.",
    examples: [
      .init("apus node show attic", "by its name"),
      .init("apus node show 4f1c2q --json", "by enough of its id, for programs"),
    ])

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var name: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NodesV1.ShowRequest { $0.node = name }
    let reply = try await NodeAccess.nodes(node) {
      try await $0.show(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      try OneNodeReport(reply.row ?? .init()))
  }
}

struct OneNodeReport: Presentable {
  private let row: NodesV1.Row
  let json: JSON

  init(_ row: NodesV1.Row) throws(CommandError) {
    self.row = row
    json = try NodesReport.json(of: row)
  }

  func text(for terminal: Terminal) -> String {
    var rows = [
      ("id", row.id), ("state", state), ("zone", row.zone.isEmpty ? "none" : row.zone),
      ("roles", list(row.roles)), ("version", text("version")),
      ("addresses", list(row.addresses)), ("relays", list(texts("relays"))),
      ("NAT", text("nat")),
    ]
    if !row.isSelf { rows += measured }
    rows += machine
    let labels = json["labels"]?.object?.map { "\($0.name)=\($0.value.string ?? "")" } ?? []
    rows.append(("labels", list(labels)))
    return terminal.styled("Node \(TextWidth.printable(row.name))", .bold)
      + (row.isSelf ? " (this one)" : "") + "\n"
      + Rows.text(rows.map { ($0.0, TextWidth.printable($0.1)) })
  }

  private var state: String {
    let since = text("since")
    return since.isEmpty ? row.state : "\(row.state) since \(since)"
  }

  private var measured: [(String, String)] {
    var latency = NodesReport.latency(of: row)
    if let percentiles = json["latencyPercentilesMs"]?.object {
      let values = percentiles.map { "\($0.name) \(Figure.text($0.value.number ?? 0))" }
      latency += " (" + values.joined(separator: ", ") + ")"
    }
    let loss = Figure.text((json["loss"]?.number ?? 0) * 100) + " %"
    let up = NodesReport.rate(row.uploadMbps)
    let down = NodesReport.rate(row.downloadMbps)
    let at = text("bandwidthMeasuredAt")
    return [
      ("path", row.path.isEmpty ? "no connection" : row.path), ("latency", latency),
      ("lost", loss),
      ("bandwidth", at.isEmpty ? "unknown; see apus speed" : "\(up) up, \(down) down, at \(at)"),
    ]
  }

  private var machine: [(String, String)] {
    let specs = json["specs"]
    let graphics = specs?["graphics"]?.array ?? []
    let cards = graphics.map { card in
      "\(card["name"]?.string ?? "?") (\(size(card["memoryBytes"])))"
    }
    var rows = [
      (
        "processor",
        "\(specs?["cores"]?.integer ?? 0) cores, \(specs?["processor"]?.string ?? "")"
      ),
      ("memory", size(specs?["memoryBytes"])), ("disk", size(specs?["diskBytes"])),
      ("graphics", list(cards)),
      (
        "system",
        "\(specs?["system"]?.string ?? "") \(specs?["architecture"]?.string ?? "")"
      ),
    ]
    if let load = json["load"], let share = load["processor"]?.number {
      let age = Duration.seconds(load["age"]?.number ?? 0)
      rows.append(
        (
          "load",
          "\(Int((share * 100).rounded())) %, \(size(load["freeMemoryBytes"])) of memory free, "
            + "\(ProgressLine.clock(age)) ago"
        ))
    }
    return rows
  }

  private func text(_ name: String) -> String { json[name]?.string ?? "" }
  private func texts(_ name: String) -> [String] {
    json[name]?.array?.compactMap(\.string) ?? []
  }
  private func list(_ values: [String]) -> String {
    values.isEmpty ? "none" : values.joined(separator: ", ")
  }
  private func size(_ value: JSON?) -> String { ByteSize(value?.integer ?? 0).rounded }
}
