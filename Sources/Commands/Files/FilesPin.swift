import Calls
import Primitives

/// `apus files pin`
struct FilesPin: Command {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Keep a file on this node, whoever needs the room; fetch it if it is not here.",
    examples: [.init("apus files pin film.mkv", "it stays until `apus files unpin film.mkv`")])

  @Argument(help: "Its name, its id, or enough of the id's beginning.") var file: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.PinRequest { $0.file = file }
    let last = try await FileProgress.follow(
      node, "fetching \(file)", output,
      interrupted: "it is not pinned; the same command goes on where this one stopped"
    ) { client, replies in try await client.pin(request, replies) }
    guard let share = last?.share else { throw CommandError("the node ended without an answer") }
    Output(output, environment: Surroundings.environment).show(ShareReport(share))
  }
}

/// `apus files unpin`
struct FilesUnpin: Command {
  static let configuration = CommandConfiguration(
    commandName: "unpin",
    abstract: "Let a pinned file go when its room is needed.",
    examples: [.init("apus files unpin film.mkv", "it stays while there is room")])

  @Argument(help: "Its name, its id, or enough of the id's beginning.") var file: String
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let request = FilesV1.UnpinRequest { $0.file = file }
    let reply = try await NodeAccess.connect(node) {
      try await FilesV1.FilesClient($0).unpin(request, options: .within(.seconds(30)))
    }
    guard let share = reply.share else { throw CommandError("the node ended without an answer") }
    Output(output, environment: Surroundings.environment).show(ShareReport(share))
  }
}
