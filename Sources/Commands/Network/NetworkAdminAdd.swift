import Calls
import Primitives

/// `apus network admin add`
struct NetworkAdminAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Make a member an admin.",
    discussion: "Only where the network's key is: on the first node, or after a restore.",
    examples: [.init("apus network admin add desk", "desk may invite and revoke from now on")])

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var member: String
  @Option(help: "How the admin is called in lists; without it the node's name.") var name = ""
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NetworkV1.AddAdminRequest {
      $0.node = member
      $0.name = name.isEmpty ? member : name
    }
    let reply = try await NodeAccess.network(node) {
      try await $0.addAdmin(request, options: .within(.seconds(10)))
    }
    let expires = WallTime(nanoseconds: reply.expiresNanoseconds)
    Output(output, environment: Surroundings.environment).show(
      json: ["node": .string(member), "expiresAt": expires.json]
    ) { [member] _ in "\(TextWidth.printable(member)) is an admin until \(expires).\n" }
  }
}
