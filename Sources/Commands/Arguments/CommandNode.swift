/// A command's place in the tree of sub-commands.
struct CommandNode {
  let type: any Command.Type
  /// From the root: `["apus", "config", "show"]`.
  let path: [String]

  init(root: any Command.Type) {
    self.init(type: root, path: [Self.name(of: root)])
  }

  private init(type: any Command.Type, path: [String]) {
    self.type = type
    self.path = path
  }

  var configuration: CommandConfiguration { type.configuration }
  var name: String { path[path.count - 1] }
  var spelled: String { path.joined(separator: " ") }

  var children: [CommandNode] {
    configuration.subcommands.map { CommandNode(type: $0, path: path + [Self.name(of: $0)]) }
  }

  var visibleChildren: [CommandNode] { children.filter(\.configuration.shouldDisplay) }

  var defaultChild: CommandNode? {
    configuration.defaultSubcommand.map { type in
      CommandNode(type: type, path: path + [Self.name(of: type)])
    }
  }

  /// By its name or one of its aliases.
  func child(named name: String) -> CommandNode? {
    children.first { $0.name == name || $0.configuration.aliases.contains(name) }
  }

  /// What an instance of the command takes, for help and completion.
  var definitions: [ArgumentDefinition] { type.init().definitions }

  private static func name(of type: any Command.Type) -> String {
    type.configuration.commandName ?? "\(type)".dashed
  }
}
