import Apus
import Calls
import Primitives

/// `apus boxes ls`, which is what `apus boxes` does.
struct BoxesList: Command {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the boxes of the running node.", aliases: ["list"])

  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let reply = try await NodeAccess.boxes(node) {
      try await $0.list(.init(), options: .within(.seconds(10)))
    }
    Output(output, environment: Surroundings.environment).show(
      BoxesReport(reply.boxes, now: .now()))
  }
}

extension NodeAccess {
  static func boxes<Answer: Sendable>(
    _ options: NodeOptions, takesSignals: Bool = false,
    _ body: @Sendable (BoxesV1.BoxesClient) async throws -> Answer
  ) async throws(CommandError) -> Answer {
    try await connect(options, takesSignals: takesSignals) {
      try await body(BoxesV1.BoxesClient($0))
    }
  }
}
