import Calls
import Primitives

/// `apus leave`
struct Leave: Command {
  static let configuration = CommandConfiguration(
    abstract: "Take this machine's node out of its network.",
    discussion: "First it hands over what others rely on, then it is a network of one again.",
    examples: [
      .init("apus leave", "once everything is handed over"),
      .init("apus leave --force", "even where nothing can be handed over"),
    ])

  @Flag(help: "Leave even where something could not be handed over.") var force = false
  @Option(help: "How long handing over may take.") var timeout = Duration.seconds(600)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NetworkV1.LeaveRequest { $0.force = force }
    let options = CallOptions.within(timeout)
    let reply = try await NodeAccess.network(node) {
      try await $0.leave(request, options: options)
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["network": .string(reply.network)]
    ) { _ in "This node has left; it is a network of one now: \(reply.network)\n" }
  }
}
