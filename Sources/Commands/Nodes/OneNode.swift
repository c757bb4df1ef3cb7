/// `apus node`
struct OneNode: Command {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Look at one node.",
    examples: [.init("apus node show attic", "all that is known of it")],
    subcommands: [NodeShow.self])
}
