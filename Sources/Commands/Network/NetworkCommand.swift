/// `apus network`
struct NetworkCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "Look at the network this node is in, and keep its key safe.",
    examples: [
      .init("apus network", "who is admin, and how long this node's membership holds"),
      .init("apus network backup > key.txt", "keep the network's key somewhere safe"),
      .init("apus network admin add desk", "let another node invite and revoke"),
    ],
    subcommands: [
      NetworkShow.self, NetworkBackup.self, NetworkRestore.self, NetworkAdmin.self,
    ],
    defaultSubcommand: NetworkShow.self)
}

/// `apus network admin`
struct NetworkAdmin: Command {
  static let configuration = CommandConfiguration(
    commandName: "admin",
    abstract: "Say which nodes may invite, approve and revoke.",
    discussion: "An admin is taken back with `apus nodes revoke <node> --members keep|revoke`.",
    examples: [.init("apus network admin add desk", "make a member an admin")],
    subcommands: [NetworkAdminAdd.self])
}
