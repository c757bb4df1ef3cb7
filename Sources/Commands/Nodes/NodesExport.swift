import Calls
import Primitives

/// `apus nodes export`
struct NodesExport: Command {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print the nodes in the shape of P2PRC's ip_table.json.",
    examples: [.init("apus nodes export > ip_table.json", "for programs that read that")])

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  /// It is JSON with and without --json.
  mutating func run() async throws {
    let reply = try await NodeAccess.nodes(node) {
      try await $0.exportTable(.init(), options: .within(.seconds(30)))
    }
    Output.print(reply.json, to: 1)
  }
}
