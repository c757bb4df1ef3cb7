/// `apus box`
struct BoxCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "box",
    abstract: "Run a program in a box on this machine, as a network would run it.",
    subcommands: [BoxRun.self])
}
