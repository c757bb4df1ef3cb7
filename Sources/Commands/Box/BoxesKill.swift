import Apus
import Calls
import Primitives

/// `apus boxes kill`
struct BoxesKill: Command {
  static let configuration = CommandConfiguration(
    commandName: "kill",
    abstract: "End boxes with all that runs in them.",
    discussion: "One attempt fails for each, and is told the reason; nothing else is touched.",
    examples: [
      .init("apus boxes kill 3f2a", "by enough of its name's beginning"),
      .init("apus boxes kill --all", "all of them"),
    ])

  @Argument(help: "Names, or their beginnings.") var names: [String] = []
  @Flag(help: "Every box.") var all = false
  @Option(help: "What whoever wanted the attempt is told.") var reason = ""
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func validate() throws {
    if names.isEmpty != all { throw ValidationError("name boxes, or say --all") }
  }

  mutating func run() async throws {
    let request = BoxesV1.KillRequest {
      $0.names = names
      $0.all = all
      $0.reason = reason
    }
    let reply = try await NodeAccess.boxes(node) {
      try await $0.kill(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["ended": reply.names.json]
    ) { _ in
      reply.names.isEmpty ? "There was none.\n" : reply.names.map { "ended \($0)\n" }.joined()
    }
  }
}
