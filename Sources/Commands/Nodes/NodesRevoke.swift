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
      admin any more, `revoke` where its key is in wrong hands: then all whom it has signed fall \
      with it, and who that is, is said before it is done.
      """,
    examples: [
      .init("apus nodes revoke attic --reason sold", "a member"),
      .init("apus nodes revoke desk --members keep", "an admin whose word still counts"),
      .init("apus nodes revoke desk --members revoke --preview", "who would fall with it"),
      .init("apus nodes revoke desk --members revoke", "an admin whose key was stolen"),
    ])

  enum Fate: String, CaseIterable, ArgumentValue {
    case keep, revoke
  }

  @Argument(help: "The node: its name, its id, or enough of the id's beginning.")
  var member: String
  @Option(help: "Why; everybody sees it.") var reason = ""
  @Option(help: "For an admin: what becomes of the members it signed.") var members: Fate?
  @Flag(help: "Only say who would be out.") var preview = false
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let output = Output(self.output, environment: Surroundings.environment)
    if preview || members == .revoke {
      let falling = try await ask(isPreview: true)
      if preview { return output.show(FallingReport(nodes: falling.nodes, isPreview: true)) }
      output.note(FallingReport(nodes: falling.nodes, isPreview: true).text(for: output.terminal))
    }
    let reply = try await ask(isPreview: false)
    output.show(
      json: [
        "revoked": reply.revoked.json, "nodes": FallingReport.json(reply.nodes),
      ]
    ) { [member, members] _ in
      let name = TextWidth.printable(member)
      let more = reply.nodes.count - 1
      if members == .keep { return "\(name) is no admin any more.\n" }
      return more > 0
        ? "\(name) and \(more) more are out of the network.\n" : "\(name) is out of the network.\n"
    }
  }

  private func ask(isPreview: Bool) async throws -> NetworkV1.RevokeReply {
    let request = NetworkV1.RevokeRequest {
      $0.node = member
      $0.reason = reason
      $0.preview = isPreview
      $0.signedMembers =
        switch members {
        case .keep: .keep
        case .revoke: .revoke
        case nil: .unspecified
        }
    }
    return try await NodeAccess.network(node) {
      try await $0.revoke(request, options: .within(.seconds(10)))
    }
  }
}

/// Who falls when a node is revoked.
struct FallingReport: Presentable {
  let nodes: [NetworkV1.FallingNode]
  let isPreview: Bool

  static func json(_ nodes: [NetworkV1.FallingNode]) -> JSON {
    .array(
      nodes.map { node in
        ["id": .string(node.id), "name": .string(node.name), "isNamed": .bool(node.isNamed)]
      })
  }

  var json: JSON { ["revoked": [], "nodes": Self.json(nodes)] }

  func text(for terminal: Terminal) -> String {
    if nodes.isEmpty { return "Nobody falls: the members it has signed stay, and so does it.\n" }
    var table = Table([.init("falls"), .init("id", least: .max), .init("why")])
    for node in nodes {
      table.append(
        node.name.isEmpty ? "-" : node.name, node.id,
        node.isNamed ? "is revoked" : "was signed by it")
    }
    return table.text(for: terminal)
  }
}
