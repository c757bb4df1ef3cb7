import Calls
import Primitives

/// `apus nodes rename`
struct NodesRename: Command {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a node another name.",
    examples: [.init("apus nodes rename attic cellar", "it was moved")])

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var member: String
  @Argument(help: "The new name; no other node may have it.") var name: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NetworkV1.RenameRequest {
      $0.node = member
      $0.name = name
    }
    _ = try await NodeAccess.network(node) {
      try await $0.rename(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["node": .string(member), "name": .string(name)]
    ) { [member, name] _ in
      "\(TextWidth.printable(member)) is called \(TextWidth.printable(name)) now.\n"
    }
  }
}
