import Apus
import Primitives

/// `apus config path`
struct ConfigPath: Command {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print where the settings file is looked for.")

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let path = try node.folder().settings
    Output(output, environment: Surroundings.environment).show(json: ["path": .string(path)]) { _ in
      path + "\n"
    }
  }
}
