import Calls
import Primitives

/// `apus files rm`
struct FilesRemove: Command {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Take files that this node owns out of the network.",
    discussion: """
      The copies on other nodes go when they hear of it. Whoever has fetched the bytes keeps them: \
      what others were given cannot be taken back.
      """,
    examples: [.init("apus files rm film.mkv notes.txt", "two files")], aliases: ["remove"])

  @Argument(help: "Names, ids, or enough of an id's beginning.") var files: [String]
  @OptionGroup var node: NodeOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    var removed: [FilesV1.ShareInfo] = []
    // What went before something went wrong is gone all the same.
    defer { show(removed) }
    for file in files {
      let request = FilesV1.RemoveRequest { $0.file = file }
      let reply = try await NodeAccess.connect(node) {
        try await FilesV1.FilesClient($0).remove(request, options: .within(.seconds(30)))
      }
      if let share = reply.share { removed.append(share) }
    }
  }

  private func show(_ removed: [FilesV1.ShareInfo]) {
    Output(output, environment: Surroundings.environment).show(
      json: .array(removed.map { ShareReport($0).json })
    ) { _ in removed.map { "removed \(TextWidth.printable($0.name))\n" }.joined() }
  }
}
