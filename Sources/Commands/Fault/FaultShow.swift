import Apus
import Calls

/// `apus fault show`
struct FaultShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the fault plan in force, and how often each fault has struck.")

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.connect(node) {
      try await FaultsV1.FaultsClient($0).show(.init(), options: .within(.seconds(10)))
    }
    let output = Output(self.output, environment: Surroundings.environment)
    output.show(FaultReport(reply.plan))
    if !reply.enabled {
      output.note("Fault plans are off: set enabled = true under [faults] and start the node anew.")
    }
  }
}
