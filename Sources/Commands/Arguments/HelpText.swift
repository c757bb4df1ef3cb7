/// The help of a command, and its usage line.
struct HelpText {
  private static let column = 26

  private let node: CommandNode
  private let width: Int
  private let definitions: [ArgumentDefinition]

  init(_ node: CommandNode, width: Int) {
    self.node = node
    self.width = max(40, width)
    definitions = node.definitions.filter { !$0.help.isHidden }
  }

  /// `apus up [--detach] [--listen <host:port> ...]`; options are gathered when they are many.
  var usage: String {
    if !node.configuration.subcommands.isEmpty { return node.spelled + " <command>" }
    let options = definitions.filter { !$0.isPositional }.map(usage)
    let words = definitions.filter(\.isPositional).map(usage)
    let full = ([node.spelled] + options + words).joined(separator: " ")
    if full.count <= width - 7 { return full }
    let required = definitions.filter { !$0.isPositional && $0.isRequired }.map(usage)
    return ([node.spelled] + required + ["[<options>]"] + words).joined(separator: " ")
  }

  private func usage(_ definition: ArgumentDefinition) -> String {
    var text = definition.shown
    if let inverse = definition.inverseNames.first { text += "|" + inverse.description }
    if definition.repeats { text += " ..." }
    return definition.isRequired ? text : "[\(text)]"
  }

  var text: String {
    let configuration = node.configuration
    var text = ""
    if !configuration.abstract.isEmpty {
      text += wrapped("OVERVIEW: " + configuration.abstract, indent: 0) + "\n"
    }
    if !configuration.discussion.isEmpty {
      for paragraph in configuration.discussion.split(
        separator: "\n", omittingEmptySubsequences: false)
      {
        text += wrapped(String(paragraph), indent: 0)
      }
      text += "\n"
    }
    text += "USAGE: \(usage)\n"
    text += section("ARGUMENTS", definitions.filter(\.isPositional).map(row))
    let options = definitions.filter { !$0.isPositional }
    var groups: [String] = [""]
    for option in options where !groups.contains(option.group) { groups.append(option.group) }
    for group in groups {
      var rows = options.filter { $0.group == group }.map(row)
      if group.isEmpty { rows += builtIn }
      text += section(group.isEmpty ? "OPTIONS" : group.uppercased(), rows)
    }
    text += section(
      "SUBCOMMANDS", node.visibleChildren.map { ($0.name, $0.configuration.abstract) })
    text += examples
    if !configuration.subcommands.isEmpty {
      text += "\n  See '\(node.path[0]) help\(below) <command>' for more about one of them.\n"
    }
    return text
  }

  private var below: String { node.path.dropFirst().map { " " + $0 }.joined() }

  private var builtIn: [(String, String)] {
    let version =
      node.configuration.version.isEmpty ? [] : [("--version", "Show the version.")]
    return version + [("-h, --help", "Show this help.")]
  }

  private var examples: String {
    let examples = node.configuration.examples
    if examples.isEmpty { return "" }
    return "\nEXAMPLES:\n"
      + examples.map { "  \($0.line)\n" + wrapped($0.meaning, indent: 6) }.joined()
  }

  private func section(_ title: String, _ rows: [(String, String)]) -> String {
    if rows.isEmpty { return "" }
    var text = "\n\(title):\n"
    for (name, help) in rows {
      let label = "  " + name
      let body = help.isEmpty ? "" : wrapped(help, indent: Self.column)
      if help.isEmpty || label.count > Self.column - 2 {
        text += label + "\n" + body
      } else {
        text += label + body.dropFirst(label.count)
      }
    }
    return text
  }

  private func row(_ definition: ArgumentDefinition) -> (String, String) {
    var names = definition.names.map(\.description).joined(separator: ", ")
    switch definition.kind {
    case .positional, .passthrough: names = "<\(definition.valueName)>"
    case .option: names += " <\(definition.valueName)>"
    case .flag:
      for inverse in definition.inverseNames { names += ", \(inverse)" }
    }
    if definition.repeats { names += " ..." }
    var remarks: [String] = []
    if !definition.choices.isEmpty {
      remarks.append("values: " + definition.choices.joined(separator: ", "))
    }
    if let text = definition.defaultText, !text.isEmpty { remarks.append("default: " + text) }
    if let name = definition.help.environment { remarks.append("environment: " + name) }
    let help = [
      definition.help.abstract, remarks.isEmpty ? "" : "(\(remarks.joined(separator: "; ")))",
    ]
    return (names, help.filter { !$0.isEmpty }.joined(separator: " "))
  }

  /// Broken between words, every line indented and ended; empty text is an empty line.
  private func wrapped(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    lines.append(line)
    return lines.map { $0.isEmpty ? "\n" : margin + $0 + "\n" }.joined()
  }
}
