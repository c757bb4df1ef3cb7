import Apus

/// `apus config template`
struct ConfigTemplate: Command {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Print a settings file with every setting at its default.",
    examples: [
      .init("apus config template > \"$(apus config path)\"", "begin a settings file")
    ])

  mutating func run() async throws { Output.print(SettingTable.template, to: 1) }
}
