/// `apus boxes`
struct BoxesCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "boxes",
    abstract: "See what runs on this machine for others, and end it.",
    discussion: "A box holds one attempt at a time; between two of the same creator it is kept "
      + "warm for a while.",
    examples: [
      .init("apus boxes ls", "those of the running node"),
      .init("apus boxes top", "again every second, until Ctrl-C"),
      .init("apus boxes kill 3f2a --reason 'I need the machine'", "one of them"),
      .init("apus boxes log --since 1d", "what ran"),
    ],
    subcommands: [BoxesList.self, BoxesTop.self, BoxesKill.self, BoxesLog.self],
    defaultSubcommand: BoxesList.self)
}
