import Apus
import Primitives

/// `apus version`
struct VersionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version of this program.")

  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    Output(output, environment: Surroundings.environment).show(
      json: ["version": .string(Version.current)]
    ) { _ in "apus \(Version.current)\n" }
  }
}
