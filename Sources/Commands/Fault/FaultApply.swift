import Apus
import Calls
import IO

/// `apus fault apply`
struct FaultApply: Command {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Put a fault plan in force on the running node, in place of the last one.",
    examples: [
      .init("apus fault apply slow.toml", "until it is cleared or the node stops")
    ])

  /// What a plan may have, and a little more so that the node can say so itself.
  private static let limit = 128 * 1024

  @Argument(help: "The plan.", completion: .file) var file: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let text = try await read()
    let reply = try await NodeAccess.connect(node) {
      try await FaultsV1.FaultsClient($0).apply(
        FaultsV1.ApplyRequest { $0.plan = text }, options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(FaultReport(reply.plan))
  }

  private func read() async throws(CommandError) -> String {
    do throws(SystemError) {
      let bytes = try await RealDisk().read(file, limit: Self.limit, followsLinks: true)
      return String(decoding: bytes, as: UTF8.self)
    } catch {
      throw CommandError(
        error.message, code: error.code == .notFound ? .notFound : .failure)
    }
  }
}
