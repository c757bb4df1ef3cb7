import Calls
import Primitives

/// `apus nodes revoke`
struct NodesRevoke: Command {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Put a node out of the network, for good.",
    discussion: """
      Reachable nodes end their links with it within seconds; elsewhere its certificate expires. \
      For an admin, say what becomes of the members it signed: `keep` where the node is merely no \
      admin any more, `revoke` where its key is in wrong hands.
      """,
    examples: [
      .init("apus nodes revoke attic --reason sold", "a member"),
      .init("apus nodes revoke desk --members keep", "an admin whose word still counts"),
      .init("apus nodes revoke desk --members revoke", "an admin whose key was stolen"),
    ])

  enum Fate: String, CaseIterable, ArgumentValue {
    case keep, revoke
  }

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var member: String
  @Option(help: "Why; everybody sees it.") var reason = ""
  @Option(help: "For an admin: what becomes of the members it signed.") var members: Fate?
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = NetworkV1.RevokeRequest {
      $0.node = member
      $0.reason = reason
      $0.signedMembers =
        switch members {
        case .keep: .keep
        case .revoke: .revoke
        case nil: .unspecified
        }
    }
    let reply = try await NodeAccess.network(node) {
      try await $0.revoke(request, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["revoked": reply.revoked.json]
    ) { [member, members] _ in
      members == .keep
        ? "\(TextWidth.printable(member)) is no admin any more.\n"
        : "\(TextWidth.printable(member)) is out of the network.\n"
    }
  }
}
