import Apus
import Calls
import Primitives

/// `apus config show`
struct ConfigShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the settings a node would start with.",
    examples: [
      .init("apus config show", "all of them"),
      .init("apus config show --origin http", "those of a section, and where each comes from"),
      .init("apus config show --running", "those the running node has"),
    ])

  @Argument(help: "Only settings whose key begins so.") var prefix = ""
  @Flag(help: "Say where each value comes from.") var origin = false
  @Flag(help: "Ask the running node instead.") var running = false
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let rows = running ? try await runningRows() : try await localRows()
    let wanted = rows.filter { $0.key.hasPrefix(prefix) }
    guard !wanted.isEmpty else {
      throw CommandError(
        "there is no setting \(prefix)"
          + Spelling.hint(for: prefix, among: SettingTable.all.map(\.path)), code: .notFound)
    }
    Output(output, environment: Surroundings.environment).show(
      SettingsReport(rows: wanted, showsOrigin: origin))
  }

  private func localRows() async throws -> [SettingsReport.Row] {
    try await node.settings().rows.map {
      .init(key: $0.path, value: $0.value, json: $0.json, origin: $0.origin.description)
    }
  }

  private func runningRows() async throws -> [SettingsReport.Row] {
    try await NodeAccess.call(node) {
      try await $0.settings(.init(), options: .within(.seconds(10)))
    }.settings.map {
      .init(key: $0.key, value: $0.value, json: .string($0.value), origin: $0.place)
    }
  }
}

struct SettingsReport: Presentable {
  struct Row {
    var key: String
    /// As the file would have it.
    var value: String
    var json: JSON
    var origin: String
  }

  let rows: [Row]
  let showsOrigin: Bool

  var json: JSON {
    .object(
      JSONObject(
        uniqueNames: rows.map { row in
          (row.key, showsOrigin ? ["value": row.json, "origin": .string(row.origin)] : row.json)
        }))
  }

  func text(for terminal: Terminal) -> String {
    var table = showsOrigin ? Table("setting", "value", "origin") : Table("setting", "value")
    for row in rows {
      table.append(showsOrigin ? [row.key, row.value, row.origin] : [row.key, row.value])
    }
    return table.text(for: terminal)
  }
}
