import Calls
import Primitives

/// `apus join`
struct Join: Command {
  static let configuration = CommandConfiguration(
    abstract: "Make this machine's node a member of a network.",
    discussion: """
      Takes an invite that `apus invite` printed on a machine of the network, and returns when the \
      network's nodes are known here. Joining a second time changes nothing. A node that is in \
      another network leaves it first: apus leave.
      """,
    examples: [
      .init("apus join apus1-...", "with the invite"),
      .init("apus join apus1-... --name attic", "under another name than the machine's"),
      .init("apus join - < invite.txt", "without showing it to whoever lists processes"),
    ])

  @Argument(help: "The invite; - reads it from standard input.") var invite: String
  @Option(help: "The node's name in the network.") var name = ""
  @Option(help: "How long to try.") var timeout = Duration.seconds(60)
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    if invite == "-" { invite = try await StandardInput.ask("Invite: ", isSecret: false) }
    let options = CallOptions.within(timeout)
    let request = NetworkV1.JoinNetworkRequest {
      $0.invite = invite.filter { !$0.isWhitespace }
      $0.name = name
    }
    let reply = try await NodeAccess.network(node) {
      try await $0.joinNetwork(request, options: options)
    }
    Output(output, environment: Surroundings.environment).show(
      JoinReport(reply: reply, wanted: name))
  }
}

struct JoinReport: Presentable {
  let reply: NetworkV1.JoinNetworkReply
  let wanted: String

  var json: JSON {
    [
      "network": .string(reply.network), "name": .string(reply.name),
      "pending": .bool(reply.pending), "wasMember": .bool(reply.wasMember),
      "complete": .bool(reply.complete),
    ]
  }

  func text(for terminal: Terminal) -> String {
    let name = TextWidth.printable(reply.name)
    if reply.pending {
      return "This node waits to be let in. Once an admin has run `apus nodes approve \(name)` it "
        + "comes in by itself.\nSee how it stands: apus status\n"
    }
    if reply.wasMember {
      return "This node was a member already, as \(name).\n"
    }
    var text = "This node is \(terminal.styled(name, .bold)) in the network \(reply.network).\n"
    if !wanted.isEmpty && wanted != reply.name {
      text += "The name \(TextWidth.printable(wanted)) was taken.\n"
    }
    if !reply.complete {
      return text + "Nobody has told yet who else is there; it comes by itself. Look again with "
        + "`apus nodes`; if nobody is there, ask `apus doctor`.\n"
    }
    return text + "See who else is there: apus nodes\n"
  }
}
