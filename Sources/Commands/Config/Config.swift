/// `apus config`
struct Config: Command {
  static let configuration = CommandConfiguration(
    abstract: "Look at the node's settings.",
    subcommands: [ConfigShow.self, ConfigTemplate.self, ConfigPath.self])
}
