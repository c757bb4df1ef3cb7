/// `apus invite`
struct Invite: Command {
  static let configuration = CommandConfiguration(
    abstract: "Let another machine into the network.",
    discussion: """
      Prints an invite: an address, the network's key and a secret that works once. Whoever has it \
      can join, so hand it over like a password.
      """,
    examples: [
      .init("apus invite", "for one machine, within a day"),
      .init("apus invite --role relay --uses 3 --expires 2h", "for three relays"),
      .init("apus invite create --help", "all options"),
      .init("apus invite list", "what is outstanding"),
    ],
    subcommands: [InviteCreate.self, InviteList.self, InviteWithdraw.self],
    defaultSubcommand: InviteCreate.self)
}
