import Calls
import Primitives

/// `apus nodes approve`
struct NodesApprove: Command {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Let a node in that waits for it.",
    examples: [.init("apus nodes approve 4f1c2q", "by enough of its id; see apus network")])

  @Argument(help: "The waiting node: its id, enough of the id's beginning, or its name.")
  var waiting: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NetworkV1.ApproveRequest { $0.node = waiting }
    let reply = try await NodeAccess.network(node) {
      try await $0.approve(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["node": .string(waiting), "name": .string(reply.name)]
    ) { [waiting] _ in
      let name = reply.name.isEmpty ? waiting : reply.name
      return "\(TextWidth.printable(name)) may join; it runs its `apus join` once more.\n"
    }
  }
}
