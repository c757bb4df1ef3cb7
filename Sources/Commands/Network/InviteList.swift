import Calls
import Primitives

/// `apus invite list`
struct InviteList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the invites this node has given out.",
    examples: [.init("apus invite list", "newest first")])

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.network(node) {
      try await $0.listInvites(.init(), options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      InvitesReport(invites: reply.invites, now: .now()))
  }
}

struct InvitesReport: Presentable {
  let invites: [NetworkV1.InviteInfo]
  let now: WallTime

  var json: JSON {
    .array(
      invites.map { invite in
        [
          "id": .string(invite.id), "state": .string(state(of: invite)),
          "roles": invite.roles.json, "permissions": invite.permissions.json,
          "createdAt": WallTime(nanoseconds: invite.createdNanoseconds).json,
          "expiresAt": WallTime(nanoseconds: invite.expiresNanoseconds).json,
          "uses": .integer(Int64(invite.uses)), "usedBy": invite.usedBy.json,
        ]
      })
  }

  func text(for terminal: Terminal) -> String {
    guard !invites.isEmpty else { return "There are no invites; make one with `apus invite`.\n" }
    var table = Table([
      .init("id", least: .max), .init("state"), .init("used", .right), .init("expires"),
      .init("roles"),
    ])
    for invite in invites {
      table.append(
        invite.id, state(of: invite), "\(invite.usedBy.count) of \(invite.uses)",
        WallTime(nanoseconds: invite.expiresNanoseconds).description,
        invite.roles.joined(separator: ", "))
    }
    return table.text(for: terminal)
  }

  private func state(of invite: NetworkV1.InviteInfo) -> String {
    if invite.withdrawn { return "withdrawn" }
    if invite.usedBy.count >= Int(invite.uses) { return "used" }
    return invite.expiresNanoseconds <= now.nanoseconds ? "expired" : "open"
  }
}
