import Apus
import Calls
import Primitives

/// `apus fault clear`
struct FaultClear: Command {
  static let configuration = CommandConfiguration(
    commandName: "clear",
    abstract: "Take the fault plan back; what waits because of it goes on.")

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.connect(node) {
      try await FaultsV1.FaultsClient($0).clear(.init(), options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      json: ["cleared": .bool(reply.wasInForce)]
    ) { _ in
      reply.wasInForce ? "The fault plan is no longer in force.\n" : "No fault plan was in force.\n"
    }
  }
}
