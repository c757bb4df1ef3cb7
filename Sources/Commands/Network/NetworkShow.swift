import Calls
import Primitives

/// `apus network show`
struct NetworkShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the network, its admins, who waits and who was revoked.",
    examples: [.init("apus network show --json", "for programs")])

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.network(node) {
      try await $0.show(.init(), options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(NetworkReport(reply: reply))
  }
}

struct NetworkReport: Presentable {
  let reply: NetworkV1.ShowReply

  var json: JSON {
    [
      "network": .string(reply.network), "node": .string(reply.node),
      "name": .string(reply.name), "roles": reply.roles.json,
      "permissions": reply.permissions.json, "isAdmin": .bool(reply.isAdmin),
      "holdsNetworkKey": .bool(reply.holdsNetworkKey),
      "issuedAt": time(reply.issuedNanoseconds).json,
      "expiresAt": time(reply.expiresNanoseconds).json, "issuer": .string(reply.issuer),
      "health": .string(reply.health), "remedy": .string(reply.remedy),
      "admins": .array(reply.admins.map(json)),
      "waiting": .array(reply.waiting.map(json)),
      "revocations": .array(reply.revocations.map(json)),
    ]
  }

  private func json(_ admin: NetworkV1.AdminInfo) -> JSON {
    [
      "id": .string(admin.id), "name": .string(admin.name),
      "expiresAt": time(admin.expiresNanoseconds).json, "revoked": .bool(admin.revoked),
    ]
  }

  private func json(_ waiting: NetworkV1.WaitingInfo) -> JSON {
    [
      "id": .string(waiting.node), "name": .string(waiting.name),
      "since": time(waiting.sinceNanoseconds).json,
    ]
  }

  private func json(_ revocation: NetworkV1.RevocationInfo) -> JSON {
    [
      "id": .string(revocation.node), "by": .string(revocation.by),
      "at": time(revocation.timeNanoseconds).json, "admin": .bool(revocation.admin),
      "reason": .string(revocation.reason),
    ]
  }

  private func time(_ nanoseconds: Int64) -> WallTime { WallTime(nanoseconds: nanoseconds) }

  func text(for terminal: Terminal) -> String {
    let rows = [
      ("this node", TextWidth.printable(reply.name) + " (\(reply.node))"),
      ("roles", reply.roles.isEmpty ? "none" : reply.roles.joined(separator: ", ")),
      ("admin", reply.isAdmin ? "yes" : "no"),
      ("network key", reply.holdsNetworkKey ? "is here" : "is not here"),
      ("member until", time(reply.expiresNanoseconds).description),
    ]
    var text = terminal.styled("Network \(reply.network)", .bold) + "\n" + Rows.text(rows)
    if !reply.remedy.isEmpty {
      text += terminal.styled("warning", .yellow) + " \(reply.remedy)\n"
    }
    text += "\n" + admins.text(for: terminal)
    if !reply.waiting.isEmpty {
      text += "\n" + waiting.text(for: terminal) + "Let one in: apus nodes approve <node>\n"
    }
    if !reply.revocations.isEmpty { text += "\n" + revocations.text(for: terminal) }
    return text
  }

  private var admins: Table {
    var table = Table([.init("admin"), .init("id", least: .max), .init("until")])
    for admin in reply.admins {
      table.append(
        admin.name, admin.id,
        admin.revoked ? "revoked" : time(admin.expiresNanoseconds).description)
    }
    return table
  }

  private var waiting: Table {
    var table = Table([.init("waiting"), .init("id", least: .max), .init("since")])
    for node in reply.waiting {
      table.append(node.name, node.node, time(node.sinceNanoseconds).description)
    }
    return table
  }

  private var revocations: Table {
    var table = Table([.init("revoked", least: .max), .init("at"), .init("why")])
    for revocation in reply.revocations {
      table.append(
        revocation.node, time(revocation.timeNanoseconds).description, revocation.reason)
    }
    return table
  }
}
