import Calls
import Primitives

/// `apus invite withdraw`
struct InviteWithdraw: Command {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Take an invite back: nobody can use it any more.",
    examples: [.init("apus invite withdraw 4f1c", "by enough of its id")])

  @Argument(help: "The invite's id, as `apus invite list` shows it.") var id: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NetworkV1.WithdrawInviteRequest { $0.id = id }
    let reply = try await NodeAccess.network(node) {
      try await $0.withdrawInvite(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(json: ["id": .string(reply.id)]) {
      _ in "The invite \(reply.id) works no more.\n"
    }
  }
}
